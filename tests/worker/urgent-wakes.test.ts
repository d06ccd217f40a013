import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '../../contracts/logger.ts';
import type { EscalationRecord } from '../../domain/escalation/record.ts';
import { newTextId } from '../../contracts/ids.ts';
import { readHead } from '../../store/log.ts';
import { publishPolicy } from '../../store/policies.ts';
import { textRefOf } from '../../store/texts.ts';
import { UrgentWakes, type UrgentWakesOptions } from '../../worker/urgent-wakes.ts';
import { policy, startMs } from '../domain/escalation/given.ts';
import { run, takeIn } from '../support/desk.ts';
import { startDynamo, type TestDynamo } from '../support/dynamo.ts';
import { until } from '../support/until.ts';

let dynamo: TestDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
  await publishPolicy(dynamo.store, policy, { actorId: 'tests', nowMs: 0 });
});
afterAll(() => dynamo.close());

/** Everything under test runs on this clock. */
let nowMs = startMs;
let signalled: string[] = [];
let codes: string[] = [];
let rounds = 0;
let answer: (escalationId: string) => Promise<void> = async () => undefined;
let urgent: UrgentWakes;

function newWorker(more: Partial<UrgentWakesOptions> = {}): UrgentWakes {
  return new UrgentWakes({
    store: dynamo.store,
    client: {
      withDeadline: (_deadline, call) => call(),
      workflow: {
        getHandle: (id) => ({
          signal: async () => {
            await answer(id);
            signalled.push(id);
          },
        }),
      },
    },
    logger: createLogger({ component: 'worker', write: (line) => void codes.push(String(JSON.parse(line).code)) }),
    nowMs: () => {
      rounds += 1;
      return nowMs;
    },
    everyMs: 5,
    ...more,
  });
}

beforeEach(() => {
  nowMs = startMs;
  signalled = [];
  codes = [];
  answer = async () => undefined;
  urgent = newWorker();
});
afterEach(() => urgent.stop());

/** Whatever is going to be done at this instant has been done. */
async function aFewRounds(): Promise<void> {
  const until0 = rounds + 8;
  await until('some rounds', async () => rounds >= until0);
}

function timesSignalled(id: string): number {
  return signalled.filter((each) => each === id).length;
}

async function recordOf(id: string): Promise<EscalationRecord> {
  const head = await readHead(dynamo.store, id);
  if (head === null) throw new Error(`${id} has no record`);
  return head.record;
}

/** A commit went through this worker, and says when the escalation is due. */
async function known(severity: 'sev1' | 'sev2' = 'sev1'): Promise<{ id: string; dueAtMs: number }> {
  const id = await takeIn(dynamo.store, { atMs: startMs, severity, begins: true });
  const record = await recordOf(id);
  urgent.seen(record, true);
  if (record.nextWakeAtMs === null) throw new Error(`${id} waits for nothing`);
  return { id, dueAtMs: record.nextWakeAtMs };
}

describe('an escalation of the highest severity', () => {
  it('is woken once it is overdue, not before, and once only', async () => {
    const { id, dueAtMs } = await known();
    urgent.run();
    nowMs = dueAtMs + 150;
    await aFewRounds();
    expect(timesSignalled(id)).toBe(0);
    nowMs = dueAtMs + 151;
    await until('it is woken', async () => timesSignalled(id) > 0);
    nowMs = dueAtMs + 60_000;
    await aFewRounds();
    expect(timesSignalled(id)).toBe(1);
    expect(codes).toContain('wake.urgent');
  });

  it('is woken again at its next wake-up', async () => {
    const { id, dueAtMs } = await known();
    urgent.run();
    nowMs = dueAtMs + 300;
    await until('it is woken', async () => timesSignalled(id) === 1);
    await run(dynamo.store, id, { type: 'wake' }, { nowMs });
    const next = await recordOf(id);
    urgent.seen(next, true);
    await aFewRounds();
    expect(timesSignalled(id)).toBe(1);
    nowMs = (next.nextWakeAtMs ?? 0) + 300;
    await until('it is woken again', async () => timesSignalled(id) === 2);
  });

  it('is left alone where another worker has moved it on, until it is due by its record', async () => {
    const { id, dueAtMs } = await known();
    await run(dynamo.store, id, { type: 'wake' }, { nowMs: dueAtMs });
    const next = await recordOf(id);
    urgent.run();
    nowMs = dueAtMs + 300;
    await aFewRounds();
    expect(timesSignalled(id)).toBe(0);
    nowMs = (next.nextWakeAtMs ?? 0) + 300;
    await until('it is woken', async () => timesSignalled(id) === 1);
  });

  it('is left alone once somebody has lowered its severity or ended it', async () => {
    const [lowered, ended] = [await known(), await known()];
    const reason = textRefOf({ id: newTextId(startMs), kind: 'reason', text: 'Fewer than was thought' });
    await run(dynamo.store, lowered.id, { type: 'change-severity', severity: 'sev3', reason });
    await run(dynamo.store, ended.id, { type: 'cancel', reason });
    for (const { id } of [lowered, ended]) urgent.seen(await recordOf(id), true);
    urgent.run();
    nowMs = lowered.dueAtMs + 10_000;
    await aFewRounds();
    expect([timesSignalled(lowered.id), timesSignalled(ended.id)]).toEqual([0, 0]);
  });

  it('is woken by its record where a commit met other events in its place', async () => {
    const { id, dueAtMs } = await known();
    const record = await recordOf(id);
    urgent.seen({ ...record, seq: record.seq + 1, nextWakeAtMs: dueAtMs + 3_600_000 }, false);
    urgent.run();
    await aFewRounds();
    expect(timesSignalled(id)).toBe(0);
    nowMs = dueAtMs + 300;
    await until('it is woken', async () => timesSignalled(id) === 1);
  });

  it('is found by a worker that has just begun and knows nothing', async () => {
    const { id, dueAtMs } = await known();
    urgent = newWorker();
    urgent.run();
    nowMs = dueAtMs + 300;
    await until('it is woken', async () => timesSignalled(id) === 1);
  });

  it('is signalled once for each instant by a worker whose clock is ahead', async () => {
    const { id, dueAtMs } = await known();
    urgent.run();
    // It is not due by anybody else's clock: nothing is decided, and its record stays as it is.
    nowMs = dueAtMs + 300_000;
    await until('it is signalled', async () => timesSignalled(id) === 1);
    nowMs += 300_000;
    await aFewRounds();
    expect(timesSignalled(id)).toBe(1);
  });
});

describe('one of a lower severity', () => {
  it('is left to its timer', async () => {
    const { id, dueAtMs } = await known('sev2');
    urgent.run();
    nowMs = dueAtMs + 10_000;
    await aFewRounds();
    expect(timesSignalled(id)).toBe(0);
  });

  it('is woken where its timer may come late and it is overdue, and is left to its next timer then', async () => {
    const { id, dueAtMs } = await known('sev2');
    urgent.watch(id, dueAtMs, 5_000);
    urgent.run();
    nowMs = dueAtMs;
    await aFewRounds();
    expect(timesSignalled(id)).toBe(0);
    nowMs = dueAtMs + 300;
    await until('it is woken', async () => timesSignalled(id) === 1);
    await run(dynamo.store, id, { type: 'wake' }, { nowMs });
    const next = await recordOf(id);
    urgent.seen(next, true);
    nowMs = (next.nextWakeAtMs ?? 0) + 10_000;
    await aFewRounds();
    expect(timesSignalled(id)).toBe(1);
  });

  it('is left alone where its timer may come late and somebody has moved it on meanwhile', async () => {
    const { id, dueAtMs } = await known('sev2');
    urgent.watch(id, dueAtMs, 5_000);
    await run(dynamo.store, id, { type: 'wake' }, { nowMs: dueAtMs });
    urgent.run();
    nowMs = dueAtMs + 300;
    await aFewRounds();
    expect(timesSignalled(id)).toBe(0);
  });
});

describe('a failure', () => {
  it('of Temporal is logged, and whoever was not told is told when it is back', async () => {
    const { id, dueAtMs } = await known();
    answer = async () => {
      throw Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: '', metadata: {} });
    };
    urgent.run();
    nowMs = dueAtMs + 300;
    await until('it was noticed', async () => codes.includes('wake.round_failed'));
    answer = async () => undefined;
    await until('it is woken', async () => timesSignalled(id) === 1);
  });

  it('of one workflow keeps nobody else from being woken', async () => {
    const [bad, good] = [await known(), await known()];
    answer = async (id) => {
      if (id === bad.id) throw new Error('it has no workflow');
    };
    urgent.run();
    nowMs = good.dueAtMs + 300;
    await until('the good one is woken', async () => timesSignalled(good.id) === 1);
    await until('it was logged', async () => codes.includes('wake.signal_failed'));
    await aFewRounds();
    expect(codes.filter((code) => code === 'wake.signal_failed')).toHaveLength(1);
  });
});
