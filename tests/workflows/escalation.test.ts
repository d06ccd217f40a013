import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stamp } from '../support/stamp.ts';
import type { EscalationEvent, EventType } from '../../domain/escalation/events.ts';
import { fold } from '../../domain/escalation/evolve.ts';
import type { SeverityRule } from '../../domain/policy/policy.ts';
import { clockRule, dana, hour, minute, omar, policy, text } from '../domain/escalation/given.ts';
import { openDesk, type DeskEnv } from './desk-env.ts';
import { historyToText } from './history-text.ts';

const day = 24 * hour;
const telling: SeverityRule = {
  ...policy.severities.sev2,
  clocks: { resolve: clockRule(8 * hour, { onBreach: [{ kind: 'tell', audience: 'leadership' }] }) },
};
const resolve = { type: 'resolve', code: 'fixed', summary: text } as const;

let it0: DeskEnv;
beforeAll(async () => {
  it0 = await openDesk();
});
afterAll(async () => {
  await it0.close();
});

function types(events: readonly EscalationEvent[]): readonly EventType[] {
  return events.map((event) => event.type);
}

function countOf(history: string, kind: string): number {
  return history.split(`"EVENT_TYPE_${kind}"`).length - 1;
}

/** Every sequence number once, in order, and the record as the log says. */
function expectWhole(id: string): void {
  const log = it0.desk.log(id);
  expect(log.map((event) => event.seq)).toEqual(log.map((_event, index) => index + 1));
  expect(it0.desk.records.get(id)?.seq).toBe(log.length);
  expect(it0.desk.records.get(id)?.state).toBe(fold(log)?.status);
}

describe('the escalation workflow', () => {
  it('goes up the tiers by itself while nobody acknowledges, to the second', async () => {
    const { id } = await it0.start({ severity: 'sev2' });
    await it0.env.sleep(46 * minute);
    const log = it0.desk.log(id);
    const startedAtMs = log[0]?.atMs ?? 0;
    const entered = log.flatMap((event) => (event.type === 'tier.entered' ? [[event.tier, event.cause]] : []));
    expect(entered).toEqual([
      [1, 'started'],
      [2, 'not_acknowledged'],
      [3, 'not_acknowledged'],
      [4, 'not_acknowledged'],
    ]);
    const latenessMs = log.flatMap((event) =>
      event.type === 'tier.entered' ? [event.atMs - startedAtMs - (event.step - 1) * 15 * minute] : [],
    );
    expect(Math.max(...latenessMs)).toBeLessThan(10_000);
    expectWhole(id);
  });

  it('lives through weeks: pause, breach, resolution, RCA, approval, closure', async () => {
    const { id, handle, send } = await it0.start({ severity: 'sev1' });
    await it0.env.sleep(minute);
    expect(await send({ type: 'acknowledge' })).toMatchObject({ kind: 'done', replayed: false });
    await send({ type: 'start-investigation' });
    const nowMs = await it0.env.currentTimeMs();
    await send({ type: 'pause', reason: 'waiting_for_third_party', untilMs: nowMs + 14 * day });
    await it0.env.sleep(15 * day);
    expect(it0.desk.state(id)).toMatchObject({ pause: null, tier: 4 });
    expect(types(it0.desk.log(id))).toContain('clock.breached');
    await send(resolve);
    await it0.env.sleep(2 * day);
    await send({ type: 'submit-rca', text });
    expect(await send({ type: 'approve-rca' })).toBe('same_person');
    expect(await send({ type: 'close' })).toBe('rca_not_approved');
    await send({ type: 'approve-rca' }, { actor: omar });
    await it0.env.sleep(5 * day);
    await send({ type: 'close' });
    await handle.result();
    expect(it0.desk.state(id).status).toBe('closed');
    expectWhole(id);
  });

  it('answers a refused command with its code and changes nothing', async () => {
    const { id, send } = await it0.start();
    await send({ type: 'acknowledge' });
    expect(await send({ type: 'acknowledge' })).toBe('already_so');
    expect(await send({ type: 'note', text }, { expectedRev: 1 })).toBe('stale_revision');
    const asked = it0.desk.log(id).filter((event) => event.actor.kind === 'person');
    expect(types(asked)).toEqual(['escalation.received', 'escalation.acknowledged', 'clock.stopped']);
    expect(it0.desk.state(id).rev).toBe(2);
  });

  it('does a command once, answers a repeat with the first outcome and refuses the key for another request', async () => {
    const { id, send } = await it0.start();
    const first = await send({ type: 'note', text }, { key: 'cmd_1' });
    const again = await send({ type: 'note', text }, { key: 'cmd_1' });
    expect(first).toMatchObject({
      kind: 'done',
      replayed: false,
      record: { id, seq: Reflect.get(Object(first), 'seq') },
    });
    expect(again).toMatchObject({
      kind: 'done',
      replayed: true,
      seq: typeof first === 'string' ? 0 : Reflect.get(first, 'seq'),
    });
    const other = await send({ type: 'note', text }, { key: 'cmd_1', bodyHash: 'b'.repeat(64) });
    expect(other).toMatchObject({ kind: 'refused', code: 'idempotency_key_reused' });
    expect(types(it0.desk.log(id)).filter((type) => type === 'note.added')).toHaveLength(1);
  });

  it('adopts what stands in its slot and decides the waiting command anew', async () => {
    const { id, send } = await it0.start();
    await send({ type: 'note', text });
    let sneaked = false;
    it0.desk.beforeCommit = (escalationId, events) => {
      if (sneaked || escalationId !== id || !types(events).includes('escalation.acknowledged')) return;
      sneaked = true;
      const state = it0.desk.state(id);
      const other = stamp(state, [{ type: 'severity.changed', from: 'sev2', to: 'sev3', cause: 'lost_result' }], {
        nowMs: state.updatedAtMs,
        actor: dana,
      });
      it0.desk.write(id, other);
    };
    expect(await send({ type: 'acknowledge' })).toMatchObject({ kind: 'done' });
    it0.desk.beforeCommit = null;
    expect(sneaked).toBe(true);
    expect(it0.desk.state(id)).toMatchObject({ severity: 'sev3', status: 'acknowledged' });
    expectWhole(id);
  });

  it('recognises its own command in what it adopts and does it no second time', async () => {
    const { id, send } = await it0.start();
    await send({ type: 'acknowledge' });
    let sneaked = false;
    it0.desk.beforeCommit = (escalationId, events) => {
      if (sneaked || escalationId !== id || !types(events).includes('note.added')) return;
      sneaked = true;
      // The same command was written by an attempt whose result was lost, a moment earlier.
      it0.desk.write(
        id,
        events.map((event) => ({ ...event, atMs: event.atMs - 1 })),
      );
    };
    expect(await send({ type: 'note', text }, { key: 'cmd_lost' })).toMatchObject({ kind: 'done' });
    it0.desk.beforeCommit = null;
    expect(sneaked).toBe(true);
    expect(await send({ type: 'note', text }, { key: 'cmd_lost' })).toMatchObject({ kind: 'done', replayed: true });
    expect(types(it0.desk.log(id)).filter((type) => type === 'note.added')).toHaveLength(1);
  });

  it('counts repeats before it lets go of their key', async () => {
    const { id, send } = await it0.start({ severity: 'sev3', dedupKey: 'k1' });
    await send({ type: 'acknowledge' });
    const pointer = it0.desk.pointers.get('k1');
    if (pointer === undefined) throw new Error('no pointer');
    pointer.count = 150;
    expect(await send(resolve)).toMatchObject({ kind: 'done' });
    expect(it0.desk.state(id)).toMatchObject({ status: 'resolved', occurrences: 150, severity: 'sev2' });
    expect(pointer.open).toBe(false);
    await send({ type: 'reopen', reason: text });
    expect(pointer.open).toBe(true);
  });

  it('takes in repeats that came before it began with its first decision', async () => {
    const receive = it0.desk.receive.bind(it0.desk);
    it0.desk.receive = (escalationId, event) => {
      receive(escalationId, event);
      const pointer = it0.desk.pointers.get('k-early');
      if (pointer !== undefined) pointer.count = 150;
    };
    const { id } = await it0.start({ severity: 'sev3', dedupKey: 'k-early' });
    await it0.env.sleep(minute);
    it0.desk.receive = receive;
    expect(it0.desk.state(id)).toMatchObject({ occurrences: 150, severity: 'sev2' });
    expect(types(it0.desk.commits.get(id)?.get(2) ?? [])).toContain('occurrences.counted');
  });

  it('only sends what intake decided, when it takes it up in time', async () => {
    const before = it0.desk.commitCalls;
    const { id } = await it0.start({ severity: 'sev2', begins: true });
    await it0.env.sleep(minute);
    // One commit: the page was sent.
    expect(it0.desk.commitCalls - before).toBe(1);
    expect(types(it0.desk.log(id)).at(-1)).toBe('page.sent');
    expect(it0.desk.pages.filter((request) => request.escalationId === id)).toHaveLength(1);
    await it0.env.sleep(15 * minute);
    expect(it0.desk.state(id).tier).toBe(2);
    expectWhole(id);
  });

  it('reads no log where intake hands over what it has begun, and leaves the waiting list to who started it', async () => {
    const { id } = await it0.start({ severity: 'sev2', begins: true, handsOver: true, dedupKey: 'k-handed' });
    await it0.env.sleep(minute);
    expect(it0.desk.loads).not.toContain(id);
    const [, second] = [...(it0.desk.commits.get(id)?.keys() ?? [])];
    expect(it0.desk.cleared.has(id)).toBe(false);
    expect(types(it0.desk.commits.get(id)?.get(second ?? 0) ?? [])).toEqual(['page.sent']);
    await it0.env.sleep(15 * minute);
    expect(it0.desk.state(id).tier).toBe(2);
    expectWhole(id);
  });

  it('takes in repeats that came before it was handed over with its first commit', async () => {
    const receive = it0.desk.receive.bind(it0.desk);
    it0.desk.receive = (escalationId, event, begun) => {
      receive(escalationId, event, begun);
      const pointer = it0.desk.pointers.get('k-handed-2');
      if (pointer !== undefined) pointer.count = 150;
    };
    const { id } = await it0.start({ severity: 'sev3', begins: true, handsOver: true, dedupKey: 'k-handed-2' });
    await it0.env.sleep(minute);
    it0.desk.receive = receive;
    expect(it0.desk.state(id)).toMatchObject({ occurrences: 150, severity: 'sev2' });
    expectWhole(id);
  });

  it('believes the log where it differs from what was handed over', async () => {
    const { id } = await it0.start({ severity: 'sev2', begins: true, handsOver: true, writtenBefore: true });
    await it0.env.sleep(minute);
    expect(it0.desk.state(id)).toMatchObject({ severity: 'sev3' });
    expectWhole(id);
  });

  it('writes that a page was sent in the task that decided it', async () => {
    const { id, handle } = await it0.start({ severity: 'sev2', begins: true, handsOver: true });
    await it0.env.sleep(16 * minute);
    expect(it0.desk.log(id).filter(({ type }) => type === 'page.sent')).toHaveLength(2);
    const history = historyToText(await handle.fetchHistory());
    expect(countOf(history, 'ACTIVITY_TASK_SCHEDULED')).toBe(0);
    expect(countOf(history, 'WORKFLOW_TASK_COMPLETED')).toBe(2);
    // Of each task one call: what intake had begun is only sent, a move is written and sent.
    expect(countOf(history, 'MARKER_RECORDED')).toBe(2);
    const carried = it0.desk.carried.filter(({ escalationId }) => escalationId === id);
    expect(carried.map(({ commit, pages }) => [commit?.events[0]?.type, pages.length])).toEqual([
      [undefined, 1],
      ['tier.entered', 1],
    ]);
    expectWhole(id);
  });

  it('decides the outcome itself where the call that sent could not write it', async () => {
    it0.desk.beforeCommit = (_id, events) => {
      if (events.every(({ type }) => type === 'page.sent')) {
        it0.desk.beforeCommit = null;
        throw new Error('not now');
      }
    };
    const { id } = await it0.start({ severity: 'sev2', begins: true, handsOver: true });
    await it0.env.sleep(minute);
    expect(it0.desk.pages.filter(({ escalationId }) => escalationId === id)).toHaveLength(1);
    expect(it0.desk.log(id).filter(({ type }) => type === 'page.sent')).toHaveLength(1);
    expectWhole(id);
  });

  it('leaves a page that does not go at once to an ordinary activity, under the same id', async () => {
    let tries = 0;
    it0.desk.answerPage = () => {
      tries += 1;
      if (tries === 1) throw ApplicationFailure.retryable('SNS is slow', 'unavailable');
      return { kind: 'sent', recipients: ['x'] };
    };
    const { id, handle } = await it0.start({ severity: 'sev2', begins: true });
    await it0.env.sleep(minute);
    it0.desk.answerPage = () => ({ kind: 'sent', recipients: ['x'] });
    const asked = it0.desk.pages.filter(({ escalationId }) => escalationId === id);
    expect(asked.map(({ page }) => page.pageId)).toEqual([asked[0]?.page.pageId, asked[0]?.page.pageId]);
    expect(it0.desk.log(id).filter(({ type }) => type === 'page.sent')).toHaveLength(1);
    expect(countOf(historyToText(await handle.fetchHistory()), 'ACTIVITY_TASK_SCHEDULED')).toBe(1);
  });

  it('tells as failed what no further try can cure, with its code', async () => {
    it0.desk.answerPage = () => {
      throw ApplicationFailure.nonRetryable('no such thing', 'internal');
    };
    const { id } = await it0.start({ severity: 'sev2', begins: true });
    await it0.env.sleep(minute);
    it0.desk.answerPage = () => ({ kind: 'sent', recipients: ['x'] });
    expect(it0.desk.log(id).find(({ type }) => type === 'page.failed')).toMatchObject({ reason: 'internal' });
  });

  it('asks the first tier anew where it takes up late what intake began, and sends one page', async () => {
    const { id } = await it0.start({ severity: 'sev2', begins: true, startsLateMs: 20 * minute });
    await it0.env.sleep(minute);
    const entered = it0.desk.log(id).flatMap((event) => (event.type === 'tier.entered' ? [event] : []));
    expect(entered.map(({ tier, cause }) => [tier, cause])).toEqual([
      [1, 'started'],
      [1, 'taken_up_late'],
    ]);
    expect(entered[1]?.acknowledgeByMs).toBe((entered[1]?.atMs ?? 0) + 15 * minute);
    expect((entered[1]?.atMs ?? 0) - (entered[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(20 * minute);
    expect(it0.desk.pages.filter((request) => request.escalationId === id)).toHaveLength(1);
    expect(it0.desk.log(id).find((event) => event.type === 'page.suppressed')).toMatchObject({
      reason: 'asked_anew',
    });
    await it0.env.sleep(16 * minute);
    expect(it0.desk.state(id).tier).toBe(2);
    expectWhole(id);
  });

  it('skips a step that reaches nobody at once, asks the fallback and lists itself as uncovered', async () => {
    it0.desk.answerPage = (request) =>
      request.page.tier === 1 && request.page.cause !== 'fallback'
        ? { kind: 'uncovered' }
        : { kind: 'sent', recipients: ['x'] };
    const { id } = await it0.start({ severity: 'sev2' });
    await it0.env.sleep(minute);
    it0.desk.answerPage = () => ({ kind: 'sent', recipients: ['x'] });
    expect(it0.desk.state(id)).toMatchObject({ tier: 2, uncovered: true });
    const causes = it0.desk.pages.filter((page) => page.escalationId === id).map((page) => page.page.cause);
    expect(causes.toSorted()).toEqual(['fallback', 'started', 'step_uncovered']);
  });

  it('publishes what is written to an audience, and what the policy promises it, each under one id', async () => {
    const promising = { ...policy, severities: { ...policy.severities, sev2: telling } };
    const own = await openDesk(promising);
    try {
      const { id, send } = await own.start({ severity: 'sev2' });
      await send({ type: 'acknowledge' });
      await send({ type: 'send-update', audience: 'account_managers', text });
      await own.env.sleep(9 * hour);
      expect(own.desk.updates.map(({ update }) => [update.updateId, update.audience, update.cause])).toEqual([
        [`${id}#u1`, 'account_managers', 'sent'],
        [`${id}#u2`, 'leadership', 'resolve_breach'],
      ]);
      expect(own.desk.state(id).pendingUpdates).toEqual([]);
      expect(types(own.desk.log(id)).filter((type) => type === 'update.published')).toHaveLength(2);
    } finally {
      await own.close();
    }
  });

  it('moves to another version of its policy and counts by it from then on', async () => {
    const { id, send } = await it0.start({ severity: 'sev2' });
    it0.desk.versions.set(2, { ...policy, version: 2, severities: { ...policy.severities, sev2: telling } });
    await send({ type: 'acknowledge' });
    expect(await send({ type: 'migrate-policy', version: 7 })).toMatchObject({ code: 'no_such_policy' });
    expect(await send({ type: 'migrate-policy', version: 2 })).toMatchObject({ kind: 'done' });
    await it0.env.sleep(9 * hour);
    expect(it0.desk.updates.filter((update) => update.escalationId === id)).toHaveLength(1);
    expect(it0.desk.records.get(id)?.policy.version).toBe(2);
    expectWhole(id);
  });

  it('is made again from its log when a closed one is reopened', async () => {
    const { id, send, handle } = await it0.start({ severity: 'sev4' });
    await send(resolve);
    await send({ type: 'close' });
    await handle.result();
    const again = await it0.env.client.workflow
      .start('escalation', {
        taskQueue: (await handle.describe()).taskQueue,
        workflowId: id,
        args: [{ escalationId: id }],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      })
      .catch((error: unknown) => error);
    expect(again).not.toBeInstanceOf(Error);
    await it0.env.client.workflow.getHandle(id).result();
    expect(it0.desk.state(id).status).toBe('closed');
    expectWhole(id);
  });

  it('pays few writes: what is asked together is written together', async () => {
    const { id, send } = await it0.start();
    await send({ type: 'acknowledge' });
    const before = it0.desk.commitCalls;
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => send({ type: 'note', text })));
    expect(outcomes.every((outcome) => typeof outcome !== 'string' && outcome.kind === 'done')).toBe(true);
    expect(it0.desk.commitCalls - before).toBeLessThanOrEqual(8);
    expect(types(it0.desk.log(id)).filter((type) => type === 'note.added')).toHaveLength(8);
    expectWhole(id);
  });
});

describe('an acknowledgement that races the tier`s deadline', () => {
  it('wins when it is handled first: the tier stays', async () => {
    const { id, send } = await it0.start({ severity: 'sev2' });
    await it0.env.sleep(15 * minute - 5_000);
    await send({ type: 'acknowledge' });
    await it0.env.sleep(hour);
    expect(it0.desk.state(id)).toMatchObject({ status: 'acknowledged', tier: 1 });
  });

  it('is the next tier`s when the deadline was handled first', async () => {
    const { id, send } = await it0.start({ severity: 'sev2' });
    await it0.env.sleep(15 * minute + 5_000);
    await send({ type: 'acknowledge' });
    await it0.env.sleep(hour);
    expect(it0.desk.state(id)).toMatchObject({ status: 'acknowledged', tier: 2 });
  });
});
