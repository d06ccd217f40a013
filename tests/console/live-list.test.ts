import { describe, expect, test } from '@jest/globals';
import { LiveList, type ListPage } from '../../console/src/queue/live-list.ts';
import { escalationView } from './support/escalation-view.ts';

const minuteMs = 60_000;
const startMs = Date.UTC(2027, 0, 4, 9);

function key(record: ReturnType<typeof escalationView>): string {
  return `${record.nextBreach?.dueAt} ${record.id}`;
}

/** A server that sorts by urgency and hands out pages by the key of their last row, as the real one does. */
class PagedServer {
  records = new Map<string, ReturnType<typeof escalationView>>();
  asked = 0;

  constructor(count: number) {
    for (let n = 0; n < count; n += 1) this.put(n, startMs + n * minuteMs);
  }

  put(n: number, dueAtMs: number, seq = 1): void {
    const id = `esc_${String(n).padStart(26, '0')}`;
    this.records.set(id, escalationView({ id, seq, dueAtMs, createdAtMs: startMs }));
  }

  readonly page = async (cursor: string | undefined): Promise<ListPage> => {
    this.asked += 1;
    const sorted = [...this.records.values()].toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
    const rest = sorted.filter((record) => cursor === undefined || key(record) > cursor);
    const items = rest.slice(0, 100);
    const last = items.at(-1);
    return { items, nextCursor: rest.length > 100 && last !== undefined ? key(last) : null };
  };
}

function listOver(server: PagedServer): LiveList {
  return new LiveList(
    (cursor) => server.page(cursor),
    'urgency',
    (record) => record.state !== 'closed',
  );
}

function idOf(n: number): string {
  return `esc_${String(n).padStart(26, '0')}`;
}

describe('a live list', () => {
  test('shows each escalation once, in order, however many pages it took', async () => {
    const list = listOver(new PagedServer(350));
    await list.start();
    while (list.snapshot().hasMore) await list.loadMore();
    expect(list.snapshot().items.map((item) => item.id)).toEqual(Array.from({ length: 350 }, (_, n) => idOf(n)));
  });

  test('a refresh that finds nothing new changes nothing, so that nothing is drawn again', async () => {
    const list = listOver(new PagedServer(50));
    await list.start();
    const before = list.snapshot().items;
    await list.refresh(0, 20);
    expect(list.snapshot().items).toBe(before);
  });

  test('a refresh asks for the top and for what is on the screen, not for all that is known', async () => {
    const server = new PagedServer(1_000);
    const list = listOver(server);
    await list.start();
    while (list.snapshot().hasMore) await list.loadMore();
    server.asked = 0;
    await list.refresh(520, 560);
    expect(server.asked).toBe(2);
  });

  test('what ended elsewhere leaves, what came in appears in its place', async () => {
    const server = new PagedServer(30);
    const list = listOver(server);
    await list.start();
    server.records.delete(idOf(3));
    server.put(77, startMs + 4.5 * minuteMs);
    await list.refresh(0, 20);
    const ids = list.snapshot().items.map((item) => item.id);
    expect(ids).not.toContain(idOf(3));
    expect(ids.indexOf(idOf(77))).toBe(ids.indexOf(idOf(4)) + 1);
  });

  test('an answer that is older than what is known does not turn it back', async () => {
    const server = new PagedServer(5);
    const list = listOver(server);
    await list.start();
    list.merge(escalationView({ id: idOf(2), seq: 9, dueAtMs: startMs + 2 * minuteMs, state: 'acknowledged' }));
    await list.refresh(0, 5);
    expect(list.snapshot().items.find((item) => item.id === idOf(2))?.state).toBe('acknowledged');
  });

  test('an answer that ends an escalation takes it out at once', async () => {
    const list = listOver(new PagedServer(5));
    await list.start();
    list.merge(escalationView({ id: idOf(2), seq: 9, dueAtMs: startMs, state: 'closed' }));
    expect(list.snapshot().items.map((item) => item.id)).not.toContain(idOf(2));
  });

  test('a failed refresh keeps the rows and says what went wrong', async () => {
    const server = new PagedServer(5);
    let isDown = false;
    const list = new LiveList(
      (cursor) => (isDown ? Promise.reject(new Error('down')) : server.page(cursor)),
      'urgency',
      () => true,
    );
    await list.start();
    isDown = true;
    await list.refresh(0, 5);
    expect(list.snapshot()).toMatchObject({ status: 'ready', error: new Error('down') });
    expect(list.snapshot().items).toHaveLength(5);
  });

  test('without any answer it has failed, and starting again mends it', async () => {
    const server = new PagedServer(5);
    let isDown = true;
    const list = new LiveList(
      (cursor) => (isDown ? Promise.reject(new Error('down')) : server.page(cursor)),
      'urgency',
      () => true,
    );
    await list.start();
    expect(list.snapshot().status).toBe('failed');
    isDown = false;
    await list.start();
    expect(list.snapshot().items).toHaveLength(5);
  });

  test('takes an erased title, though erasing writes no event', async () => {
    const server = new PagedServer(3);
    const list = listOver(server);
    await list.start();
    const known = server.records.get(idOf(1));
    if (known === undefined) throw new Error('the list is too short');
    server.records.set(known.id, { ...known, title: null });
    await list.refresh(0, 2);
    expect(list.snapshot().items[1]?.title).toBeNull();
    list.merge({ ...known, title: 'read before it was erased', seq: 0 });
    expect(list.snapshot().items[1]?.title).toBeNull();
  });
});
