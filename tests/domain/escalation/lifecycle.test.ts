import { describe, expect, it } from '@jest/globals';
import {
  begun,
  bodiesOf,
  dana,
  given,
  hour,
  minute,
  omar,
  policy,
  received,
  refusalOf,
  startMs,
  text,
} from './given.ts';
import { fold } from '../../../domain/escalation/evolve.ts';

const resolve = { type: 'resolve', code: 'fixed', summary: text } as const;

describe('an escalation from its receipt to its closure', () => {
  it('begins with its clocks and the first tier asked', () => {
    const it0 = begun();
    expect(it0.types()).toEqual([
      'escalation.received',
      'clock.started',
      'clock.started',
      'clock.started',
      'tier.entered',
      'page.requested',
    ]);
    expect(it0.state()).toMatchObject({ status: 'received', tier: 1, rev: 1, begun: true });
    expect(it0.state().pendingPages).toHaveLength(1);
  });

  it('begins once, however often it is asked to', () => {
    const it0 = begun();
    expect(bodiesOf(it0.when({ type: 'begin' }))).toEqual([]);
  });

  it('walks received, acknowledged, investigating, resolved, rca, closed', () => {
    const it0 = begun('sev1');
    const seen = [it0.state().status];
    for (const command of [
      { type: 'acknowledge' },
      { type: 'start-investigation' },
      resolve,
      { type: 'submit-rca', text },
    ] as const) {
      expect(it0.when(command).kind).toBe('accepted');
      seen.push(it0.state().status);
    }
    expect(it0.when({ type: 'approve-rca' }, { actor: omar }).kind).toBe('accepted');
    expect(it0.when({ type: 'close' }).kind).toBe('accepted');
    seen.push(it0.state().status);
    expect(seen).toEqual(['received', 'acknowledged', 'investigating', 'resolved', 'rca', 'closed']);
    expect(Object.values(it0.state().clocks).map((clock) => clock?.status)).toEqual(
      Object.keys(it0.state().clocks).map(() => 'stopped'),
    );
    expect(it0.wakeAtMs()).toBeNull();
  });

  it('folds the same state from its log', () => {
    const it0 = begun('sev1');
    it0.when({ type: 'acknowledge' });
    it0.when({ type: 'pause', reason: 'waiting_for_customer', untilMs: startMs + hour });
    expect(fold(it0.log())).toEqual(it0.state());
  });

  it('refuses a root cause analysis approved by its submitter', () => {
    const it0 = begun('sev1');
    it0.when(resolve);
    it0.when({ type: 'submit-rca', text });
    expect(refusalOf(it0.when({ type: 'approve-rca' }))).toBe('same_person');
    expect(refusalOf(it0.when({ type: 'close' }))).toBe('rca_not_approved');
    expect(it0.when({ type: 'approve-rca' }, { actor: omar }).kind).toBe('accepted');
  });

  it('closes a severe one only after its root cause analysis', () => {
    const severe = begun('sev1');
    severe.when(resolve);
    expect(refusalOf(severe.when({ type: 'close' }))).toBe('rca_required');
    const mild = begun('sev4');
    mild.when(resolve);
    expect(mild.when({ type: 'close' }).kind).toBe('accepted');
  });

  it('reopens into investigation with a fresh resolve clock and keeps the past cycle', () => {
    const it0 = begun('sev1');
    it0.when({ type: 'acknowledge' });
    it0.at(startMs + hour).when(resolve);
    it0.at(startMs + 2 * hour).when({ type: 'reopen', reason: text });
    expect(it0.state()).toMatchObject({ status: 'investigating', reopenings: 1, resolvedAtMs: null });
    expect(it0.state().clocks.resolve).toMatchObject({ cycle: 2, status: 'running' });
    expect(it0.state().pastClocks.map((clock) => [clock.clock, clock.cycle])).toEqual([['resolve', 1]]);
    expect(it0.state().walk).toMatchObject({ tier: 1 });
  });

  it('reopens a closed one and nothing else can be done with it', () => {
    const it0 = begun('sev4');
    it0.when(resolve);
    it0.when({ type: 'close' });
    expect(refusalOf(it0.when({ type: 'note', text }))).toBe('wrong_state');
    expect(it0.when({ type: 'reopen', reason: text }).kind).toBe('accepted');
  });

  it.each([
    ['acknowledge', { type: 'acknowledge' }],
    ['resolve', resolve],
    ['reopen', { type: 'reopen', reason: text }],
    ['cancel', { type: 'cancel', reason: text }],
  ] as const)('refuses to %s a cancelled one', (_name, command) => {
    const it0 = begun();
    it0.when({ type: 'cancel', reason: text });
    const before = it0.state();
    expect(refusalOf(it0.when(command))).toBe('wrong_state');
    expect(it0.state()).toBe(before);
  });

  it('refuses an investigation before the acknowledgement, and says why', () => {
    const decision = begun().when({ type: 'start-investigation' });
    expect(decision).toEqual({
      kind: 'refused',
      code: 'wrong_state',
      message: 'an investigation is not possible while the escalation is received',
    });
  });

  it('refuses a command made on an older revision', () => {
    const it0 = begun();
    it0.when({ type: 'acknowledge' });
    expect(refusalOf(it0.when({ type: 'start-investigation' }, { expectedRev: 1 }))).toBe('stale_revision');
    expect(it0.when({ type: 'start-investigation' }, { expectedRev: 2 }).kind).toBe('accepted');
  });

  it('counts a revision for each change by a person and none for the system', () => {
    const it0 = begun();
    it0.fastForward(startMs + 16 * minute);
    expect(it0.state().rev).toBe(1);
    it0.when({ type: 'acknowledge' });
    it0.when({ type: 'hand-off', to: 'mei', note: text });
    expect(it0.state().rev).toBe(3);
  });

  it('pages the person to whom it is assigned or handed, unless they took it themselves', () => {
    const it0 = begun();
    it0.when({ type: 'acknowledge' });
    const pages = it0.state().pages;
    it0.when({ type: 'assign', assignee: 'mei' });
    it0.when({ type: 'hand-off', to: dana.id, note: text });
    expect(it0.state().pages - pages).toBe(1);
    expect(it0.state().assignee).toBe('dana');
  });

  it('moves tiers by hand within the policy and refuses what it does not know', () => {
    const it0 = begun();
    it0.when({ type: 'escalate', reason: text, toTier: 3 });
    expect(it0.state()).toMatchObject({ tier: 3, status: 'received', walk: { tier: 3 } });
    expect(refusalOf(it0.when({ type: 'escalate', reason: text, toTier: 2 }))).toBe('no_such_tier');
    it0.when({ type: 'acknowledge' });
    it0.when({ type: 'de-escalate', reason: text });
    expect(it0.state()).toMatchObject({ tier: 2, status: 'acknowledged', walk: null });
    const short = given([received()], { ...policy, tiers: policy.tiers.slice(0, 2) });
    short.when({ type: 'begin' });
    expect(refusalOf(short.when({ type: 'escalate', reason: text, toTier: 4 }))).toBe('no_such_tier');
  });

  it('asks the new tier to acknowledge after an escalation by hand', () => {
    const it0 = begun('sev1');
    it0.when({ type: 'acknowledge' });
    it0.when({ type: 'escalate', reason: text });
    expect(it0.state()).toMatchObject({ status: 'acknowledged', tier: 2, walk: { tier: 2 } });
    it0.fastForward(startMs + 5 * minute);
    expect(it0.state().tier).toBe(3);
    expect(it0.when({ type: 'acknowledge' }, { actor: omar }).kind).toBe('accepted');
    expect(it0.state()).toMatchObject({ walk: null, assignee: 'dana' });
    expect(refusalOf(it0.when({ type: 'acknowledge' }))).toBe('already_so');
  });

  it('lets the policy say what a machine that reports "cleared" may do', () => {
    const before = begun();
    before.when({ type: 'report-clear', source: 'alertmanager' });
    expect(before.state().status).toBe('resolved');
    const during = begun();
    during.when({ type: 'acknowledge' });
    during.when({ type: 'report-clear', source: 'alertmanager' });
    during.when({ type: 'report-clear', source: 'alertmanager' });
    expect(during.state()).toMatchObject({ status: 'acknowledged' });
    expect(during.types().filter((type) => type === 'source.cleared')).toHaveLength(1);
    const after = begun();
    after.when(resolve);
    expect(bodiesOf(after.when({ type: 'report-clear', source: 'alertmanager' }))).toEqual([]);
  });
});
