import { describe, expect, it } from '@jest/globals';

import { checkPolicySet } from '../../contracts/policy/check.ts';
import { parsePolicySet, type PolicySet } from '../../contracts/policy/load.ts';
import { formatProblem } from '../../contracts/policy/parse.ts';
import type { Finding } from '../../domain/policy/check/finding.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { categories, channels, severities } from '../../domain/escalation/vocabulary.ts';
import { directoryText, policyFiles, policyText } from './policy-set-fixture.ts';

const fromMs = Date.UTC(2026, 10, 23, 12);

function setWith(more: string): PolicySet {
  const loaded = parsePolicySet(policyFiles({ plain: `${policyText}${more}` }));
  if (!loaded.ok) throw new Error(loaded.errors.map(formatProblem).join('\n'));
  return loaded.set;
}

function policyWith(more: string): Policy {
  const policy = setWith(more).policies[0]?.policy;
  if (policy === undefined) throw new Error('no policy');
  return policy;
}

function errorsOf(more: string): readonly Finding[] {
  return checkPolicySet(setWith(more), fromMs).findings.filter((finding) => finding.level === 'error');
}

function problemsOf(more: string): readonly string[] {
  const loaded = parsePolicySet(policyFiles({ plain: `${policyText}${more}` }));
  return loaded.ok ? [] : loaded.errors.map((problem) => problem.message);
}

describe('promises to some', () => {
  it('take what they do not name from the clock itself', () => {
    const policy = policyWith('promises: [{ when: { accountClass: [strategic] }, clock: resolve, within: 90m }]\n');
    expect(policy.clockOverrides).toEqual([
      {
        match: { accountClasses: ['strategic'] },
        clock: 'resolve',
        rule: {
          targetMs: 5_400_000,
          calendar: 'office',
          warnAtPercent: [50, 80],
          onWarning: [{ kind: 'page_tier' }],
          onBreach: [
            { kind: 'escalate_tier' },
            { kind: 'tell', audience: 'leadership' },
            { kind: 'page', targets: [{ kind: 'person', id: 'cy' }] },
          ],
          pausable: true,
        },
      },
    ]);
  });

  it('can take a clock away', () => {
    const policy = policyWith('promises: [{ when: { channel: [quality] }, clock: acknowledge, none: true }]\n');
    expect(policy.clockOverrides).toEqual([{ match: { channels: ['quality'] }, clock: 'acknowledge', rule: null }]);
    expect(problemsOf('promises: [{ when: {}, clock: acknowledge }]\n')).toEqual([
      'a promise has either "within" or "none: true"',
    ]);
    expect(
      problemsOf('promises: [{ when: { team: [nobody] }, clock: resolve, within: 1h, calendar: offic }]\n'),
    ).toEqual(['there is no team "nobody"', 'there is no calendar "offic"']);
  });

  it('are checked against their calendars like any clock', () => {
    const [error] = errorsOf('promises: [{ when: { severity: [sev4] }, clock: resolve, within: 90d }]\n');
    expect(error).toMatchObject({ code: 'clock_never_due', severities: ['sev4'], place: { path: ['promises', 0] } });
  });
});

describe('pages that wait', () => {
  it('wait for the opening of a calendar, or for the end of a window', () => {
    const policy = policyWith(
      'quietHours: [{ severities: [sev4], calendar: office }]\nmaintenance: [{ name: Move, from: 2026-12-01T20:00:00+08:00, until: 2026-12-01T16:00:00Z, when: { category: [logistics] } }]\n',
    );
    expect(policy.holds).toEqual([
      { kind: 'quiet_hours', severities: ['sev4'], calendar: 'office' },
      {
        kind: 'maintenance',
        name: 'Move',
        fromMs: Date.UTC(2026, 11, 1, 12),
        untilMs: Date.UTC(2026, 11, 1, 16),
        match: { categories: ['logistics'] },
      },
    ]);
  });

  it('are refused where the times make no sense', () => {
    expect(
      problemsOf('maintenance: [{ name: Move, from: tomorrow, until: 2026-12-01T16:00:00Z, when: {} }]\n'),
    ).toEqual(['"tomorrow" is not an instant']);
    expect(
      problemsOf('maintenance: [{ name: Move, from: 2026-12-02T00:00:00Z, until: 2026-12-01T16:00:00Z, when: {} }]\n'),
    ).toEqual(['the window ends before it begins']);
  });

  it('are an error where they wait until the acknowledge clock has run out, with the first time that they do', () => {
    const [error, ...others] = errorsOf('quietHours: [{ severities: [sev2, sev4], calendar: office }]\n');
    expect(others).toEqual([]);
    // sev2 has 30 minutes by the wall clock; sev4 has no acknowledge clock to miss. The office closes on Monday at 17:00.
    expect(error).toMatchObject({
      code: 'held_past_clock',
      severities: ['sev2'],
      place: { path: ['quietHours', 0] },
      example: { atMs: Date.UTC(2026, 10, 23, 17), untilMs: Date.UTC(2026, 10, 24, 9) },
    });
  });

  it('are an error where they wait for a calendar that never opens: they would hold nothing back', () => {
    const never = `${directoryText}  never: { timezone: Europe/London, hours: { mon: [['09:00', '17:00']] }, holidays: [${mondays()}] }\n`;
    const text = `${policyText}quietHours: [{ severities: [sev4], calendar: never }]\n`;
    const loaded = parsePolicySet(policyFiles({ plain: text, directory: never }));
    if (!loaded.ok) throw new Error(loaded.errors.map(formatProblem).join('\n'));
    const { findings } = checkPolicySet(loaded.set, fromMs);
    expect(findings.find(({ code }) => code === 'calendar_never_open')).toMatchObject({
      level: 'error',
      severities: ['sev4'],
      place: { path: ['quietHours', 0] },
    });
  });
});

/** All the Mondays that the check can meet. */
function mondays(): string {
  const firstMs = Date.UTC(2026, 9, 5);
  return Array.from({ length: 90 }, (_, week) => new Date(firstMs + week * 7 * 86_400_000).toISOString().slice(0, 10))
    .map((date) => `{ date: ${date} }`)
    .join(', ');
}

/** A promise for each value of a field. */
function each(field: string, values: readonly string[]): string {
  return values.map((value) => `  - { when: { ${field}: [${value}] }, clock: first_update, within: 2h }\n`).join('');
}

describe('more combinations of promises than are walked', () => {
  it('are told of, since silence would pass for a proof', () => {
    const text = `promises:\n${each('channel', channels)}${each('category', categories.slice(0, 6))}`;
    const { findings } = checkPolicySet(setWith(text), fromMs);
    const told = findings.filter(({ code }) => code === 'combinations_left_out');
    expect(told).toMatchObject([{ level: 'warning', severities: [...severities] }]);
    expect(told[0]?.message).toContain('56 combinations');
  });

  it('are not told of where all are walked', () => {
    const { findings } = checkPolicySet(setWith(`promises:\n${each('channel', channels)}`), fromMs);
    expect(findings.filter(({ code }) => code === 'combinations_left_out')).toEqual([]);
  });
});
