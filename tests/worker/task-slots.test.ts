import { describe, expect, it } from '@jest/globals';
import type { SlotPermit, SlotReserveContext } from '@temporalio/worker';
import { notBehind } from '../../worker/pending-queue.ts';
import { TaskSlots } from '../../worker/task-slots.ts';

function wanted(isSticky: boolean, taskQueue = 'test'): SlotReserveContext {
  return { slotType: 'workflow', taskQueue, workerIdentity: 'test', workerBuildId: '', isSticky };
}
const held = wanted(true);
const unheld = wanted(false);

/** Takes as many as there are for polls without waiting. */
async function takeAll(slots: TaskSlots, context: SlotReserveContext): Promise<readonly SlotPermit[]> {
  const permits: SlotPermit[] = [];
  for (;;) {
    const abort = new AbortController();
    const reserved = slots.reserveSlot(context, abort.signal).catch(() => null);
    abort.abort();
    const permit = await reserved;
    if (permit === null) return permits;
    permits.push(permit);
  }
}

/** Takes as many as there are for first tasks. */
function takeFirst(slots: TaskSlots, taskQueue = 'test'): readonly SlotPermit[] {
  const permits: SlotPermit[] = [];
  for (;;) {
    const permit = slots.tryReserveSlot(wanted(false, taskQueue));
    if (permit === null) return permits;
    permits.push(permit);
  }
}

/** A reservation, and whether it was granted so far. */
function reservation(slots: TaskSlots, context: SlotReserveContext) {
  const abort = new AbortController();
  const seen: { permit?: SlotPermit; error?: unknown } = {};
  const settled = slots.reserveSlot(context, abort.signal).then(
    (permit) => void (seen.permit = permit),
    (error: unknown) => void (seen.error = error),
  );
  return { abort, seen, settled };
}

/** Lets everything that is settled be told. */
function told(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

describe('slots for workflow tasks', () => {
  it('are twenty-eight, of workflows in memory or not', async () => {
    expect(await takeAll(new TaskSlots(), unheld)).toHaveLength(28);
    expect(await takeAll(new TaskSlots(), held)).toHaveLength(28);
  });

  it('are granted to those that wait as they come back, in turn', async () => {
    const slots = new TaskSlots();
    const [permit = {}, other = {}] = await takeAll(slots, held);
    const first = reservation(slots, unheld);
    const second = reservation(slots, held);
    slots.releaseSlot({ permit });
    await first.settled;
    await told();
    expect(second.seen).toEqual({});
    slots.releaseSlot({ permit: other });
    await second.settled;
    expect(second.seen.permit).toBeDefined();
    expect(await takeAll(slots, held)).toEqual([]);
  });

  it('are two for workflows that are not in memory while accepted ones wait for their start, and all for the others', async () => {
    const slots = new TaskSlots();
    slots.behind = { waitedMs: 300, tasksGiveWay: true };
    const few = await takeAll(slots, unheld);
    expect(few).toHaveLength(2);
    expect(await takeAll(slots, held)).toHaveLength(26);
    for (const permit of few) slots.releaseSlot({ permit });
    expect(await takeAll(slots, unheld)).toHaveLength(2);
  });

  it('lets those that gave way go on as soon as nobody waits', async () => {
    const slots = new TaskSlots();
    slots.behind = { waitedMs: 300, tasksGiveWay: true };
    await takeAll(slots, unheld);
    const third = reservation(slots, unheld);
    const sticky = reservation(slots, held);
    await sticky.settled;
    await told();
    expect(third.seen).toEqual({});
    slots.behind = notBehind;
    await third.settled;
    expect(third.seen.permit).toBeDefined();
    expect(await takeAll(slots, unheld)).toHaveLength(24);
  });

  it('are divided evenly over task queues, and what one gives back is its own', async () => {
    const slots = new TaskSlots(2);
    const other = wanted(true, 'other');
    const [permit = {}, ...rest] = await takeAll(slots, held);
    expect(rest).toHaveLength(13);
    expect(await takeAll(slots, other)).toHaveLength(14);
    const first = reservation(slots, other);
    const second = reservation(slots, held);
    slots.releaseSlot({ permit });
    await second.settled;
    await told();
    expect(second.seen.permit).toBeDefined();
    expect(first.seen).toEqual({});
  });

  it('are one of each of two task queues for what is not in memory while others wait', async () => {
    const slots = new TaskSlots(2);
    slots.behind = { waitedMs: 300, tasksGiveWay: true };
    expect(await takeAll(slots, unheld)).toHaveLength(1);
    expect(await takeAll(slots, wanted(false, 'other'))).toHaveLength(1);
    expect(await takeAll(slots, held)).toHaveLength(13);
  });

  it('forgets a reservation that is called off', async () => {
    const slots = new TaskSlots();
    const [permit = {}] = await takeAll(slots, held);
    const gone = reservation(slots, held);
    gone.abort.abort();
    await gone.settled;
    expect(gone.seen.error).toBe(gone.abort.signal.reason);
    slots.releaseSlot({ permit });
    expect(await takeAll(slots, held)).toHaveLength(1);
  });

  it('are as many again for first tasks that come with a start, which polls do not take from them', async () => {
    const slots = new TaskSlots(2);
    expect(await takeAll(slots, held)).toHaveLength(14);
    const [permit = {}, ...rest] = takeFirst(slots);
    expect(rest).toHaveLength(13);
    expect(takeFirst(slots, 'other')).toHaveLength(14);
    slots.releaseSlot({ permit });
    expect(await takeAll(slots, held)).toEqual([]);
    expect(takeFirst(slots)).toHaveLength(1);
  });

  it.each([
    [0, 14],
    [300, 14],
    [450, 11],
    [600, 7],
    [900, 1],
    [30_000, 1],
  ])('lets fewer first tasks come with their start where others have waited for %i ms', async (waitedMs, most) => {
    const slots = new TaskSlots(2);
    slots.behind = { waitedMs, tasksGiveWay: false };
    expect(takeFirst(slots)).toHaveLength(most);
    expect(await takeAll(slots, unheld)).toHaveLength(14);
  });
});
