import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import type { EscalationEvent } from '../../../domain/escalation/events.ts';
import { upcastEscalation } from '../../../domain/escalation/evolve.ts';
import type { Policy } from '../../../domain/policy/policy.ts';
import { begun, clockRule, hour, minute, policy, startMs, text, type Case } from './given.ts';

/** Tiers of five minutes, and promises that move the tier up when they are missed. */
function missing(clocks: Readonly<Partial<Record<'acknowledge' | 'first_update' | 'resolve', number>>>): Policy {
  const rules = Object.fromEntries(
    Object.entries(clocks).map(([name, targetMs]) => [
      name,
      clockRule(targetMs, { pausable: name === 'resolve', onBreach: [{ kind: 'escalate_tier' }] }),
    ]),
  );
  return { ...policy, severities: { ...policy.severities, sev1: { ...policy.severities.sev1, clocks: rules } } };
}

type Entered = Extract<EscalationEvent, { type: 'tier.entered' }>;

function enteredIn(it0: Case): readonly Entered[] {
  return it0.log().filter((event) => event.type === 'tier.entered');
}

function steps(it0: Case): readonly (readonly [number, string, number])[] {
  return enteredIn(it0).map(({ tier, cause, atMs }) => [tier, cause, atMs - startMs]);
}

describe('a tier that is being asked', () => {
  it('keeps its time when a promise is missed just after it was entered', () => {
    const it0 = begun('sev1', missing({ resolve: 5 * minute + 7 }));
    it0.fastForward(startMs + 10 * minute - 1);
    expect(steps(it0)).toEqual([
      [1, 'started', 0],
      [2, 'not_acknowledged', 5 * minute],
    ]);
    expect(it0.state().clocks.resolve).toMatchObject({ breachedDueAtMs: startMs + 5 * minute + 7 });
    expect(it0.log().find(({ type }) => type === 'climb.deferred')).toMatchObject({
      clock: 'resolve',
      untilMs: startMs + 10 * minute,
    });
  });

  it('is left once for both causes when its time is over', () => {
    const it0 = begun('sev1', missing({ resolve: 5 * minute + 7 }));
    it0.fastForward(startMs + 14 * minute);
    expect(steps(it0).slice(2)).toEqual([[3, 'not_acknowledged', 10 * minute]]);
    expect(it0.state().climbsOwed).toEqual({});
  });

  it('is left once, too, when promise and answer fall due in the same instant or are handled together', () => {
    for (const lateMs of [0, 1, 3 * minute]) {
      const it0 = begun('sev1', missing({ resolve: 5 * minute })).at(startMs + 5 * minute + lateMs);
      it0.when({ type: 'wake' });
      it0.when({ type: 'wake' });
      expect(steps(it0).slice(1)).toEqual([[2, 'not_acknowledged', 5 * minute + lateMs]]);
    }
  });

  it('moves up for the promise alone at the end of its time, when somebody has answered by then', () => {
    const it0 = begun('sev1', missing({ resolve: 7 * minute }));
    it0.fastForward(startMs + 8 * minute);
    it0.when({ type: 'acknowledge' });
    expect(it0.wakeAtMs()).toBe(startMs + 10 * minute);
    it0.fastForward(startMs + 10 * minute);
    expect(steps(it0).slice(1)).toEqual([
      [2, 'not_acknowledged', 5 * minute],
      [3, 'clock_breached', 10 * minute],
    ]);
    expect(it0.state()).toMatchObject({ status: 'acknowledged', walk: { tier: 3 }, climbsOwed: {} });
  });

  it('does not move up for a promise that was settled meanwhile, however late', () => {
    const answered = begun('sev1', missing({ acknowledge: 7 * minute }));
    answered.fastForward(startMs + 8 * minute);
    answered.when({ type: 'acknowledge' });
    expect(answered.state().climbsOwed).toEqual({});
    expect(answered.wakeAtMs()).toBeNull();

    const updated = begun('sev1', missing({ first_update: 7 * minute }));
    updated.fastForward(startMs + 8 * minute);
    updated.when({ type: 'acknowledge' });
    updated.when({ type: 'send-update', audience: 'internal', text });
    updated.fastForward(startMs + 20 * minute);
    expect(updated.state()).toMatchObject({ tier: 2, walk: null, climbsOwed: {} });
  });

  it('forgets none of two promises when one of them is settled', () => {
    const it0 = begun('sev1', missing({ acknowledge: 6 * minute, resolve: 7 * minute }));
    it0.fastForward(startMs + 8 * minute);
    it0.when({ type: 'acknowledge' });
    it0.fastForward(startMs + 10 * minute);
    expect(steps(it0).at(-1)).toEqual([3, 'clock_breached', 10 * minute]);
  });

  it('is left at once when a person says so, and what was owed is done with it', () => {
    const it0 = begun('sev1', missing({ resolve: 7 * minute }));
    it0.fastForward(startMs + 8 * minute);
    it0.when({ type: 'escalate', reason: text });
    expect(steps(it0).at(-1)).toEqual([3, 'by_hand', 8 * minute]);
    it0.when({ type: 'acknowledge' });
    it0.fastForward(startMs + hour);
    expect(it0.state()).toMatchObject({ tier: 3, walk: null });
  });

  it('stays when the severity rises, and keeps what is owed', () => {
    const it0 = begun('sev1', missing({ resolve: 7 * minute }));
    it0.fastForward(startMs + 8 * minute);
    const { climbsOwed } = it0.state();
    expect(climbsOwed).toEqual({ resolve: startMs + 10 * minute });
    it0.when({ type: 'change-severity', severity: 'sev2', reason: text });
    it0.when({ type: 'change-severity', severity: 'sev1', reason: text });
    expect(it0.state().climbsOwed).toEqual(climbsOwed);
    it0.fastForward(startMs + 10 * minute);
    expect(steps(it0).at(-1)?.slice(0, 2)).toEqual([3, 'not_acknowledged']);
  });

  it('is not left during a pause: what is owed comes when it ends', () => {
    const it0 = begun('sev1', missing({ resolve: 7 * minute }));
    it0.fastForward(startMs + 8 * minute);
    it0.when({ type: 'acknowledge' });
    it0.when({ type: 'pause', reason: 'legal_hold', untilMs: startMs + hour });
    it0.fastForward(startMs + hour - 1);
    expect(it0.state().tier).toBe(2);
    it0.fastForward(startMs + hour);
    expect(steps(it0).at(-1)).toEqual([3, 'clock_breached', hour]);
  });
});

describe('a missed promise', () => {
  it('moves the tier up at once while nobody is being asked', () => {
    const it0 = begun('sev1', missing({ resolve: 4 * hour }));
    it0.when({ type: 'acknowledge' });
    it0.fastForward(startMs + 4 * hour);
    expect(steps(it0).at(-1)).toEqual([2, 'clock_breached', 4 * hour]);
    expect(it0.types()).not.toContain('climb.deferred');
  });

  it('moves it up at once, as it always did, where an escalation was begun before this rule', () => {
    const it0 = begun('sev1', missing({ resolve: 5 * minute + 7 }));
    it0.fastForward(startMs + 5 * minute);
    it0.at(startMs + 5 * minute + 7).when({ type: 'wake' }, { flags: ['count_with_load'] });
    expect(steps(it0).at(-1)).toEqual([3, 'clock_breached', 5 * minute + 7]);
  });

  it('is read from snapshots that were written before this rule', () => {
    const { climbsOwed: _since, ...before } = begun('sev1').state();
    // A snapshot as an older version carried it.
    const snapshot: ReturnType<Case['state']> = JSON.parse(JSON.stringify(before));
    expect(upcastEscalation(snapshot).climbsOwed).toEqual({});
  });

  it('never takes a tier`s time, whatever falls due when', () => {
    const target = fc.integer({ min: 1, max: 40 * minute });
    const targets = fc.record({ acknowledge: target, first_update: target, resolve: target });
    fc.assert(
      fc.property(targets, fc.option(fc.integer({ min: 1, max: 30 * minute })), (clocks, answeredMs) => {
        const it0 = begun('sev1', missing(clocks));
        if (answeredMs !== null) {
          it0.fastForward(startMs + answeredMs);
          it0.when({ type: 'acknowledge' });
        }
        it0.fastForward(startMs + 2 * hour);
        const entered = enteredIn(it0);
        for (const [index, step] of entered.entries()) {
          const before = entered[index - 1];
          const answered = answeredMs !== null && step.atMs >= startMs + answeredMs;
          if (before === undefined || answered) continue;
          expect(step.atMs).toBeGreaterThanOrEqual(before.acknowledgeByMs);
        }
      }),
      { numRuns: 300 },
    );
  });
});
