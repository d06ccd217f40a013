import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { currentFlags } from '../../contracts/behaviour-flags.ts';
import { signalNames } from '../../contracts/temporal-names.ts';
import { minute, text } from '../domain/escalation/given.ts';
import { until } from '../support/until.ts';
import { openDesk, type DeskEnv, type Running } from './desk-env.ts';

const second = 1_000;

function tiersOf(desk: DeskEnv, id: string): readonly number[] {
  return desk.desk.log(id).flatMap((event) => (event.type === 'tier.entered' ? [event.tier] : []));
}

async function eventsOf({ handle }: Running) {
  const { events } = await handle.fetchHistory();
  return events ?? [];
}

/** Waits until a task that holds the last signal is done. */
async function settled(it: Running): Promise<void> {
  await until('the signal is handled', async () => {
    const events = await eventsOf(it);
    const signalled = events.findLastIndex((event) => event.workflowExecutionSignaledEventAttributes != null);
    return events.slice(signalled).some((event) => event.workflowTaskCompletedEventAttributes != null);
  });
}

async function localActivities(it: Running): Promise<number> {
  return (await eventsOf(it)).filter((event) => event.markerRecordedEventAttributes != null).length;
}

function wakeAtMsOf(desk: DeskEnv, id: string): number {
  const atMs = desk.desk.records.get(id)?.nextWakeAtMs;
  if (atMs == null) throw new Error(`${id} waits for nothing`);
  return atMs;
}

describe('a signal to wake', () => {
  let desk: DeskEnv;
  beforeAll(async () => {
    desk = await openDesk();
  });
  afterAll(() => desk.close());

  it('can be sent in time, since the worker is told once what each timer is for', async () => {
    const it = await desk.start({ severity: 'sev2', begins: true, handsOver: true });
    const told = () => desk.armed.filter(({ id }) => id === it.id).map(({ atMs }) => atMs);
    await until('it has armed its timer', async () => told().length > 0);
    const first = wakeAtMsOf(desk, it.id);
    expect(told()).toEqual([first]);
    await desk.env.sleep(first - (await desk.env.currentTimeMs()) + second);
    await until('it has armed the next one', async () => told().length > 1);
    expect(told()).toEqual([first, wakeAtMsOf(desk, it.id)]);
  });

  it('that comes early, or more than once, decides nothing, writes nothing and asks the store for nothing', async () => {
    const it = await desk.start({ severity: 'sev1', begins: true, handsOver: true, dedupKey: 'early' });
    await desk.env.sleep(second);
    const before = { log: desk.desk.log(it.id), commits: desk.desk.commitCalls, pages: desk.desk.pages.length };
    const activities = await localActivities(it);
    for (let n = 0; n < 3; n += 1) await it.handle.signal(signalNames.wake);
    await settled(it);
    expect(desk.desk.log(it.id)).toEqual(before.log);
    expect(desk.desk.commitCalls).toBe(before.commits);
    expect(desk.desk.pages).toHaveLength(before.pages);
    expect(await localActivities(it)).toBe(activities);
  });

  it('that comes together with the timer has it decided once', async () => {
    const it = await desk.start({ severity: 'sev1', begins: true, handsOver: true });
    await desk.env.sleep(second);
    const dueAtMs = wakeAtMsOf(desk, it.id);
    await desk.env.sleep(dueAtMs - 300 - (await desk.env.currentTimeMs()));
    // A task that is under way while the timer fires and the signal comes: both wait for the next one.
    let [isHeld, isLetGo] = [false, false];
    desk.desk.beforeCommit = async () => {
      isHeld = true;
      await until('the task is let go', async () => isLetGo);
    };
    const noted = it.send({ type: 'note', text });
    await until('the task is held', async () => isHeld);
    await desk.env.sleep(second);
    await it.handle.signal(signalNames.wake);
    desk.desk.beforeCommit = null;
    isLetGo = true;
    await noted;
    await desk.env.sleep(second);
    expect(tiersOf(desk, it.id)).toEqual([1, 2]);
    expect(desk.desk.pages.filter(({ escalationId }) => escalationId === it.id)).toHaveLength(2);
  });

  it('that comes late, after the timer, decides nothing, and the next tier is asked at its own time', async () => {
    const it = await desk.start({ severity: 'sev1', begins: true, handsOver: true });
    await desk.env.sleep(second);
    const dueAtMs = wakeAtMsOf(desk, it.id);
    await desk.env.sleep(dueAtMs + second - (await desk.env.currentTimeMs()));
    await it.handle.signal(signalNames.wake);
    await settled(it);
    expect(tiersOf(desk, it.id)).toEqual([1, 2]);
    const nextMs = wakeAtMsOf(desk, it.id);
    await desk.env.sleep(nextMs + second - (await desk.env.currentTimeMs()));
    expect(tiersOf(desk, it.id)).toEqual([1, 2, 3]);
  });
});

describe('where the timers do not fire', () => {
  let desk: DeskEnv;
  beforeAll(async () => {
    const workflowsPath = join(__dirname, 'deaf', 'index.ts');
    desk = await openDesk(undefined, bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') }));
  });
  afterAll(() => desk.close());

  it('a signal has what is due decided and paged, each time', async () => {
    const it = await desk.start({ severity: 'sev1', begins: true, handsOver: true });
    await desk.env.sleep(second);
    for (const tiers of [
      [1, 2],
      [1, 2, 3],
    ]) {
      const dueAtMs = wakeAtMsOf(desk, it.id);
      await desk.env.sleep(dueAtMs + second - (await desk.env.currentTimeMs()));
      expect(tiersOf(desk, it.id)).toEqual(tiers.slice(0, -1));
      await it.handle.signal(signalNames.wake);
      await until('it is decided', async () => tiersOf(desk, it.id).length === tiers.length);
      expect(tiersOf(desk, it.id)).toEqual(tiers);
      await until('it is paged', async () => desk.desk.pages.at(-1)?.page.tier === tiers.at(-1));
    }
  });

  it('one that was begun before there was this signal waits for its timer', async () => {
    desk.desk.flags = currentFlags.filter((flag) => flag !== 'woken_by_signal');
    const it = await desk.start({ severity: 'sev1', begins: true, handsOver: true });
    desk.desk.flags = currentFlags;
    await desk.env.sleep(30 * minute);
    await it.handle.signal(signalNames.wake);
    await settled(it);
    expect(tiersOf(desk, it.id)).toEqual([1]);
  });
});
