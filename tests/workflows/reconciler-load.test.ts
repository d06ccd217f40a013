import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createReconcilerActivities } from '../../activities/reconciler-activities.ts';
import type { ReconcilerActivities } from '../../activities/reconciler-types.ts';
import { createLogger } from '../../contracts/logger.ts';
import { emptyMemory, type BooksMemory, type Reconciliation } from '../../contracts/reconciliation.ts';
import { workflowTypes } from '../../contracts/temporal-names.ts';
import type { Store } from '../../store/client.ts';
import { openStates } from '../../store/keys.ts';
import { publishPolicy } from '../../store/policies.ts';
import { LeanWorker } from '../../worker/lean-worker.ts';
import { policy, startMs } from '../domain/escalation/given.ts';
import { takeIn } from '../support/desk.ts';
import { startDynamo, type TestDynamo } from '../support/dynamo.ts';
import { openDesk, workflowBundleForTests, type DeskEnv } from './desk-env.ts';

const open = 250;
const restMs = 30;

let dynamo: TestDynamo;
let env: DeskEnv;
beforeAll(async () => {
  [dynamo, env] = await Promise.all([startDynamo(), openDesk()]);
  await publishPolicy(dynamo.store, policy, { actorId: 'tests', nowMs: 0 });
  for (let n = 0; n < open; n += 1) await takeIn(dynamo.store, { atMs: startMs + n });
}, 120_000);
afterAll(async () => {
  await env?.close();
  await dynamo?.close();
});

interface Counted {
  readonly store: Store;
  readonly asked: { requests: number; atOnce: number; most: number; lastAtMs: number };
}

/** The same store, with its requests counted, and how many of them were under way together. */
function counting(store: Store): Counted {
  const asked = { requests: 0, atOnce: 0, most: 0, lastAtMs: 0 };
  const call: Store['table']['call'] = async (...args) => {
    asked.requests += 1;
    asked.atOnce += 1;
    asked.most = Math.max(asked.most, asked.atOnce);
    try {
      return await store.table.call(...args);
    } finally {
      asked.atOnce -= 1;
      asked.lastAtMs = performance.now();
    }
  };
  return { store: { ...store, table: { call } }, asked };
}

function activitiesOn(store: Store): ReconcilerActivities {
  return createReconcilerActivities({
    store,
    client: env.env.client,
    logger: createLogger({ component: 'test', write: () => undefined }),
    rest: { factor: 0, leastMs: restMs, mostMs: restMs },
    confirmAfterMs: 1,
  });
}

describe('the reconciler`s reads', () => {
  it('pass the open escalations in pages: a query and a batch for each hundred, one after the other, with a rest', async () => {
    const { store, asked } = counting(dynamo.store);
    const books = activitiesOn(store);
    const seen: number[] = [];
    let after: string | null = null;
    do {
      const before = asked.requests;
      const page = await books.sweepOpen({ after, limit: 100, nowMs: startMs, sample: { turn: 0, of: 1_000_000 } });
      expect(performance.now() - asked.lastAtMs).toBeGreaterThan(restMs * 0.9);
      // Of each open state one query, then the records in batches.
      expect(asked.requests - before).toBeLessThanOrEqual(openStates.length + 2);
      seen.push(page.seen);
      after = page.next;
    } while (after !== null);
    expect(seen.reduce((sum, each) => sum + each, 0)).toBe(open);
    expect(Math.max(...seen)).toBeLessThanOrEqual(100);
    expect(asked.most).toBeLessThanOrEqual(openStates.length);
  });

  it('look at escalations from end to end two at a time, with a few reads for each, and rest after each', async () => {
    const { store, asked } = counting(dynamo.store);
    const books = activitiesOn(store);
    const { suspects } = await books.sweepOpen({
      after: null,
      limit: 20,
      nowMs: startMs,
      sample: { turn: 0, of: 1 },
    });
    expect(suspects).toHaveLength(20);
    asked.requests = 0;
    const startedMs = performance.now();
    await books.audit({ suspects, nowMs: startMs + open, repair: false });
    expect(performance.now() - asked.lastAtMs).toBeGreaterThan(restMs * 0.9);
    expect(asked.requests).toBeLessThanOrEqual(suspects.length * 6);
    // Of each, at most four reads are under way together; and each of the two lanes rests after each of its ten.
    expect(asked.most).toBeLessThanOrEqual(2 * 4);
    expect(performance.now() - startedMs).toBeGreaterThan(10 * restMs * 0.9);
  });
});

/** A page of endless books, in which one in so many is suspect. */
function page(after: string | null, limit: number, suspectsOf: number) {
  const from = after === null ? 0 : Number(after.slice(1));
  const ids = Array.from({ length: limit }, (_, n) => `esc_${from + n}`);
  return {
    suspects: ids.filter((_, n) => n % suspectsOf === 0).map((escalationId) => ({ escalationId })),
    seen: limit,
    next: `p${from + limit}`,
  };
}

/** Books of a size that no run passes, in which everything is suspect. */
class BigBooks {
  readonly calls: string[] = [];
  memory: BooksMemory = emptyMemory;
  audited = 0;
  largest = 0;
  most = 0;
  result: Reconciliation | null = null;
  /** Runs while each handful is looked at. */
  whileAuditing: () => Promise<void> = () => Promise.resolve();
  #atOnce = 0;
  #places: string[] = [];

  get places(): readonly string[] {
    return this.#places;
  }

  activities(): ReconcilerActivities {
    const one = async <R>(name: string, answer: () => R | Promise<R>): Promise<R> => {
      this.calls.push(name);
      this.#atOnce += 1;
      this.most = Math.max(this.most, this.#atOnce);
      await Promise.resolve();
      this.#atOnce -= 1;
      return answer();
    };
    return {
      openBooks: () => one('openBooks', () => this.memory),
      listWaiting: ({ limit }) => one('listWaiting', () => page(null, limit, limit).suspects),
      sweepOpen: ({ after, limit }) =>
        one('sweepOpen', () => {
          this.#places.push(after ?? 'start');
          return page(after, limit, 10);
        }),
      sweepItems: ({ after, limit }) => one('sweepItems', () => page(after, limit, 2)),
      audit: ({ suspects }) =>
        one('audit', async () => {
          await this.whileAuditing();
          this.audited += suspects.length;
          this.largest = Math.max(this.largest, suspects.length);
          return suspects.map(({ escalationId }) => ({ escalationId, found: [], left: [] }));
        }),
      publishBooks: (result) =>
        one('publishBooks', () => {
          this.result = result;
          this.memory = result.memory;
        }),
    };
  }
}

describe('a run of the reconciler over big books', () => {
  it('reads a bounded part, one page after the other, and the next run goes on where it stopped', async () => {
    const books = new BigBooks();
    const taskQueue = 'big-books';
    const worker = await LeanWorker.create({
      connection: env.env.nativeConnection,
      taskQueue,
      workflowBundle: await workflowBundleForTests(),
      activities: { ...books.activities() },
    });
    await worker.runUntil(async () => {
      for (const turn of [1, 2]) {
        books.calls.length = 0;
        books.audited = 0;
        await env.env.client.workflow.execute(workflowTypes.reconciler, {
          taskQueue,
          workflowId: `big-books-${turn}`,
        });
        const count = (name: string): number => books.calls.filter((call) => call === name).length;
        expect([count('sweepOpen'), count('sweepItems'), count('listWaiting')]).toEqual([10, 1, 1]);
        expect(books.audited).toBeLessThanOrEqual(300);
        expect(books.largest).toBeLessThanOrEqual(20);
        expect(books.most).toBe(1);
      }
    });
    expect(books.places.slice(0, 3)).toEqual(['start', 'p100', 'p200']);
    expect(books.places.slice(10, 12)).toEqual(['p1000', 'p1100']);
    expect(books.result?.checked.open).toBe(1_000);
  }, 60_000);

  it('begins nothing more after two minutes, and the next run looks at what was left', async () => {
    const books = new BigBooks();
    books.whileAuditing = () => env.env.sleep(45_000);
    const since = { faults: ['no_log'] as const, runs: 3, sinceMs: 1 };
    books.memory = {
      ...emptyMemory,
      openAfter: 'p700',
      left: Array.from({ length: 70 }, (_, n) => ({ escalationId: `left_${n}`, ...since })),
    };
    const taskQueue = 'slow-books';
    const worker = await LeanWorker.create({
      connection: env.env.nativeConnection,
      taskQueue,
      workflowBundle: await workflowBundleForTests(),
      activities: { ...books.activities() },
    });
    await worker.runUntil(
      env.env.client.workflow.execute(workflowTypes.reconciler, { taskQueue, workflowId: 'slow-books-1' }),
    );
    // Three handfuls of twenty take longer than two minutes.
    expect(books.audited).toBe(60);
    expect(books.memory.left.map(({ escalationId }) => escalationId)).toEqual(
      Array.from({ length: 10 }, (_, n) => `left_${n + 60}`),
    );
    expect([books.memory.openAfter, books.memory.itemsAfter]).toEqual(['p700', null]);
    expect(books.result?.checked).toEqual({ open: 0, items: 0, audited: 60 });
  }, 60_000);
});
