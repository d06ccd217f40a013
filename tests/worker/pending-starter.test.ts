import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readCarried } from '../../activities/escalation-activities.ts';
import { currentFlags } from '../../contracts/behaviour-flags.ts';
import { createLogger } from '../../contracts/logger.ts';
import type { EscalationInput } from '../../contracts/workflow-messages.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { listAgain } from '../../store/books.ts';
import type { Store } from '../../store/client.ts';
import { clearPending, repairHead } from '../../store/commit.ts';
import { readHead } from '../../store/log.ts';
import { listPending } from '../../store/orphans.ts';
import { keys } from '../../store/keys.ts';
import { publishPolicy } from '../../store/policies.ts';
import { deleteItem, updateItem } from '../../store/requests.ts';
import { PendingStarter, type StartingClient } from '../../worker/pending-starter.ts';
import { policy, startMs } from '../domain/escalation/given.ts';
import { run, takeIn } from '../support/desk.ts';
import { startDynamo, type TestDynamo } from '../support/dynamo.ts';
import { until } from '../support/until.ts';

/** More than are tried together. */
const poisoned = 24;
const concurrency = 8;
const unknownPolicy: Policy = { ...policy, name: 'nowhere' };

let dynamo: TestDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
  await publishPolicy(dynamo.store, policy, { actorId: 'tests', nowMs: 0 });
});
afterAll(() => dynamo.close());

interface Started {
  readonly ids: readonly string[];
  readonly inputs: readonly EscalationInput[];
  /** Of which the log had to be read on its own. */
  readonly readAlone: readonly string[];
  readonly eager: readonly boolean[];
  readonly codes: readonly string[];
  /** Whether somebody waited, each time it was told. */
  readonly waits: readonly boolean[];
  readonly stop: () => Promise<void>;
}

/** A starter whose Temporal takes or refuses starts as told. */
function startingWith(take: (escalationId: string) => Promise<void>, store: Store = dynamo.store): Started {
  const ids: string[] = [];
  const inputs: EscalationInput[] = [];
  const readAlone: string[] = [];
  const eager: boolean[] = [];
  const lines: string[] = [];
  const waits: boolean[] = [];
  const reading = {
    store: dynamo.store,
    calendars: { current: async () => ({ calendars: {}, calendarPins: {} }) },
    flags: currentFlags,
  };
  const workflow: StartingClient['workflow'] = {
    start: async (_type, options) => {
      await take(options.workflowId);
      ids.push(options.workflowId);
      inputs.push(...options.args);
      eager.push(options.requestEagerStart);
    },
  };
  const starter = new PendingStarter({
    store,
    client: { workflow, withDeadline: (_deadline, run) => run() },
    logger: createLogger({ component: 'worker', write: (line) => void lines.push(line) }),
    buildId: 'b1',
    read: (escalationId, log) => {
      if (log === undefined) readAlone.push(escalationId);
      return readCarried(reading, escalationId, log);
    },
    behind: ({ waitedMs }) => void waits.push(waitedMs > 0),
    pollEveryMs: 20,
    concurrency,
  });
  starter.run();
  return {
    ids,
    inputs,
    readAlone,
    eager,
    waits,
    get codes() {
      return lines.map((line) => String(JSON.parse(line).code));
    },
    stop: () => starter.stop(),
  };
}

describe('escalations that wait for their workflow', () => {
  it('are handed what intake has begun; where the workflow is to begin, it reads the log itself', async () => {
    const begun = await takeIn(dynamo.store, { atMs: startMs, begins: true });
    const bare = await takeIn(dynamo.store, { atMs: startMs + 1 });
    const starter = startingWith(async () => undefined);
    await until('both are started', async () => starter.ids.includes(begun) && starter.ids.includes(bare), 5_000);
    await starter.stop();
    const inputOf = (id: string) => starter.inputs.find((input) => input.escalationId === id);
    expect(inputOf(begun)?.begun).toMatchObject({ flags: currentFlags, processed: [], policy: { name: policy.name } });
    expect(inputOf(begun)?.begun?.state.pendingPages).toHaveLength(1);
    expect(inputOf(bare)).toEqual({ escalationId: bare });
    expect(await listPending(dynamo.store, 10, 2 ** 48 - 1)).toEqual([]);
  });

  it('are read with their records, and alone only where more was decided; the server may answer with the first task', async () => {
    const begun = await takeIn(dynamo.store, { atMs: startMs, begins: true });
    const longer = await takeIn(dynamo.store, { atMs: startMs + 1, begins: true });
    await run(dynamo.store, longer, { type: 'acknowledge' });
    const starter = startingWith(async () => undefined);
    await until('both are started', async () => starter.ids.includes(begun) && starter.ids.includes(longer), 5_000);
    await starter.stop();
    expect(starter.readAlone).toEqual([longer]);
    expect(starter.eager).toEqual([true, true]);
    const inputOf = (id: string) => starter.inputs.find((input) => input.escalationId === id);
    expect(inputOf(begun)?.begun?.state.seq).toBeGreaterThan(1);
    expect(inputOf(longer)?.begun?.state.status).toBe('acknowledged');
  });

  it('are started as well where they had to be listed anew, without their severity', async () => {
    const id = await takeIn(dynamo.store, { atMs: startMs });
    await clearPending(dynamo.store, id);
    await listAgain(dynamo.store, id);
    const starter = startingWith(async () => undefined);
    await until('it is started', async () => starter.ids.includes(id), 5_000);
    await starter.stop();
    expect(await listPending(dynamo.store, 10, 2 ** 48 - 1)).toEqual([]);
  });

  it('are started soon after their record comes, where that is late', async () => {
    const id = await takeIn(dynamo.store, { atMs: startMs });
    await deleteItem(dynamo.store, keys.head(id));
    const starter = startingWith(async () => undefined);
    await sleep(500);
    expect(starter.ids).toEqual([]);
    await repairHead(dynamo.store, id);
    await until('it is started', async () => starter.ids.includes(id), 2_000);
    await starter.stop();
    expect(starter.codes).toEqual([]);
  });

  it('are all started after a burst, and none stays on the list', async () => {
    const starter = startingWith(async () => undefined);
    const burst = 300;
    const taken = await Promise.all(
      Array.from({ length: burst }, (_, n) => takeIn(dynamo.store, { atMs: startMs + n, severity: 'sev4' })),
    );
    await until('all of them', async () => starter.ids.length >= burst, 20_000);
    expect(new Set(starter.ids)).toEqual(new Set(taken));
    await until('none is listed', async () => (await listPending(dynamo.store, 10, 2 ** 48 - 1)).length === 0);
    await starter.stop();
  }, 40_000);
});

describe('escalations that can`t be started', () => {
  it('are said to wait for as long as Temporal takes none, and no longer', async () => {
    const id = await takeIn(dynamo.store, { atMs: startMs });
    let isAway = true;
    const starter = startingWith(async () => {
      if (isAway) throw Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: '', metadata: {} });
    });
    await until('it is said to wait', async () => starter.waits.at(-1) === true, 5_000);
    isAway = false;
    await until('it is started and nobody waits', async () => starter.waits.at(-1) === false, 5_000);
    await starter.stop();
    expect(starter.ids).toEqual([id]);
    expect(starter.waits[0]).toBe(false);
  });

  it('are said to wait, or not, in each round, while the table is away as well', async () => {
    let isAway = false;
    const { table } = dynamo.store;
    const store: Store = {
      ...dynamo.store,
      table: {
        call: (...asked) => (isAway ? Promise.reject(new Error('the table is away')) : table.call(...asked)),
      },
    };
    const starter = startingWith(async () => undefined, store);
    await until('it has looked', async () => starter.waits.length > 0, 5_000);
    isAway = true;
    await until('it fails', async () => starter.codes.includes('pending.poll_failed'), 5_000);
    const told = starter.waits.length;
    await until('it is told all the same', async () => starter.waits.length > told + 2, 5_000);
    expect(starter.waits).not.toContain(true);
    await starter.stop();
  });

  it('are started beside one whose start takes long, and a stop waits for that one', async () => {
    const slow = await takeIn(dynamo.store, { atMs: startMs, severity: 'sev1' });
    const gate = new AbortController();
    const tried: string[] = [];
    const starter = startingWith(async (id) => {
      tried.push(id);
      if (id === slow) await once(gate.signal, 'abort');
    });
    await until('the slow one is under way', async () => tried.includes(slow), 5_000);
    const other = await takeIn(dynamo.store, { atMs: startMs + 1, severity: 'sev4' });
    await until('the other', async () => starter.ids.includes(other), 5_000);
    expect(starter.ids).toEqual([other]);
    const stopped = starter.stop();
    gate.abort();
    await stopped;
    expect(tried).toEqual([slow, other]);
    expect(starter.ids).toEqual([other, slow]);
    expect(await listPending(dynamo.store, 10, 2 ** 48 - 1)).toEqual([]);
  });

  it('are looked for while more than half of the lanes hang', async () => {
    const all = await Promise.all(
      Array.from({ length: concurrency }, (_, n) => takeIn(dynamo.store, { atMs: startMs + n })),
    );
    const hanging = new Set(all.slice(0, concurrency / 2 + 1));
    const gate = new AbortController();
    const tried = new Set<string>();
    const starter = startingWith(async (id) => {
      tried.add(id);
      if (hanging.has(id) && !gate.signal.aborted) await once(gate.signal, 'abort');
    });
    await until('all lanes were taken', async () => tried.size === concurrency, 5_000);
    const other = await takeIn(dynamo.store, { atMs: startMs + concurrency });
    await until('the other', async () => starter.ids.includes(other), 5_000);
    expect(starter.ids).toHaveLength(concurrency - hanging.size + 1);
    gate.abort();
    await starter.stop();
    expect(starter.ids).toHaveLength(concurrency + 1);
    expect(await listPending(dynamo.store, 10, 2 ** 48 - 1)).toEqual([]);
  });

  it('keep nobody else from it, however many they are', async () => {
    const bad = new Set<string>();
    for (let n = 0; n < poisoned; n += 1) bad.add(await takeIn(dynamo.store, { atMs: startMs + n, severity: 'sev1' }));
    const good = await takeIn(dynamo.store, { atMs: startMs + poisoned, severity: 'sev4' });
    const starter = startingWith(async (id) => {
      if (bad.has(id)) throw new Error('this one can never be started');
    });
    await until('the good one', async () => starter.ids.includes(good), 5_000);
    expect(starter.codes.filter((code) => code === 'pending.start_failed')).toHaveLength(poisoned);
    await starter.stop();
    for (const id of [...bad, good]) await deleteItem(dynamo.store, keys.commit(id, 1));
  });

  it('keep nobody else from it when their records can`t be read', async () => {
    const bad = await takeIn(dynamo.store, { atMs: startMs, severity: 'sev1' });
    const spoilt = { text: 'SET #r = :nonsense', values: { ':nonsense': 'nonsense' } };
    await updateItem(dynamo.store, { key: keys.head(bad), change: spoilt });
    const good = await takeIn(dynamo.store, { atMs: startMs + 1, severity: 'sev4' });
    const starter = startingWith(async () => undefined);
    await until('the good one', async () => starter.ids.includes(good), 5_000);
    await until('the other is told of', async () => starter.codes.includes('pending.start_failed'), 5_000);
    await starter.stop();
    for (const id of [bad, good]) await deleteItem(dynamo.store, keys.commit(id, 1));
  });

  it('keep nobody else from it when they are orphans whose policy is missing', async () => {
    const orphans: string[] = [];
    for (let n = 0; n < poisoned; n += 1) {
      const id = await takeIn(dynamo.store, { atMs: startMs + n }, unknownPolicy);
      await deleteItem(dynamo.store, keys.head(id));
      orphans.push(id);
    }
    const starter = startingWith(async () => undefined);
    await until(
      'all were tried',
      async () => starter.codes.filter((code) => code === 'pending.start_failed').length >= poisoned,
    );
    const good = await takeIn(dynamo.store, { atMs: startMs + poisoned, severity: 'sev4' });
    await until('the good one', async () => starter.ids.includes(good), 5_000);
    await starter.stop();
    expect(await readHead(dynamo.store, orphans[0] ?? '')).toBeNull();
    for (const id of [...orphans, good]) await deleteItem(dynamo.store, keys.commit(id, 1));
  }, 30_000);

  it('are started all, and soon, after an outage of Temporal: it counts against none of them', async () => {
    const ids: string[] = [];
    for (let n = 0; n < poisoned; n += 1) ids.push(await takeIn(dynamo.store, { atMs: startMs + n }));
    let isAway = true;
    const starter = startingWith(async () => {
      if (isAway) throw Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: '', metadata: {} });
    });
    await until(
      'it was noticed',
      async () => starter.codes.filter((code) => code === 'pending.poll_failed').length > 2,
    );
    const backAtMs = performance.now();
    isAway = false;
    await until('all are started', async () => ids.every((id) => starter.ids.includes(id)), 5_000);
    expect(performance.now() - backAtMs).toBeLessThan(2_000);
    expect(starter.eager).not.toContain(true);
    await starter.stop();
    for (const id of ids) await deleteItem(dynamo.store, keys.commit(id, 1));
  });
});
