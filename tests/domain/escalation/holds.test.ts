import { describe, expect, it } from '@jest/globals';
import type { OpenHours } from '../../../domain/calendar/open-hours.ts';
import type { DecisionContext } from '../../../domain/escalation/commands.ts';
import type { Policy } from '../../../domain/policy/policy.ts';
import { clockRuleFor } from '../../../domain/policy/match.ts';
import { clockRule, given, hour, minute, policy, received, startMs, text, type Case } from './given.ts';

/** Open two hours after the start, for eight hours. */
const loud: OpenHours = {
  id: 'loud-1',
  coveredFromMs: startMs - 24 * hour,
  coveredUntilMs: startMs + 1_000 * hour,
  intervals: [[startMs + 2 * hour, startMs + 10 * hour]],
};
const surroundings: Partial<DecisionContext> = { calendars: { 'loud-1': loud }, calendarPins: { loud: 'loud-1' } };
const quiet: Policy = { ...policy, holds: [{ kind: 'quiet_hours', severities: ['sev3', 'sev4'], calendar: 'loud' }] };

function begunQuietly(using: Policy, severity: 'sev1' | 'sev3' = 'sev3'): Case {
  const it0 = given([received(severity)], using);
  it0.when({ type: 'begin' }, surroundings);
  return it0;
}

describe('quiet hours', () => {
  it('hold the page of a low severity until they end, and the tier has its full time from then', () => {
    const it0 = begunQuietly(quiet);
    expect(it0.types()).toContain('page.held');
    expect(it0.state().pendingPages).toEqual([]);
    expect(it0.state().walk).toMatchObject({ acknowledgeByMs: startMs + 2 * hour + 30 * minute });
    it0.at(startMs + 2 * hour).when({ type: 'wake' }, surroundings);
    expect(it0.state()).toMatchObject({
      heldPages: [],
      pages: 1,
      pendingPages: [{ pageId: 'esc_test#1#1', isStep: true }],
    });
  });

  it('let a severe one through', () => {
    expect(begunQuietly(quiet, 'sev1').types()).toContain('page.requested');
  });

  it('hold nothing back when the hours are not known', () => {
    const it0 = given([received('sev3')], quiet);
    it0.when({ type: 'begin' });
    expect(it0.types()).toContain('page.requested');
  });

  it('never hold what a person asks for', () => {
    const it0 = begunQuietly(quiet);
    it0.at(startMs + minute).when({ type: 'escalate', reason: text }, surroundings);
    expect(it0.state()).toMatchObject({ tier: 2, pendingPages: [{ tier: 2, cause: 'by_hand' }] });
  });

  it('drop a held page that has been answered meanwhile, and say so', () => {
    const it0 = begunQuietly(quiet);
    it0.at(startMs + minute).when({ type: 'acknowledge' }, surroundings);
    it0.at(startMs + 2 * hour).when({ type: 'wake' }, surroundings);
    expect(it0.log().find((event) => event.type === 'page.suppressed')).toMatchObject({ reason: 'overtaken' });
    expect(it0.state()).toMatchObject({ heldPages: [], pendingPages: [] });
  });

  it('end at once when the severity rises', () => {
    const it0 = begunQuietly(quiet);
    it0.at(startMs + minute).when({ type: 'change-severity', severity: 'sev1', reason: text }, surroundings);
    expect(it0.state().pendingPages).toMatchObject([{ cause: 'severity_raised' }]);
    expect(it0.state().walk).toMatchObject({ acknowledgeByMs: startMs + 6 * minute });
  });
});

describe('a maintenance window', () => {
  const window = {
    kind: 'maintenance',
    name: 'payments move',
    fromMs: startMs - hour,
    untilMs: startMs + hour,
  } as const;

  it('holds the pages of what it matches until it is over', () => {
    const it0 = begunQuietly({ ...policy, holds: [{ ...window, match: { categories: ['regulatory'] } }] }, 'sev1');
    expect(it0.state().heldPages).toMatchObject([{ untilMs: startMs + hour }]);
    it0.fastForward(startMs + hour);
    expect(it0.types()).toContain('page.sent');
  });

  it('leaves others alone', () => {
    const it0 = begunQuietly({ ...policy, holds: [{ ...window, match: { categories: ['payments'] } }] }, 'sev1');
    expect(it0.state().heldPages).toEqual([]);
  });
});

describe('promises by channel, category and class of account', () => {
  const promised: Policy = {
    ...policy,
    clockOverrides: [
      { match: { accountClasses: ['key'] }, clock: 'resolve', rule: clockRule(hour) },
      { match: { channels: ['external'], categories: ['regulatory'] }, clock: 'resolve', rule: clockRule(2 * hour) },
      { match: { channels: ['monitoring'] }, clock: 'first_update', rule: null },
    ],
  };

  it('hold where every list names the escalation', () => {
    const it0 = given([received('sev1')], promised);
    it0.when({ type: 'begin' });
    expect(it0.state().clocks.resolve?.targetMs).toBe(2 * hour);
    expect(it0.state().clocks.first_update).toBeDefined();
  });

  it.each([
    ['the first match wins', { channel: 'external', category: 'regulatory', accountClass: 'key' }, 'resolve', hour],
    ['others keep the severity`s', { channel: 'quality', category: 'fraud', accountClass: null }, 'resolve', 4 * hour],
    [
      'a clock can be left out',
      { channel: 'monitoring', category: 'fraud', accountClass: null },
      'first_update',
      undefined,
    ],
  ] as const)('%s', (_name, more, clock, targetMs) => {
    const rule = clockRuleFor(promised, { severity: 'sev1', team: null, ...more }, clock);
    expect(rule?.targetMs).toBe(targetMs);
  });
});
