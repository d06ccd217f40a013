import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { PassedTime } from '../../workflows/passed-time.ts';
import { openDesk, type DeskEnv, type Running } from './desk-env.ts';

const second = 1_000;

describe('the time that has passed in a task', () => {
  const startMs = 1_800_000_000_000;
  afterEach(() => {
    jest.useRealTimers();
  });

  it.each([
    ['is what the last activity told', 80, 80],
    ['is nothing where that is not told, as in older histories', undefined, 0],
    ['is nothing where the worker`s clock is behind', -300_000, 0],
    ['is a quarter of a second where it is ahead by more', 300_000, 250],
  ] as const)('%s', (_, aheadMs, expected) => {
    jest.useFakeTimers({ now: startMs });
    const passed = new PassedTime();
    expect(passed.nowMs()).toBe(startMs);
    passed.note(aheadMs === undefined ? undefined : startMs + aheadMs);
    expect(passed.nowMs()).toBe(startMs + expected);
    // The next task has a time of its own.
    jest.setSystemTime(startMs + 20);
    expect(passed.nowMs()).toBe(startMs + 20);
  });
});

interface Timer {
  /** When it was to fire, epoch ms by the server. */
  readonly atMs: number;
}

async function timersOf({ handle }: Running): Promise<readonly Timer[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ eventTime, timerStartedEventAttributes }) => {
    const length = timerStartedEventAttributes?.startToFireTimeout;
    const ms = (time: typeof length): number => Number(time?.seconds ?? 0) * second + (time?.nanos ?? 0) / 1e6;
    return length == null ? [] : [{ atMs: ms(eventTime) + ms(length) }];
  });
}

describe('the timer of a tier', () => {
  let desk: DeskEnv;
  beforeAll(async () => {
    desk = await openDesk();
  });
  afterAll(() => desk.close());

  async function start(): Promise<{ readonly it: Running; readonly dueAtMs: number }> {
    const it = await desk.start({ severity: 'sev1', begins: true, handsOver: true });
    await desk.env.sleep(second);
    const dueAtMs = desk.desk.records.get(it.id)?.nextWakeAtMs;
    if (dueAtMs == null) throw new Error('it waits for nothing');
    return { it, dueAtMs };
  }

  function secondTier(id: string) {
    return desk.desk.log(id).filter((event) => event.type === 'tier.entered' && event.tier === 2);
  }

  it('is late by what the task took, where no clock is told', async () => {
    desk.desk.clock = null;
    const { it: running, dueAtMs } = await start();
    const [timer] = await timersOf(running);
    expect(timer?.atMs).toBeGreaterThanOrEqual(dueAtMs);
  });

  it('is armed earlier by what the clock tells to have passed', async () => {
    desk.desk.clock = async () => (await desk.env.currentTimeMs()) + 200;
    const { it: running, dueAtMs } = await start();
    const [timer] = await timersOf(running);
    expect(timer?.atMs).toBeGreaterThan(dueAtMs - 201);
    expect(timer?.atMs).toBeLessThan(dueAtMs);
  });

  it.each([
    ['ahead', 300_000],
    ['behind', -300_000],
  ] as const)(
    'has the next tier asked once and not before its time where the worker`s clock is %s',
    async (_, aheadMs) => {
      desk.desk.clock = async () => (await desk.env.currentTimeMs()) + aheadMs;
      const { it: running, dueAtMs } = await start();
      const [timer] = await timersOf(running);
      expect(timer?.atMs).toBeGreaterThan(dueAtMs - 251);
      if (aheadMs > 0) expect(timer?.atMs).toBeLessThan(dueAtMs);
      await desk.env.sleep(dueAtMs + second - (await desk.env.currentTimeMs()));
      const entered = secondTier(running.id);
      expect(entered).toHaveLength(1);
      expect(entered[0]?.atMs).toBeGreaterThanOrEqual(dueAtMs);
      expect(entered[0]?.atMs).toBeLessThan(dueAtMs + second);
    },
  );
});
