import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { EscalationEvent } from '../../../../domain/escalation/events.ts';
import { fold } from '../../../../domain/escalation/evolve.ts';
import { coreFlags } from '../../../../domain/escalation/flags.ts';
import { forecast } from '../../../../domain/escalation/forecast.ts';
import { readHistory, readHistoryOfAnyAge, type History } from '../../../../domain/policy/backtest/history.ts';
import { compareOutcomes, outcomesOf } from '../../../../domain/policy/backtest/outcomes.ts';
import { simulate, type Simulated } from '../../../../domain/policy/backtest/simulate.ts';
import type { Policy } from '../../../../domain/policy/policy.ts';
import { clockRule, hour, minute, policy, received, startMs, text } from '../../escalation/given.ts';
import { recordedLog, sessions, type Asked } from './recorded-log.ts';

const world = { calendars: {}, calendarPins: {} };

function historyOf(log: readonly EscalationEvent[]): History {
  return readHistory('esc_test', log, policy, world);
}

function simulated(log: readonly EscalationEvent[], under: Policy): Simulated {
  return simulate(historyOf(log), under, world, () => ({ kind: 'sent', recipients: ['x'] }));
}

function changes(log: readonly EscalationEvent[], under: Policy): readonly string[] {
  const after = simulated(log, under);
  return compareOutcomes('esc_test', outcomesOf(log), outcomesOf(after.events)).map(
    (change) => `${change.change} ${change.kind} ${change.what}`,
  );
}

const step: Asked = { command: { type: 'note', text }, afterMs: 0, person: 'dana', lateMs: 20, outcome: 'sent' };
/** Nobody acts for 40 minutes: tiers 1 to 3 are asked, and the acknowledge clock (30 min) breaches. */
const slow = recordedLog([
  { ...step, afterMs: 40 * minute, command: { type: 'acknowledge' } },
  { ...step, afterMs: hour, command: { type: 'resolve', code: 'fixed', summary: text } },
]);

function withTierTime(timeMs: number): Policy {
  const within = { sev1: timeMs, sev2: timeMs, sev3: timeMs, sev4: timeMs };
  return {
    ...policy,
    hash: `tiers-${timeMs}`,
    tiers: policy.tiers.map((tier) => ({ ...tier, acknowledgeWithinMs: within })),
  };
}

function unfolded(): never {
  throw new Error('a receipt folds into a state');
}

function notes(events: readonly EscalationEvent[]): number {
  return events.filter((event) => event.type === 'note.added').length;
}

describe('a backtest', () => {
  it('reproduces every log event by event under the policy that was in force, whatever was asked and however late', () => {
    fc.assert(
      fc.property(sessions, (asked) => {
        const log = recordedLog(asked);
        const history = historyOf(log);
        expect(history.mismatches).toEqual([]);
        expect(history.decisions.flatMap((decision) => decision.events)).toEqual(log.slice(1));
        const again = simulate(history, policy, world, () => ({ kind: 'uncovered' }));
        expect(again.asRecorded).toBe(true);
        expect(again.events).toEqual(log);
        expect(again.refused).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('never throws under another policy, and keeps what people did', () => {
    fc.assert(
      fc.property(
        sessions,
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 4 }),
        (asked, minutes, tierCount) => {
          const log = recordedLog(asked);
          const other = {
            ...withTierTime(minutes * minute),
            tiers: withTierTime(minutes * minute).tiers.slice(0, tierCount),
          };
          const after = simulated(log, other);
          expect(after.events.map((event) => event.seq)).toEqual(after.events.map((_event, index) => index + 1));
          expect(notes(after.events)).toBe(
            notes(log) - after.refused.filter((refusal) => refusal.command === 'note').length,
          );
        },
      ),
      { numRuns: 80 },
    );
  });

  it('shows the pages that a slower policy avoids and a faster one adds', () => {
    expect(outcomesOf(slow).pages.map((page) => page.key)).toEqual([
      'tier 1 started 1',
      'tier 2 not_acknowledged 1',
      'tier 3 not_acknowledged 1',
    ]);
    expect(changes(slow, withTierTime(hour))).toEqual([
      'avoided page tier 2 not_acknowledged',
      'avoided page tier 3 not_acknowledged',
    ]);
    expect(changes(slow, withTierTime(10 * minute))).toEqual([
      'earlier page tier 2 not_acknowledged',
      'earlier page tier 3 not_acknowledged',
      'added page tier 4 not_acknowledged',
    ]);
  });

  it('shows the breaches that other promises add and avoid', () => {
    const { sev2 } = policy.severities;
    const acknowledge = sev2.clocks.acknowledge;
    const resolve = sev2.clocks.resolve;
    if (acknowledge === undefined || resolve === undefined) throw new Error('the fixture has changed');
    const other: Policy = {
      ...policy,
      severities: {
        ...policy.severities,
        sev2: {
          ...sev2,
          clocks: {
            ...sev2.clocks,
            acknowledge: { ...acknowledge, targetMs: 45 * minute },
            resolve: { ...resolve, targetMs: hour, onBreach: [] },
          },
        },
      },
    };
    expect(changes(slow, other)).toEqual(['avoided breach acknowledge', 'added breach resolve']);
  });

  it('names the commands that another policy would have refused', () => {
    const log = recordedLog([
      { ...step, command: { type: 'escalate', reason: text, toTier: 4 } },
      { ...step, command: { type: 'acknowledge' } },
    ]);
    const after = simulated(log, { ...policy, hash: 'short', tiers: policy.tiers.slice(0, 2) });
    expect(after.refused).toEqual([expect.objectContaining({ command: 'escalate', code: 'no_such_tier' })]);
  });

  it('reproduces a log that was moved to another version on the way', () => {
    const next = { ...withTierTime(hour), version: 2 };
    const moved = recordedLog(
      [
        { ...step, command: { type: 'migrate-policy', version: 2 } },
        { ...step, afterMs: 90 * minute },
      ],
      policy,
      next,
    );
    expect(moved.map((event) => event.type)).toContain('policy.migrated');
    expect(readHistory('esc_test', moved, policy, { ...world, otherPolicies: { 2: next } }).mismatches).toEqual([]);
  });

  it('reads a log of an earlier day under the rules of that day, and a present one under the present', () => {
    // A promise that is missed while a tier is being asked once moved the tier up at once.
    const { sev2 } = policy.severities;
    const resolve = clockRule(20 * minute, { onBreach: [{ kind: 'escalate_tier' }] });
    const severities = { ...policy.severities, sev2: { ...sev2, clocks: { ...sev2.clocks, resolve } } };
    const missing: Policy = { ...policy, hash: 'missing', severities };
    const logUnder = (flags: readonly string[]): readonly EscalationEvent[] => {
      const first = received('sev2');
      const { events } = forecast(
        fold([first]) ?? unfolded(),
        { escalationId: 'esc_test', nowMs: startMs, policy: missing, flags, ...world },
        { resolveTargets: () => ['x'], untilMs: startMs + hour },
      );
      return [first, ...events];
    };
    const earlier = logUnder([]);
    const present = logUnder([...coreFlags]);
    expect(earlier).not.toEqual(present);
    expect(readHistory('esc_test', earlier, missing, world).mismatches).not.toEqual([]);
    expect(readHistoryOfAnyAge('esc_test', earlier, missing, world)).toMatchObject({ mismatches: [], flags: [] });
    const read = readHistoryOfAnyAge('esc_test', present, missing, world);
    expect(read.mismatches).toEqual([]);
    expect(read.flags).toBeUndefined();
    // What is tried on it is tried under its own rules.
    const again = simulate(readHistoryOfAnyAge('esc_test', earlier, missing, world), missing, world, () => ({
      kind: 'uncovered',
    }));
    expect(again.asRecorded).toBe(true);
  });

  it('tells of a log that the core would not have written', () => {
    const forged = slow.map((event) =>
      event.type === 'tier.entered' && event.tier === 2 ? { ...event, acknowledgeByMs: 1 } : event,
    );
    const [mismatch] = historyOf(forged).mismatches;
    expect(mismatch).toMatchObject({
      command: 'wake',
      seq: forged.find((event) => event.type === 'tier.entered' && event.tier === 2)?.seq,
    });
  });
});
