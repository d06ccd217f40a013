import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CommitInput } from '../../contracts/store-types.ts';
import { stamp } from '../support/stamp.ts';
import type { EscalationEvent, EventBody } from '../../domain/escalation/events.ts';
import { fold } from '../../domain/escalation/evolve.ts';
import { recordOf, type EscalationRecord } from '../../domain/escalation/record.ts';
import type { Store } from '../../store/client.ts';
import { commit, repairHead, writeHead } from '../../store/commit.ts';
import { commitFrom, commitItemOf } from '../../store/commit-item.ts';
import { keys } from '../../store/keys.ts';
import { readBeginnings, readHead, readHeads, readLog, readWholeLog } from '../../store/log.ts';
import { listPending } from '../../store/orphans.ts';
import { publishPolicy } from '../../store/policies.ts';
import { getItem, putItem } from '../../store/requests.ts';
import { dana, run, takeIn } from '../support/desk.ts';
import { startDynamo, type TestDynamo } from '../support/dynamo.ts';
import { policy, startMs } from '../domain/escalation/given.ts';

const started: EventBody = { type: 'investigation.started' };

function note(id: string): EventBody {
  return { type: 'note.added', text: { id, hash: 'h' } };
}

/** A commit as somebody decides it who has read `log`. */
type WithRecord = CommitInput & { readonly record: EscalationRecord };

function input(escalationId: string, log: readonly EscalationEvent[], ...bodies: readonly EventBody[]): WithRecord {
  const state = fold(log);
  if (state === null) throw new Error('an empty log');
  const events = stamp(state, bodies, { nowMs: startMs + 5_000, actor: dana, commandId: 'cmd_1' });
  const after = fold(events, state);
  if (after === null) throw new Error('a log folds into a state');
  return { escalationId, events, record: recordOf(escalationId, after, policy, {}) };
}

describe('a commit', () => {
  let dynamo: TestDynamo;
  let store: Store;

  beforeAll(async () => {
    dynamo = await startDynamo();
    store = dynamo.store;
    await publishPolicy(store, policy, { actorId: 'tests', nowMs: 0 });
  });
  afterAll(() => dynamo.close());

  it('puts all events of a decision in one item, then moves the record', async () => {
    const id = await takeIn(store);
    const log = await readWholeLog(store, id);
    expect(await commit(store, input(id, log, started, note('txt_a')))).toEqual({ kind: 'committed' });
    const read = await readLog(store, id);
    expect(read?.events.map((event) => [event.seq, event.type])).toEqual([
      [1, 'escalation.received'],
      [2, 'investigation.started'],
      [3, 'note.added'],
    ]);
    expect(read?.head.record.seq).toBe(3);
    expect(read?.head.title).toBe('Parcels marked delivered that never came');
  });

  it('counts as written when it is repeated with the same events', async () => {
    const id = await takeIn(store);
    const same = input(id, await readWholeLog(store, id), note('txt_a'));
    await commit(store, same);
    expect(await commit(store, same)).toEqual({ kind: 'committed' });
    expect(await readWholeLog(store, id)).toHaveLength(2);
  });

  it('hands back what stands in a slot that others took, with all that follows, and writes nothing', async () => {
    const id = await takeIn(store);
    const log = await readWholeLog(store, id);
    await commit(store, input(id, log, note('txt_first')));
    await commit(store, input(id, await readWholeLog(store, id), started));
    const late = await commit(store, input(id, log, note('txt_late')));
    expect(late).toMatchObject({
      kind: 'adopted',
      headRepaired: true,
      events: [
        { seq: 2, type: 'note.added', text: { id: 'txt_first' } },
        { seq: 3, type: 'investigation.started' },
      ],
    });
    expect(await readWholeLog(store, id)).toHaveLength(3);
    expect((await readHead(store, id))?.record.seq).toBe(3);
  });

  it('lets one of several writers have a slot, and the others adopt its events', async () => {
    const id = await takeIn(store);
    const log = await readWholeLog(store, id);
    const results = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((name) => commit(store, input(id, log, note(`txt_${name}`)))),
    );
    expect(results.filter((result) => result.kind === 'committed')).toHaveLength(1);
    const [event] = (await readWholeLog(store, id)).slice(1);
    for (const result of results) if (result.kind === 'adopted') expect(result.events).toEqual([event]);
  });

  it('brings a record that lags up to the log when others adopt', async () => {
    const id = await takeIn(store);
    const log = await readWholeLog(store, id);
    const unfinished = input(id, log, started);
    await putItem(store, commitItemOf(id, unfinished.events));
    expect((await readHead(store, id))?.record.seq).toBe(1);
    expect(await commit(store, input(id, log, note('txt_b')))).toMatchObject({ kind: 'adopted', headRepaired: true });
    expect((await readHead(store, id))?.record).toMatchObject({ seq: 2, state: 'investigating' });
  });

  it('goes on adopting where the policy of an escalation is not in the table', async () => {
    const id = await takeIn(store, {}, { ...policy, name: 'unpublished' });
    const log = await readWholeLog(store, id);
    await commit(store, input(id, log, started));
    const late = await commit(store, input(id, log, note('txt_b')));
    expect(late).toMatchObject({ kind: 'adopted', headRepaired: false, events: [{ type: 'investigation.started' }] });
  });

  it('without its record is seen with the record of the next', async () => {
    const id = await takeIn(store);
    const first = input(id, await readWholeLog(store, id), started);
    expect(await commit(store, { ...first, record: null })).toEqual({ kind: 'committed' });
    expect((await readHead(store, id))?.record).toMatchObject({ seq: 1, state: 'received' });
    await commit(store, input(id, await readWholeLog(store, id), note('txt_a')));
    expect((await readHead(store, id))?.record).toMatchObject({ seq: 3, state: 'investigating' });
  });

  it('never moves a record backwards', async () => {
    const id = await takeIn(store);
    const log = await readWholeLog(store, id);
    const second = input(id, log, note('txt_a'));
    await commit(store, second);
    await commit(store, input(id, await readWholeLog(store, id), started));
    await commit(store, second);
    expect(await writeHead(store, second.record)).toBe(false);
    expect((await readHead(store, id))?.record.seq).toBe(3);
    expect(await repairHead(store, id)).toBe('was_right');
  });

  it('leaves out of a reading what the record does not show yet, but not of the whole log', async () => {
    const id = await takeIn(store);
    const ahead = input(id, await readWholeLog(store, id), started);
    await putItem(store, commitItemOf(id, ahead.events));
    expect((await readLog(store, id))?.events).toHaveLength(1);
    expect(await readWholeLog(store, id)).toHaveLength(2);
    expect(await repairHead(store, id)).toBe('repaired');
    expect((await readLog(store, id))?.events).toHaveLength(2);
    expect((await readLog(store, id, { untilSeq: 1 }))?.events).toHaveLength(1);
  });

  it('takes the escalation out of those that wait for their workflow, with the first commit of the workflow', async () => {
    const id = await takeIn(store);
    expect(await listPending(store, 100, startMs + 60_000)).toContain(id);
    await run(store, id, { type: 'begin' }, { clearPending: true });
    expect(await listPending(store, 100, startMs + 60_000)).not.toContain(id);
    expect(await readWholeLog(store, id)).not.toHaveLength(1);
  });

  it('reads no log that has a gap', async () => {
    const id = await takeIn(store);
    const far = input(id, await readWholeLog(store, id), started);
    await putItem(
      store,
      commitItemOf(
        id,
        far.events.map((event) => ({ ...event, seq: event.seq + 1 })),
      ),
    );
    await expect(readWholeLog(store, id)).rejects.toMatchObject({ code: 'internal' });
  });

  it('refuses events whose sequence numbers do not follow each other', () => {
    const event: EscalationEvent = { type: 'investigation.started', seq: 4, atMs: 1, actor: dana };
    expect(() => commitItemOf('esc_1', [event, event])).toThrow('belongs');
    expect(() => commitItemOf('esc_1', [])).toThrow('at least one');
  });

  it('gives back every event as it was written, whoever caused it', () => {
    const events: readonly EscalationEvent[] = [
      { type: 'investigation.started', seq: 7, atMs: 5, actor: dana, commandId: 'cmd_1' },
      { type: 'note.added', seq: 8, atMs: 5, actor: dana, commandId: 'cmd_1', text: { id: 't', hash: 'h' } },
      {
        type: 'clock.stopped',
        seq: 9,
        atMs: 6,
        actor: { kind: 'system', id: 'tierline' },
        clock: 'resolve',
        cause: 'x',
      },
      { type: 'note.added', seq: 10, atMs: 6, actor: dana, commandId: 'cmd_2', text: { id: 't', hash: 'h' } },
    ];
    expect(commitFrom(commitItemOf('esc_1', events))).toMatchObject({ firstSeq: 7, lastSeq: 10, events });
  });

  it('packs a large decision, and gives it back as it was', async () => {
    const id = await takeIn(store);
    const many = Array.from({ length: 60 }, (_, n) => note(`txt_${n}`));
    const large = input(id, await readWholeLog(store, id), ...many);
    await commit(store, large);
    const stored = await getItem(store, keys.commit(id, 2), true);
    expect(stored).toHaveProperty('z');
    expect((await readWholeLog(store, id)).slice(1)).toEqual(large.events);
  });

  it('refuses to read an event that it does not know', async () => {
    const id = await takeIn(store);
    const item = {
      ...keys.commit(id, 2),
      l: 2,
      h: 'h',
      j: '[{"type":"moon.landed","atMs":1,"actor":{"kind":"system","id":"x"}}]',
    };
    await putItem(store, item);
    await expect(readWholeLog(store, id)).rejects.toThrow('moon.landed');
  });

  it('reads many records at once, in the order asked for, and skips those that are not there', async () => {
    const ids = await Promise.all(Array.from({ length: 130 }, () => takeIn(store)));
    const heads = await readHeads(store, [...ids, 'esc_none']);
    expect(heads.map((head) => head.record.id)).toEqual(ids);
  });

  it('reads many beginnings at once, with the log where nothing came after the first commit', async () => {
    const ids = await Promise.all(Array.from({ length: 60 }, () => takeIn(store, { begins: true })));
    const [longer = '', broken = ''] = ids;
    await run(store, longer, { type: 'acknowledge' });
    await putItem(store, { ...keys.commit(broken, 1), l: 1, h: '', j: 'no JSON' });
    const beginnings = await readBeginnings(store, ['esc_none', ...ids]);
    expect(beginnings.map(({ head }) => head.record.id)).toEqual(ids);
    expect(beginnings.slice(0, 2).map(({ events }) => events)).toEqual([null, null]);
    for (const { head, events } of beginnings.slice(2)) {
      expect(events).toEqual(await readWholeLog(store, head.record.id));
    }
  });
});
