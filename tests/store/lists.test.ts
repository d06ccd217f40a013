import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Store } from '../../store/client.ts';
import { writeHead } from '../../store/commit.ts';
import type { Head } from '../../store/head-item.ts';
import { urgencyPosition } from '../../store/keys.ts';
import { listEscalations, pageAll, pageOpen, type ListFilter, type ListQuery } from '../../store/lists.ts';
import { readHeads } from '../../store/log.ts';
import { publishPolicy } from '../../store/policies.ts';
import { sampleHeads } from '../support/sample-heads.ts';
import { run, takeIn } from '../support/desk.ts';
import { startDynamo, type TestDynamo } from '../support/dynamo.ts';
import { policy, startMs } from '../domain/escalation/given.ts';

function isOpenHead({ record }: Head): boolean {
  return !['closed', 'cancelled', 'merged'].includes(record.state);
}

function isBreached({ record }: Head): boolean {
  return record.pause === null && record.nextBreach?.breached === true;
}

describe.each([1, 4])('lists over %d shards', (indexShards) => {
  let dynamo: TestDynamo;
  let store: Store;
  let all: readonly Head[] = [];

  beforeAll(async () => {
    dynamo = await startDynamo({ indexShards });
    store = dynamo.store;
    await publishPolicy(store, policy, { actorId: 'tests', nowMs: 0 });
    const samples = sampleHeads(210, startMs);
    for (const sample of samples) await sample.write(store);
    all = await readHeads(
      store,
      samples.map((sample) => sample.record.id),
    );
  });
  afterAll(() => dynamo.close());

  async function page(query: Partial<ListQuery>) {
    return listEscalations(store, { filter: {}, order: 'urgency', limit: 50, callerId: 'dana', ...query });
  }

  /** Every id of a list, by following its cursors. */
  async function whole(query: Partial<ListQuery>): Promise<readonly string[]> {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const next = await page({ ...query, ...(cursor === null ? {} : { cursor }) });
      expect(next.heads.length).toBeLessThanOrEqual(query.limit ?? 50);
      ids.push(...next.heads.map((head) => head.record.id));
      cursor = next.cursor;
    } while (cursor !== null);
    return ids;
  }

  function expected(order: ListQuery['order'], keep: (head: Head) => boolean): readonly string[] {
    const kept = all.filter(keep).map(({ record }) => ({
      id: record.id,
      key: order === 'urgency' ? urgencyPosition(record) : record.id,
    }));
    const ascending = kept.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ id }) => id);
    return order === 'urgency' ? ascending : ascending.toReversed();
  }

  it.each([1, 17, 50, 200])('shows the open ones, most urgent first, in pages of %d', async (limit) => {
    if (limit === 1) {
      const first = await page({ limit });
      expect(first.heads.map((head) => head.record.id)).toEqual(expected('urgency', isOpenHead).slice(0, 1));
      return;
    }
    expect(await whole({ limit })).toEqual(expected('urgency', isOpenHead));
  });

  it('shows all of them, newest first', async () => {
    expect(await whole({ order: 'newest' })).toEqual(expected('newest', () => true));
  });

  const cases: readonly (readonly [string, ListFilter, (head: Head) => boolean])[] = [
    ['a state', { states: ['received'] }, ({ record }) => record.state === 'received'],
    [
      'open and ended states together',
      { states: ['received', 'closed'] },
      ({ record }) => record.state === 'received' || record.state === 'closed',
    ],
    ['a team', { team: 'logistics' }, (head) => head.record.team === 'logistics' && isOpenHead(head)],
    ['a person', { assignee: 'dana' }, (head) => head.record.assignee === 'dana' && isOpenHead(head)],
    ['nobody', { assignee: null }, (head) => head.record.assignee === null && isOpenHead(head)],
    [
      'two accounts',
      { accountIds: ['acme', 'zeta'] },
      (head) => ['acme', 'zeta'].includes(head.record.accountId ?? '') && isOpenHead(head),
    ],
    ['no account', { accountIds: [] }, () => false],
    ['a severity', { severities: ['sev1'] }, (head) => head.record.severity === 'sev1' && isOpenHead(head)],
    ['a tier', { tiers: [3] }, (head) => head.record.tier === 3 && isOpenHead(head)],
    ['uncovered ones', { uncovered: true }, (head) => head.record.uncovered && isOpenHead(head)],
    ['words of the title', { text: 'CHARGER' }, (head) => (head.title ?? '').includes('charger') && isOpenHead(head)],
    [
      'a deadline that is near',
      { breachingBeforeMs: startMs + 60_000 },
      ({ record }) =>
        record.pause === null && record.nextBreach !== null && record.nextBreach.dueAtMs < startMs + 60_000,
    ],
    ['those that breached', { breached: true }, isBreached],
    ['those that have not', { breached: false }, (head) => !isBreached(head) && isOpenHead(head)],
    ['paused ones', { paused: true }, ({ record }) => record.pause !== null],
    ['those that run', { paused: false }, (head) => head.record.pause === null && isOpenHead(head)],
    [
      'several at once',
      { team: 'logistics', severities: ['sev1', 'sev2'], channels: ['external'] },
      (head) =>
        isOpenHead(head) &&
        head.record.team === 'logistics' &&
        head.record.severity <= 'sev2' &&
        head.record.channel === 'external',
    ],
  ];

  it.each(cases)('finds %s by urgency, however it is paged', async (_name, filter, keep) => {
    expect(await whole({ filter, limit: 25 })).toEqual(expected('urgency', keep));
  });

  it.each(cases)('finds %s newest first, with the ended ones unless states are given', async (_name, filter, keep) => {
    const found = await whole({ filter, order: 'newest', limit: 60 });
    const open = new Set(expected('newest', isOpenHead));
    const shown = filter.states === undefined ? found.filter((id) => open.has(id)) : found;
    expect(shown).toEqual(expected('newest', keep));
    expect(found).toEqual(found.toSorted((a, b) => (a < b ? 1 : -1)));
  });

  it('lists only ended states newest first, whatever the order asked for', async () => {
    const found = await whole({ filter: { states: ['closed'] }, limit: 9 });
    expect(found).toEqual(expected('newest', ({ record }) => record.state === 'closed'));
    expect(found.length).toBeGreaterThan(10);
  });

  it('looks at a bounded number of records, and says where to go on', async () => {
    const none = await page({ filter: { text: 'nothing like it' }, order: 'newest' });
    expect(none.heads).toEqual([]);
    expect(none.cursor).not.toBeNull();
  });

  it.each([
    ['breaches before an instant', { breached: true, breachingBeforeMs: startMs }, isBreached],
    ['is paused', { paused: true }, ({ record }: Head) => record.pause !== null],
  ] as const)('reads what %s and nothing beyond it', async (_name, filter, keep) => {
    const wanted = expected('urgency', keep);
    expect(wanted.length).toBeGreaterThan(3);
    const found = await page({ filter, limit: 200 });
    expect(found.heads.map((head) => head.record.id)).toEqual(wanted);
    expect(found.cursor).toBeNull();
    expect(await whole({ filter, limit: 2 })).toEqual(wanted);
    const ofTeam = await whole({ filter: { ...filter, team: 'logistics' }, limit: 2 });
    expect(ofTeam).toEqual(expected('urgency', (head) => keep(head) && head.record.team === 'logistics'));
  });

  it('moves an escalation within its lists with each change, and out of them at its end', async () => {
    const id = await takeIn(store, { team: 'night-shift', accountId: 'moving' });
    const begun = await run(store, id, { type: 'begin' });
    expect(await whole({ filter: { team: 'night-shift' } })).toEqual([id]);
    await run(store, id, { type: 'acknowledge' });
    expect(await whole({ filter: { team: 'night-shift', states: ['received'] } })).toEqual([]);
    expect(await whole({ filter: { assignee: 'dana', accountIds: ['moving'] } })).toEqual([id]);
    await run(store, id, { type: 'cancel', reason: { id: 'txt_1', hash: 'h' } });
    expect(await whole({ filter: { team: 'night-shift' } })).toEqual([]);
    expect(await whole({ filter: { accountIds: ['moving'] } })).toEqual([]);
    expect(await whole({ filter: { accountIds: ['moving'] }, order: 'newest' })).toEqual([id]);
    expect(begun.state.status).toBe('received');
    const head = all[0];
    if (head !== undefined) expect(await writeHead(store, head.record)).toBe(false);
  });

  it('pages through the open ones and through all of them for those who check the books', async () => {
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const next: Awaited<ReturnType<typeof pageAll>> = await pageAll(store, after, 40);
      seen.push(...next.ids);
      after = next.next;
      if (after === null) break;
    }
    expect(seen).toEqual(expect.arrayContaining(all.map((head) => head.record.id)));
    expect(new Set(seen).size).toBe(seen.length);
    const open = await pageOpen(store, null, 1_000);
    expect(open.next).toBeNull();
    expect(open.ids).toEqual(expect.arrayContaining([...expected('urgency', isOpenHead)]));
  });

  async function aCursor(): Promise<string> {
    const { cursor } = await page({ limit: 5 });
    if (cursor === null) throw new Error('the list is too short');
    return cursor;
  }

  describe('a cursor', () => {
    it('belongs to its caller and its filter', async () => {
      const cursor = await aCursor();
      expect((await page({ cursor, limit: 9 })).heads).toHaveLength(9);
      await expect(page({ cursor, callerId: 'omar' })).rejects.toMatchObject({ code: 'invalid_cursor' });
      await expect(page({ cursor, order: 'newest' })).rejects.toMatchObject({ code: 'invalid_cursor' });
      await expect(page({ cursor, filter: { tiers: [1] } })).rejects.toMatchObject({ code: 'invalid_cursor' });
    });

    it('can be neither altered nor made up', async () => {
      const cursor = await aCursor();
      const [position = '', mac = ''] = cursor.split('.');
      const moved = Buffer.from('1').toString('base64url');
      for (const forged of [`${moved}.${mac}`, `${position}.`, position, '', '.', `${cursor}.x`, cursor.slice(0, -2)]) {
        await expect(page({ cursor: forged })).rejects.toMatchObject({ code: 'invalid_cursor' });
      }
      const elsewhere = dynamo.open({ cursorSecret: 'another' });
      await expect(
        listEscalations(elsewhere, { filter: {}, order: 'urgency', limit: 5, callerId: 'dana', cursor }),
      ).rejects.toMatchObject({ code: 'invalid_cursor' });
    });
  });
});
