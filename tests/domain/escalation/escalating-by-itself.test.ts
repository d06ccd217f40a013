import { describe, expect, it } from '@jest/globals';
import { begun, clockRule, given, hour, minute, policy, received, startMs, text } from './given.ts';
import { forecast } from '../../../domain/escalation/forecast.ts';

describe('an escalation that nobody acknowledges', () => {
  it('goes up a tier when the tier has had its time, and says why', () => {
    const it0 = begun('sev2').fastForward(startMs + 15 * minute);
    expect(it0.state().tier).toBe(2);
    expect(it0.log().find((event) => event.type === 'tier.entered' && event.tier === 2)).toMatchObject({
      cause: 'not_acknowledged',
      atMs: startMs + 15 * minute,
    });
  });

  it('stays a tier while its time is not over', () => {
    expect(
      begun('sev2')
        .fastForward(startMs + 15 * minute - 1)
        .state().tier,
    ).toBe(1);
  });

  it('repeats the policy, then pages the fallback once and waits for people', () => {
    const quiet = { ...policy, severities: { ...policy.severities, sev1: { ...policy.severities.sev1, clocks: {} } } };
    const it0 = begun('sev1', quiet).fastForward(startMs + 24 * hour);
    const entered = it0
      .log()
      .flatMap((event) => (event.type === 'tier.entered' ? [`${event.round}.${event.tier}`] : []));
    expect(entered).toEqual(['1.1', '1.2', '1.3', '1.4', '2.1', '2.2', '2.3', '2.4']);
    expect(it0.state()).toMatchObject({ tier: 4, exhausted: true, walk: null });
    const pages = it0.log().flatMap((event) => (event.type === 'page.requested' ? [event] : []));
    expect(pages.at(-1)).toMatchObject({ cause: 'fallback', targets: [{ id: 'duty-manager' }] });
    expect(pages).toHaveLength(9);
    expect(it0.wakeAtMs()).toBeNull();
  });

  it('skips a step that reaches nobody at once and pages the fallback', () => {
    const it0 = begun('sev1').fastForward(startMs, { reached: false });
    const entered = it0
      .log()
      .flatMap((event) => (event.type === 'tier.entered' ? [[event.tier, event.round, event.atMs]] : []));
    expect(entered.slice(0, 4)).toEqual([1, 2, 3, 4].map((tier) => [tier, 1, startMs]));
    expect(it0.state().uncovered).toBe(true);
    expect(it0.log().filter((event) => event.type === 'page.requested' && event.cause === 'fallback')).toHaveLength(1);
    it0.when({ type: 'acknowledge' });
    expect(it0.state().uncovered).toBe(false);
  });

  it('gives later rounds their time although nobody is there: somebody may come on call', () => {
    const it0 = begun('sev1').fastForward(startMs + 5 * minute - 1, { reached: false });
    expect(it0.state().walk).toMatchObject({ round: 2, tier: 1 });
  });

  it('lets an acknowledgement win that is handled in the same instant as the tier`s deadline', () => {
    const it0 = begun('sev2').at(startMs + 15 * minute);
    it0.when({ type: 'acknowledge' });
    it0.when({ type: 'wake' });
    expect(it0.state()).toMatchObject({ status: 'acknowledged', tier: 1 });
  });

  it('lets the deadline win that was handled first, and the acknowledgement is the next tier`s', () => {
    const it0 = begun('sev2').at(startMs + 15 * minute);
    it0.when({ type: 'wake' });
    it0.when({ type: 'acknowledge' });
    expect(it0.state()).toMatchObject({ status: 'acknowledged', tier: 2, walk: null });
    expect(it0.log().find((event) => event.type === 'escalation.acknowledged')).toMatchObject({ tier: 2 });
  });

  it('enters one tier at a wake after an outage, with its full time', () => {
    const it0 = begun('sev1').at(startMs + 12 * hour);
    it0.when({ type: 'wake' });
    expect(it0.state()).toMatchObject({ tier: 2, walk: { acknowledgeByMs: startMs + 12 * hour + 5 * minute } });
  });
});

describe('promises', () => {
  it('warns before the breach, then breaches at the due instant and goes up a tier', () => {
    const it0 = begun('sev1');
    it0.when({ type: 'acknowledge' });
    it0.fastForward(startMs + 4 * hour);
    const told = it0.log().flatMap((event) => {
      if (event.type === 'clock.warned' && event.clock === 'resolve') return [['warned', event.warnAtMs - startMs]];
      if (event.type === 'clock.breached' && event.clock === 'resolve') return [['breached', event.dueAtMs - startMs]];
      return [];
    });
    expect(told).toEqual([
      ['warned', 3 * hour],
      ['breached', 4 * hour],
    ]);
    expect(it0.state()).toMatchObject({ tier: 2, status: 'acknowledged', walk: { tier: 2 } });
  });

  it('carries its due instant although it is handled hours later', () => {
    const it0 = begun('sev1').at(startMs + 9 * hour);
    it0.when({ type: 'wake' });
    expect(it0.log().find((event) => event.type === 'clock.breached' && event.clock === 'resolve')).toMatchObject({
      dueAtMs: startMs + 4 * hour,
      atMs: startMs + 9 * hour,
    });
  });

  it('tells a breach that was not told yet when the clock stops', () => {
    const it0 = begun('sev1').at(startMs + 20 * minute);
    it0.when({ type: 'acknowledge' });
    expect(it0.log().find((event) => event.type === 'clock.breached')).toMatchObject({
      clock: 'acknowledge',
      dueAtMs: startMs + 15 * minute,
    });
  });

  it('has its consequences although a pause comes first, and tells audiences although a resolution does', () => {
    const telling = clockRule(4 * hour, {
      pausable: true,
      onBreach: [{ kind: 'escalate_tier' }, { kind: 'tell', audience: 'leadership' }],
    });
    const sev1 = { ...policy.severities.sev1, clocks: { resolve: telling } };
    const using = { ...policy, severities: { ...policy.severities, sev1 } };
    const paused = begun('sev1', using);
    paused.when({ type: 'acknowledge' });
    paused.at(startMs + 4 * hour + 1);
    paused.when({ type: 'pause', reason: 'legal_hold', untilMs: startMs + 9 * hour });
    expect(paused.state()).toMatchObject({ tier: 2, pause: { reason: 'legal_hold' } });
    const resolved = begun('sev1', using);
    resolved.when({ type: 'acknowledge' });
    resolved.at(startMs + 4 * hour + 1).when({ type: 'resolve', code: 'fixed', summary: text });
    expect(resolved.state()).toMatchObject({ tier: 1, status: 'resolved' });
    expect(resolved.types()).toContain('update.promised');
  });

  it('makes what becomes due by another breach`s consequence due in the same wake', () => {
    const rules = {
      acknowledge: clockRule(hour, { onBreach: [{ kind: 'raise_severity' as const }] }),
      resolve: clockRule(8 * hour),
    };
    const sev2 = { ...policy.severities.sev2, clocks: rules };
    const sev1 = { ...policy.severities.sev1, clocks: { resolve: clockRule(hour) } };
    const using = { ...policy, severities: { ...policy.severities, sev1, sev2 } };
    const it0 = begun('sev2', using).at(startMs + hour);
    it0.when({ type: 'wake' });
    expect(it0.state()).toMatchObject({ severity: 'sev1', clocks: { resolve: { breachedDueAtMs: startMs + hour } } });
  });

  it('does not count a pause, and ends it by itself', () => {
    const it0 = begun('sev1');
    it0.when({ type: 'acknowledge' });
    it0.at(startMs + hour).when({ type: 'pause', reason: 'waiting_for_customer', untilMs: startMs + 3 * hour });
    it0.fastForward(startMs + 6 * hour - 1);
    expect(it0.state()).toMatchObject({ pause: null });
    expect(it0.state().clocks.resolve).toMatchObject({ status: 'running', breachedDueAtMs: null });
    it0.fastForward(startMs + 6 * hour);
    expect(it0.state().clocks.resolve).toMatchObject({ breachedDueAtMs: startMs + 6 * hour });
  });

  it('keeps time that has run when the severity changes', () => {
    const it0 = begun('sev2');
    it0.when({ type: 'acknowledge' });
    it0.at(startMs + hour).when({ type: 'change-severity', severity: 'sev1', reason: text });
    it0.fastForward(startMs + 4 * hour);
    expect(it0.state().clocks.resolve).toMatchObject({ breachedDueAtMs: startMs + 4 * hour });
  });

  it('is not broken before it was made: a shorter target already used up is due at the change', () => {
    const it0 = begun('sev4');
    it0.when({ type: 'acknowledge' });
    it0.at(startMs + 10 * hour).when({ type: 'change-severity', severity: 'sev1', reason: text });
    it0.when({ type: 'wake' });
    expect(it0.state().clocks.resolve).toMatchObject({ breachedDueAtMs: startMs + 10 * hour });
  });

  it('asks the tier anew, sooner, when the severity rises while it is being asked', () => {
    const it0 = begun('sev4').at(startMs + minute);
    it0.when({ type: 'change-severity', severity: 'sev1', reason: text });
    expect(it0.state().walk).toMatchObject({ tier: 1, acknowledgeByMs: startMs + 6 * minute });
  });

  it('owes a next update after each update', () => {
    const it0 = begun('sev1');
    it0.when({ type: 'send-update', audience: 'account_managers', text });
    it0.at(startMs + 30 * minute).when({ type: 'send-update', audience: 'account_managers', text });
    expect(it0.state().clocks.first_update).toMatchObject({ status: 'stopped', breachedDueAtMs: null });
    expect(it0.state().clocks.next_update).toMatchObject({ cycle: 2, status: 'running' });
  });
});

describe('volume', () => {
  it('raises the severity when repeats pass a threshold, once', () => {
    const it0 = begun('sev3');
    it0.when({ type: 'count-occurrences', count: 150 });
    it0.when({ type: 'count-occurrences', count: 160 });
    expect(it0.state()).toMatchObject({ severity: 'sev2', occurrences: 160 });
    expect(it0.types().filter((type) => type === 'severity.changed')).toHaveLength(1);
  });

  it('takes the highest threshold reached and never lowers', () => {
    const it0 = begun('sev1');
    it0.when({ type: 'count-occurrences', count: 5_000 });
    expect(it0.state().severity).toBe('sev1');
    const leap = begun('sev4');
    leap.when({ type: 'count-occurrences', count: 5_000 });
    expect(leap.state().severity).toBe('sev1');
  });
});

function typesAndInstants(events: readonly { type: string; atMs: number }[]): unknown {
  return events.map((event) => [event.type, event.atMs]);
}

describe('the forecast', () => {
  it('tells what then happens, to the millisecond', () => {
    const it0 = begun('sev2');
    const foretold = forecast(
      it0.state(),
      { escalationId: 'esc_test', nowMs: startMs, policy, calendars: {}, calendarPins: {} },
      { resolveTargets: () => ['someone'], untilMs: startMs + 20 * hour },
    );
    const happened = given([received('sev2')]);
    happened.when({ type: 'begin' });
    happened.fastForward(startMs + 20 * hour);
    expect(typesAndInstants(foretold.events)).toEqual(typesAndInstants(happened.log().slice(6)));
    expect(foretold.complete).toBe(true);
  });
});
