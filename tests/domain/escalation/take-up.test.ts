import { describe, expect, it } from '@jest/globals';
import type { EscalationEvent } from '../../../domain/escalation/events.ts';
import { decideAtReceipt } from '../../../domain/escalation/first-events.ts';
import { readHistory } from '../../../domain/policy/backtest/history.ts';
import { verifyLog } from '../../../domain/verify/verify-log.ts';
import type { Policy } from '../../../domain/policy/policy.ts';
import { begun, clockRule, given, minute, policy, received, startMs, type Case } from './given.ts';

const second = 1_000;

function atIntake(using: Policy = policy, calendars = {}, calendarPins = {}): readonly EscalationEvent[] {
  const first = received('sev2');
  if (first.type !== 'escalation.received') throw new Error('not a receipt');
  const context = { escalationId: 'esc_test', policy: using, calendars, calendarPins };
  return [first, ...decideAtReceipt(first, context).events];
}

function takenUpAfter(ms: number): Case {
  const it0 = given(atIntake()).at(startMs + ms);
  it0.when({ type: 'take-up' });
  return it0;
}

function entered(it0: Case) {
  return it0.log().flatMap((event) => (event.type === 'tier.entered' ? [event] : []));
}

describe('what intake decides', () => {
  it('is what the workflow would have decided at that instant', () => {
    expect(atIntake()).toEqual(begun('sev2').log());
  });

  it('is refused where a clock counts by a calendar that is not known', () => {
    const { sev2 } = policy.severities;
    const acknowledge = clockRule(15 * minute, { calendar: 'office' });
    const severities = { ...policy.severities, sev2: { ...sev2, clocks: { ...sev2.clocks, acknowledge } } };
    const unknown: Policy = { ...policy, severities };
    expect(() => atIntake(unknown)).toThrow('calendar office was not supplied');
  });
});

describe('a workflow that takes up what intake began', () => {
  it('decides nothing while the tier has nine tenths of its time left', () => {
    // sev2 has fifteen minutes.
    const it0 = takenUpAfter(90 * second - 1);
    expect(it0.log()).toEqual(atIntake());
    expect(entered(takenUpAfter(90 * second))).toHaveLength(2);
  });

  it('gives a tier of seconds two of them before it asks anew', () => {
    const within = { sev1: 10 * second, sev2: 10 * second, sev3: 10 * second, sev4: 10 * second };
    const short: Policy = { ...policy, tiers: policy.tiers.map((tier) => ({ ...tier, acknowledgeWithinMs: within })) };
    const at = (ms: number): number => {
      const it0 = given(atIntake(short), short).at(startMs + ms);
      it0.when({ type: 'take-up' });
      return entered(it0).length;
    };
    expect([at(2 * second - 1), at(2 * second)]).toEqual([1, 2]);
  });

  it('asks the first tier anew when it comes late, with the whole of its time, and leaves the promises as they were', () => {
    const it0 = takenUpAfter(10 * minute);
    const [first, again] = entered(it0);
    expect(first?.acknowledgeByMs).toBe(startMs + 15 * minute);
    expect(again).toMatchObject({ tier: 1, round: 1, cause: 'taken_up_late', acknowledgeByMs: startMs + 25 * minute });
    // In one decision: what is not sent any more stands there with its reason.
    expect(it0.log().find(({ type }) => type === 'page.suppressed')).toMatchObject({ reason: 'asked_anew' });
    expect(it0.state().pendingPages.map(({ pageId }) => pageId)).toEqual(['esc_test#2#2']);
    expect(it0.state().clocks.acknowledge?.segments[0]?.fromMs).toBe(startMs);
  });

  it('asks it anew after its time was over: no outage takes a tier out of the walk', () => {
    const it0 = takenUpAfter(40 * minute);
    it0.when({ type: 'wake' });
    expect(entered(it0).map(({ tier }) => tier)).toEqual([1, 1]);
    // The promise to acknowledge was missed all the same, and is told.
    expect(it0.types()).toContain('clock.breached');
    it0.fastForward(startMs + 55 * minute);
    expect(entered(it0).map(({ tier }) => tier)).toEqual([1, 1, 2]);
  });

  it('leaves alone what was paged or answered before', () => {
    const sent = given(atIntake());
    sent.when({ type: 'record-page', pageId: 'esc_test#1#1', outcome: { kind: 'sent', recipients: ['x'] } });
    const answered = given(atIntake());
    answered.when({ type: 'acknowledge' });
    for (const it0 of [sent, answered]) {
      const before = it0.log().length;
      it0.at(startMs + 10 * minute).when({ type: 'take-up' });
      expect(it0.log()).toHaveLength(before);
    }
  });

  it('asks anew for a page whose hold ended meanwhile, and waits for one whose hold has not', () => {
    const hold = {
      kind: 'maintenance',
      name: 'move',
      match: {},
      fromMs: startMs - 1,
      untilMs: startMs + minute,
    } as const;
    const held: Policy = { ...policy, holds: [hold] };
    const early = given(atIntake(held), held).at(startMs + minute);
    early.when({ type: 'take-up' });
    expect(entered(early)).toHaveLength(1);
    const late = given(atIntake(held), held).at(startMs + 20 * minute);
    late.when({ type: 'take-up' });
    late.when({ type: 'wake' });
    expect(entered(late).map(({ cause }) => cause)).toEqual(['started', 'taken_up_late']);
    expect(late.state().pendingPages).toHaveLength(1);
    expect(late.log().find(({ type }) => type === 'page.suppressed')).toMatchObject({ reason: 'asked_anew' });
  });

  it('leaves a log that a backtest reproduces and the verifier agrees with', () => {
    const it0 = takenUpAfter(40 * minute);
    it0.when({ type: 'wake' });
    it0.fastForward(startMs + 90 * minute);
    const world = { calendars: {}, calendarPins: {} };
    expect(readHistory('esc_test', it0.log(), policy, world).mismatches).toEqual([]);
    expect(verifyLog(it0.log(), {}).differences).toEqual([]);
  });
});
