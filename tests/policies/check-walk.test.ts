import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { checkPolicySet, type CheckReport } from '../../contracts/policy/check.ts';
import { expandDirectory } from '../../contracts/policy/expand-directory.ts';
import { hostedCalendars } from '../../contracts/policy/forecast-host.ts';
import { parsePolicySet, type PolicySet } from '../../contracts/policy/load.ts';
import { formatProblem } from '../../contracts/policy/parse.ts';
import { severities } from '../../domain/escalation/vocabulary.ts';
import type { Finding, FindingCode } from '../../domain/policy/check/finding.ts';
import { kindsOf, mostKinds } from '../../domain/policy/check/kinds.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { repeatedTiers, walkAt, type OracleWorld } from './check-oracle.ts';
import { directoryText, policyFiles, policyText } from './policy-set-fixture.ts';

const fromMs = Date.UTC(2026, 10, 23, 12);
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Ben is tried two minutes after a page, and not before. */
const slowBen = directoryText.replace(', delayMinutes: 2 }, { channel: sns }]', ', delayMinutes: 2 }]');

function setOf(plain: string, directory = slowBen): PolicySet {
  const loaded = parsePolicySet(policyFiles({ plain, directory }));
  if (!loaded.ok) throw new Error(loaded.errors.map(formatProblem).join('\n'));
  return loaded.set;
}

function policyOf(set: PolicySet): Policy {
  const policy = set.policies[0]?.policy;
  if (policy === undefined) throw new Error('no policy');
  return policy;
}

/** Findings about the walk; the fixture has a person without a contact, which is another matter. */
function found(plain: string, directory = slowBen): readonly Finding[] {
  const { findings } = checkPolicySet(setOf(plain, directory), fromMs);
  return findings.filter(({ code }) => code !== 'person_unreachable');
}

function codes(findings: readonly Finding[]): readonly FindingCode[] {
  return findings.map(({ code }) => code);
}

function withAcknowledge(text: string): string {
  return policyText.replace('severities: { sev1: { within: 15m }, sev2: { within: 30m } }', text);
}

const countedInOfficeHours = (within: string): string =>
  withAcknowledge(`calendar: office\n    severities: { sev2: { within: ${within} } }`);

const slowTier = (action: string): string =>
  withAcknowledge(`calendar: office\n    onBreach: [${action}]\n    severities: { sev3: { within: 8h } }`).replace(
    'sev3: 1h, sev4: 4h',
    'sev3: 70d, sev4: 4h',
  );

const promised = (within: string): string =>
  `${policyText}promises: [{ when: { channel: [social_media] }, clock: acknowledge, within: ${within} }]\n`;

const windowed = (when: string): string =>
  `${policyText}maintenance: [{ name: Move, from: 2027-01-04T20:00:00Z, until: 2027-01-04T22:00:00Z, when: ${when} }]\n`;

const asking = (first: string, second: string): string =>
  policyText.replace('[schedule:days]', first).replace('[team:leaders]', second);

describe('the check walks clocks that stand still in closed hours', () => {
  it('and finds the week in which somebody is tried too late for one, with the instant', () => {
    const [finding, ...others] = found(countedInOfficeHours('1m'));
    // Ben is tried after two minutes. His week begins on Monday 30 November at 09:00, when the office opens.
    expect(finding).toMatchObject({
      level: 'error',
      code: 'paged_after_clock',
      severities: ['sev2'],
      message: 'the first person is tried after 2m, when the acknowledge clock (1m) has run out',
    });
    expect(finding?.example?.atMs).toBeGreaterThanOrEqual(Date.UTC(2026, 10, 30, 9) - 2 * minuteMs);
    expect(finding?.example?.atMs).toBeLessThan(Date.UTC(2026, 10, 30, 17));
    expect(others).toEqual([]);
  });

  it('and finds nothing where the time is long enough, although it is closed for most of the week', () => {
    expect(found(countedInOfficeHours('5m'))).toEqual([]);
  });

  it('and what they do: a breach in office hours that raises the severity, and so brings the next tier', () => {
    expect(codes(found(slowTier('raise-severity')))).not.toContain('step_not_reached');
    expect(found(slowTier('page-tier')).find(({ code }) => code === 'step_not_reached')).toMatchObject({
      severities: ['sev3'],
    });
  });
});

describe('the check walks promises to some', () => {
  it('and finds those that only they break, and for whom', () => {
    const [finding, ...others] = found(promised('1m'));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      code: 'paged_after_clock',
      severities: ['sev1', 'sev2', 'sev3', 'sev4'],
      message:
        'the first person is tried after 2m, when the acknowledge clock (1m) has run out, for escalations with channel social_media',
    });
  });

  it('and finds nothing where they can be kept', () => {
    expect(found(promised('10m'))).toEqual([]);
  });
});

describe('the check walks maintenance windows', () => {
  it('and finds one that holds a page until the acknowledge clock has run out, from its first instant', () => {
    const findings = found(windowed('{ category: [logistics] }'));
    // The two clocks differ: 15 and 30 minutes.
    expect(findings.map(({ code, severities: of }) => [code, of])).toEqual([
      ['held_past_clock', ['sev1']],
      ['held_past_clock', ['sev2']],
    ]);
    const [finding] = findings;
    expect(finding).toMatchObject({
      level: 'error',
      place: { path: ['maintenance', 0] },
      example: { atMs: Date.UTC(2027, 0, 4, 20), untilMs: Date.UTC(2027, 0, 4, 22) },
    });
    expect(finding?.message).toMatch(/^a maintenance window holds a page for 2h, .* with category logistics$/);
  });

  it('and finds nothing where only what may wait is held', () => {
    expect(found(windowed('{ category: [logistics], severity: [sev3, sev4] }'))).toEqual([]);
  });

  it('and tells how long a page may wait at the worst', () => {
    const { worstWaits } = checkPolicySet(setOf(windowed('{ severity: [sev4] }')), fromMs);
    const worst = (severity: string): unknown => worstWaits.find((wait) => wait.severity === severity);
    // Ana has that week.
    expect(worst('sev4')).toMatchObject({ waitMs: 2 * hourMs, atMs: Date.UTC(2027, 0, 4, 20) });
    expect(worst('sev3')).toMatchObject({ waitMs: 2 * minuteMs });
  });
});

describe('the check walks every turn of those who are asked in turn', () => {
  it('and finds the member who has just been asked, on a turn that no new escalation begins with', () => {
    const [finding, ...others] = found(asking('[person:ana]', '[next-of:desk]'));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      level: 'warning',
      code: 'nobody_new',
      message: 'tier 2 asks ana again, whom tier 1 has just asked, and nobody else, when it is their turn',
      place: { path: ['tiers', 1, 'targets'] },
    });
  });

  it('and a page in between that brings the turn round again', () => {
    const plain = asking('[next-of:desk]', '[next-of:desk]');
    expect(found(plain)).toEqual([]);
    const between = plain.replace(
      'severities: { sev1: { within: 15m }',
      'warnAt: [20]\n    onWarning: [page-tier]\n    severities: { sev1: { within: 15m }',
    );
    expect(found(between)).toContainEqual(
      expect.objectContaining({
        code: 'nobody_new',
        severities: ['sev1', 'sev2'],
        message: 'tier 2 asks ana again, whom tier 1 has just asked, and nobody else',
      }),
    );
  });

  it('and finds nothing where the turn goes round among others', () => {
    expect(found(asking('[person:ana]', '[next-of:leaders]'))).toEqual([]);
  });

  it('and the member who is tried too late, although the first of them is not', () => {
    const slow = withAcknowledge('severities: { sev1: { within: 1m } }').replace('[schedule:days]', '[next-of:desk]');
    expect(codes(found(slow))).toEqual(['paged_after_clock']);
  });
});

function worldOf(set: PolicySet): OracleWorld {
  const untilMs = fromMs + 500 * dayMs;
  return {
    directory: expandDirectory(set.directory, fromMs - dayMs, untilMs),
    ...hostedCalendars(set.directory, ['office'], fromMs, untilMs),
  };
}

function says(report: CheckReport, wanted: readonly FindingCode[], severity: string, path?: readonly PropertyKey[]) {
  return report.findings.some(
    (finding) =>
      wanted.includes(finding.code) &&
      finding.severities.some((name) => name === severity) &&
      (path === undefined || path.every((key, index) => finding.place.path[index] === key)),
  );
}

function isSeen(finding: Finding, policy: Policy, world: OracleWorld): boolean {
  const { code, example } = finding;
  if (example === null) return true;
  if (code !== 'paged_after_clock' && code !== 'held_past_clock' && code !== 'nobody_new') return true;
  return finding.severities.some((severity) =>
    kindsOf(policy, severity).some(({ facts }) =>
      [0, 1].some((turn) => {
        const walked = walkAt(world, policy, { ...facts, atMs: example.atMs }, 12 * dayMs, turn);
        if (code === 'nobody_new') return repeatedTiers(walked).some((tier) => tier - 1 === finding.place.path[1]);
        return (walked.waitMs ?? Infinity) >= (walked.acknowledgeDueMs ?? Infinity);
      }),
    ),
  );
}

describe('what the check says is what brute force finds', () => {
  const acknowledge = [
    'severities: { sev1: { within: 15m }, sev2: { within: 30m } }',
    'severities: { sev1: { within: 1m }, sev2: { within: 3m }, sev4: { within: 2m } }',
    'calendar: office\n    severities: { sev2: { within: 2m }, sev3: { within: 90m } }',
    'calendar: office\n    warnAt: [50]\n    onWarning: [page-tier]\n    onBreach: [escalate-tier]\n    severities: { sev2: { within: 20m }, sev3: { within: 4h }, sev4: { within: 20m } }',
    'warnAt: [20]\n    onWarning: [page-tier]\n    onBreach: [raise-severity]\n    severities: { sev3: { within: 40m }, sev4: { within: 5h } }',
  ];
  const quiet = [
    '',
    'quietHours: [{ severities: [sev4], calendar: office }]\n',
    'quietHours: [{ severities: [sev2, sev3], calendar: office }]\n',
  ];
  const windows = [
    '',
    'maintenance: [{ name: A, from: 2026-12-07T16:40:00Z, until: 2026-12-07T16:50:00Z, when: {} }]\n',
    'maintenance: [{ name: B, from: 2026-12-07T20:00:00Z, until: 2026-12-08T04:00:00Z, when: { category: [logistics] } }]\n',
  ];
  const promises = [
    '',
    'promises: [{ when: { channel: [social_media] }, clock: acknowledge, within: 1m, calendar: office }]\n',
    'promises: [{ when: { accountClass: [strategic] }, clock: acknowledge, none: true }]\n',
  ];
  const first = ['[schedule:days]', '[person:ana]', '[next-of:desk]', '[schedule:gaps]'];
  const second = ['[team:leaders]', '[next-of:desk]', '[schedule:days]', '[schedule:gaps]'];
  const directory = slowBen.replace(
    'calendars:\n',
    `  gaps:
    name: Gaps
    timezone: America/Chicago
    layers:
      - rotations:
          - { type: daily, startLocal: 2025-01-06T08:00, users: [ben, ana], restrictions: [{ from: '08:00', to: '19:30' }] }
calendars:
`,
  );
  const handoffs = [
    Date.UTC(2026, 10, 30, 9),
    Date.UTC(2026, 11, 7, 9),
    Date.UTC(2026, 11, 7, 17),
    Date.UTC(2026, 11, 7, 20),
  ];
  const instant = fc.oneof(
    fc.integer({ min: 0, max: 60 * 24 * 60 }).map((minutes) => fromMs + minutes * minuteMs),
    fc
      .tuple(fc.constantFrom(...handoffs), fc.integer({ min: -6 * 60, max: 120 }), fc.constantFrom(-1000, 0, 0, 1000))
      .map(([atMs, minutes, more]) => atMs + minutes * minuteMs + more),
  );

  function textOf(picks: readonly [number, number, number, number, number, number]): string {
    const [a, q, w, p, one, two] = picks;
    const text = withAcknowledge(acknowledge[a] ?? '')
      .replace('[schedule:days]', first[one] ?? '')
      .replace('[team:leaders]', second[two] ?? '');
    return `${text}${quiet[q] ?? ''}${windows[w] ?? ''}${promises[p] ?? ''}`;
  }

  const picked = fc.tuple(
    fc.nat({ max: acknowledge.length - 1 }),
    fc.nat({ max: quiet.length - 1 }),
    fc.nat({ max: windows.length - 1 }),
    fc.nat({ max: promises.length - 1 }),
    fc.nat({ max: first.length - 1 }),
    fc.nat({ max: second.length - 1 }),
  );

  it('on any instant, for any escalation and any turn; and what it says can be seen at its instant', () => {
    fc.assert(
      fc.property(
        picked,
        fc.array(fc.tuple(instant, fc.constantFrom(...severities), fc.nat({ max: 50 }), fc.nat({ max: 1 })), {
          minLength: 60,
          maxLength: 60,
        }),
        (picks, samples) => {
          const set = setOf(textOf(picks), directory);
          const policy = policyOf(set);
          const report = checkPolicySet(set, fromMs);
          const world = worldOf(set);
          for (const [atMs, severity, number, turn] of samples) {
            const kinds = kindsOf(policy, severity).slice(0, mostKinds);
            const facts = kinds[number % kinds.length]?.facts;
            if (facts === undefined) throw new Error('no kind');
            const walked = walkAt(world, policy, { ...facts, atMs }, 12 * dayMs, turn);
            const about = `${new Date(atMs).toISOString()} ${JSON.stringify(facts)} turn ${turn}\n${textOf(picks)}`;
            const worst = report.worstWaits.find((wait) => wait.severity === severity)?.waitMs ?? Infinity;
            if ((walked.waitMs ?? 0) > worst) throw new Error(`waits ${walked.waitMs}, not ${worst}: ${about}`);
            const late =
              walked.waitMs !== null && walked.acknowledgeDueMs !== null && walked.waitMs >= walked.acknowledgeDueMs;
            if (late && !says(report, ['paged_after_clock', 'held_past_clock'], severity))
              throw new Error(`too late, and not said: ${about}`);
            for (const tier of repeatedTiers(walked)) {
              if (!says(report, ['nobody_new'], severity, ['tiers', tier - 1]))
                throw new Error(`tier ${tier} asks nobody new, and it is not said: ${about}`);
            }
          }
          for (const finding of report.findings)
            expect([finding, isSeen(finding, policy, world)]).toEqual([finding, true]);
        },
      ),
      { numRuns: 10, endOnFailure: true },
    );
  }, 300_000);
});
