import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { join } from 'node:path';

import { checkPolicySet, type CheckReport } from '../../contracts/policy/check.ts';
import { expandDirectory } from '../../contracts/policy/expand-directory.ts';
import { loadPolicySet, parsePolicySet, type PolicySet } from '../../contracts/policy/load.ts';
import { formatProblem } from '../../contracts/policy/parse.ts';
import { severities } from '../../domain/escalation/vocabulary.ts';
import type { Finding, FindingCode } from '../../domain/policy/check/finding.ts';
import { CoverTimelines } from '../../domain/policy/coverage.ts';
import { resolveRecipients } from '../../domain/policy/resolve-targets.ts';
import { WalkFlows } from '../../domain/policy/walk-flows.ts';
import { walkAt } from './check-oracle.ts';
import { directoryText, policyFiles, policyText } from './policy-set-fixture.ts';

const fromMs = Date.UTC(2026, 10, 23, 12);
const dayMs = 86_400_000;

function setOf(change: Parameters<typeof policyFiles>[0] = {}): PolicySet {
  const loaded = parsePolicySet(policyFiles(change));
  if (!loaded.ok) throw new Error(loaded.errors.map(formatProblem).join('\n'));
  return loaded.set;
}

function reportOf(change: Parameters<typeof policyFiles>[0] = {}): CheckReport {
  return checkPolicySet(setOf(change), fromMs);
}

function findingOf(report: CheckReport, code: FindingCode): Finding {
  const finding = report.findings.find((candidate) => candidate.code === code);
  if (finding === undefined)
    throw new Error(`no ${code} among ${report.findings.map((found) => found.code).join(', ')}`);
  return finding;
}

/** The fixture with other rotations in its only schedule. */
function withRotations(...rotations: readonly string[]): string {
  const layer = directoryText.replace(
    / {10}- \{ type: weekly.*\n/,
    rotations.map((text) => `          - ${text}\n`).join(''),
  );
  if (layer === directoryText && rotations.length > 0) throw new Error('the fixture has changed');
  return layer;
}

/** Twelve hours of each day in a zone. */
function sun(zone: string, person: string): string {
  return `{ type: daily, timezone: ${zone}, startLocal: 2025-01-06T00:00, users: [${person}], restrictions: [{ from: '08:00', to: '20:00' }] }`;
}

describe('the policy check', () => {
  it('finds nothing wrong with the policies that come with Tierline', () => {
    const loaded = loadPolicySet(join(__dirname, '../../policies'));
    if (!loaded.ok) throw new Error('not readable');
    const report = checkPolicySet(loaded.set, fromMs);
    expect(report.findings).toEqual([]);
    expect(report.worstWaits.map((wait) => wait.waitMs)).toEqual(Array.from({ length: 12 }, () => 0));
  });

  it('finds the hour that a change of clocks tears into a rotation that follows the sun', () => {
    // Twelve hours each, together the whole day, for as long as nobody's clocks change.
    const steady = reportOf({ directory: withRotations(sun('Asia/Dhaka', 'ana'), sun('America/Regina', 'ben')) });
    expect(steady.findings.filter((finding) => finding.code === 'coverage_gap')).toEqual([]);
    const torn = reportOf({ directory: withRotations(sun('Asia/Dhaka', 'ana'), sun('America/Chicago', 'ben')) });
    expect(findingOf(torn, 'coverage_gap')).toMatchObject({
      level: 'error',
      policy: 'plain',
      place: { in: 'policy', path: ['tiers', 0, 'targets'] },
      // Chicago's clocks go forward on 14 March 2027: its day ends an hour before the one in Dhaka begins.
      example: { atMs: Date.UTC(2027, 2, 15, 1), untilMs: Date.UTC(2027, 2, 15, 2) },
    });
    expect(
      torn.zoneChanges
        .filter((change) => change.zone === 'America/Chicago')
        .map((change) => [new Date(change.atMs).toISOString(), change.shiftMs]),
    ).toEqual([
      ['2027-03-14T08:00:00.000Z', 3_600_000],
      ['2027-11-07T07:00:00.000Z', -3_600_000],
    ]);
  });

  it('tells a gap from hours in which a schedule expects nobody', () => {
    const office = `{ type: weekly, startLocal: 2025-01-06T09:00, users: [ana], restrictions: [{ days: [mon], from: '09:00', to: '17:00' }] }`;
    const text = withRotations(office);
    expect(findingOf(reportOf({ directory: text }), 'coverage_gap').level).toBe('error');
    const meant = reportOf({
      directory: text.replace(
        '    timezone: Europe/London\n    layers',
        "    timezone: Europe/London\n    coverage: { mon: [['09:00', '17:00']] }\n    layers",
      ),
    });
    expect(findingOf(meant, 'step_skipped').level).toBe('warning');
    expect(meant.findings.filter((finding) => finding.level === 'error')).toEqual([]);
  });

  it('finds steps that reach nobody, people without a contact and a fallback with a gap', () => {
    const never = reportOf({ plain: policyText.replace('team:leaders', 'person:dee') });
    expect(findingOf(never, 'step_reaches_nobody')).toMatchObject({
      level: 'error',
      message: 'tier 2 never reaches anybody: no contact reaches dee',
    });
    expect(findingOf(reportOf(), 'person_unreachable')).toMatchObject({
      level: 'warning',
      place: { in: 'directory', path: ['people', 'dee'] },
    });
    const alone = reportOf({
      directory: withRotations('{ type: weekly, startLocal: 2025-01-06T09:00, users: [ana, dee] }'),
    });
    expect(findingOf(alone, 'nobody_reachable')).toMatchObject({
      level: 'error',
      example: { atMs: Date.UTC(2026, 10, 30, 9) },
    });
    const late = '{ type: weekly, startLocal: 2027-01-04T09:00, users: [ana, ben] }';
    const fallback = reportOf({
      directory: withRotations(late),
      plain: policyText.replace('person:cy]', 'schedule:days]'),
    });
    expect(findingOf(fallback, 'fallback_gap').example).toEqual({ atMs: fromMs, untilMs: Date.UTC(2027, 0, 4, 9) });
  });

  it('finds a tier that asks the same person again and names an instant of it', () => {
    const report = reportOf({ plain: policyText.replace('team:leaders', 'person:ana') });
    const finding = findingOf(report, 'nobody_new');
    const { directory } = setOf();
    const atMs = finding.example?.atMs ?? 0;
    expect(
      resolveRecipients(expandDirectory(directory, atMs, atMs + dayMs), [{ kind: 'schedule', id: 'days' }], atMs),
    ).toEqual(['ana']);
  });

  it('finds the worst time until somebody is tried, and that it exceeds the clock', () => {
    const slow = directoryText.replace('delayMinutes: 2 }, { channel: sns }', 'delayMinutes: 20 }');
    const report = reportOf({ directory: slow });
    // Ben alone is on call, with one contact after 20 minutes; the leaders are asked after 5.
    expect(report.worstWaits[0]).toMatchObject({ severity: 'sev1', waitMs: 300_000, clockMs: 900_000 });
    const both = reportOf({
      directory: slow.replace(
        'cy: { name: Cy, team: leaders, contacts: [{ channel: sns }] }',
        'cy: { name: Cy, team: leaders, contacts: [{ channel: sms, address: cy, delayMinutes: 10 }] }',
      ),
    });
    const finding = findingOf(both, 'paged_after_clock');
    expect(finding).toMatchObject({ level: 'error', severities: ['sev1'] });
    expect(finding.message).toBe('the first person is tried after 15m, when the acknowledge clock (15m) has run out');
  });

  it('finds tiers that come after the promise to resolve is broken, or not at all', () => {
    const late = reportOf({ plain: policyText.replace('sev1: 5m, sev2: 10m', 'sev1: 5h, sev2: 10m') });
    expect(findingOf(late, 'step_after_breach')).toMatchObject({ level: 'warning', severities: ['sev1'] });
    const never = reportOf({ plain: policyText.replace('sev3: 1h, sev4: 4h', 'sev3: 1h, sev4: 90d') });
    expect(findingOf(never, 'step_not_reached')).toMatchObject({ level: 'error', severities: ['sev4'] });
  });

  it('finds calendars whose clocks can never run out', () => {
    const closed = reportOf({ directory: directoryText.replace(/ {4}hours: .*/, '    hours: {}') });
    expect(findingOf(closed, 'calendar_never_open')).toMatchObject({ level: 'error', severities: ['sev3'] });
    const short = reportOf({ plain: policyText.replace('within: 2d', 'within: 60d') });
    expect(findingOf(short, 'clock_never_due').message).toMatch(/runs 60d by office, which opens for 3\dd/);
  });

  it('finds routing rules that never decide anything', () => {
    const routing = policyFiles()[2]?.text.replace(
      '  - name: Safety\n',
      '  - name: All\n    when: {}\n    set: { team: desk }\n  - name: Safety\n',
    );
    expect(findingOf(reportOf({ routing }), 'rule_shadowed').message).toMatch(/"Safety" never decides anything: "All"/);
  });
});

describe('walking all flows of a policy', () => {
  const gappy = withRotations(
    `{ type: weekly, startLocal: 2025-01-06T09:00, users: [ana, dee], restrictions: [{ from: '07:10', to: '23:00' }] }`,
  );
  const texts = [
    policyText.replace('team:leaders', 'schedule:days'),
    policyText.replace('[person:cy]', '[schedule:days]'),
  ];

  it('agrees with the core asked at any single instant', () => {
    for (const plain of texts) {
      const set = setOf({ directory: gappy, plain: plain.replace('calendar: office', 'calendar: always') });
      const policy = set.policies[0]?.policy;
      if (policy === undefined) throw new Error('no policy');
      const untilMs = fromMs + 60 * dayMs;
      const directory = expandDirectory(set.directory, fromMs, untilMs + 30 * dayMs);
      const world = { directory, calendars: {}, calendarPins: {} };
      for (const severity of severities) {
        const facts = { severity, channel: 'external', category: 'other', team: null } as const;
        const setting = { timelines: new CoverTimelines(directory), policy, facts, calendars: {}, calendarPins: {} };
        const flows = new WalkFlows(setting, { fromMs, untilMs, followMs: 20 * dayMs });
        const explored = flows.flows.length;
        fc.assert(
          fc.property(fc.integer({ min: fromMs, max: untilMs - 1 }), (atMs) => {
            const flow = flows.at(atMs);
            const direct = walkAt(world, policy, { ...facts, atMs }, 20 * dayMs);
            const shape = (events: typeof direct.events, startMs: number): unknown =>
              events.map((event) => [event.type, event.atMs - startMs]);
            expect(shape(flow.events, flow.exampleAtMs)).toEqual(shape(direct.events, atMs));
          }),
          { numRuns: 60 },
        );
        // Nothing was found that the exploration had not seen.
        expect(flows.flows.length).toBe(explored);
      }
    }
  });
});
