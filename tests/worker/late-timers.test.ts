import { beforeEach, describe, expect, it } from '@jest/globals';
import type { SlotPermit } from '@temporalio/worker';
import { taskTimeoutMs } from '../../contracts/temporal-names.ts';
import { LateTimers } from '../../worker/late-timers.ts';
import { TaskSlots } from '../../worker/task-slots.ts';

const context = {
  slotType: 'workflow',
  taskQueue: 'test',
  workerIdentity: 'test',
  workerBuildId: '',
  isSticky: true,
} as const;

let nowMs: number;
let slots: TaskSlots;
let timers: LateTimers;
let found: (readonly [string, number, number])[];

beforeEach(() => {
  nowMs = 0;
  found = [];
  slots = new TaskSlots(1, () => nowMs);
  timers = new LateTimers(
    slots,
    (...late) => void found.push(late),
    () => nowMs,
  );
});

/** A task that comes at a time. */
function comes(atMs: number): SlotPermit {
  nowMs = atMs;
  const permit = slots.tryReserveSlot(context) ?? {};
  slots.markSlotUsed({ permit });
  return permit;
}

function arms(escalationId: string, atMs: number): void {
  nowMs = atMs;
  timers.note(escalationId, atMs + 60_000);
}

function isAnswered(permit: SlotPermit, atMs: number): void {
  nowMs = atMs;
  slots.releaseSlot({ permit });
}

/** Sixty tasks in three seconds, each of which arms a timer and is answered at once. */
function sixtyQuickOnes(fromMs = 0): void {
  for (let n = 0; n < 60; n += 1) {
    const task = comes(fromMs + n * 50);
    arms(`esc_${n}`, fromMs + n * 50 + 10);
    isAnswered(task, fromMs + n * 50 + 40);
  }
}

describe('timers that come late', () => {
  it('are those that a task asked for whose answer the server got later than it waits for one', () => {
    const task = comes(1_000);
    arms('esc_a', 1_020);
    isAnswered(task, 1_001 + taskTimeoutMs);
    expect(found).toEqual([['esc_a', 61_020, taskTimeoutMs + 1]]);
  });

  it('are none where the server got the answer while it waited for it', () => {
    const task = comes(1_000);
    arms('esc_a', 1_020);
    isAnswered(task, 1_000 + taskTimeoutMs);
    expect(found).toEqual([]);
  });

  it('are none where the timer was asked for only just before the answer', () => {
    const task = comes(1_000);
    arms('esc_a', 8_000);
    isAnswered(task, 9_000);
    expect(found).toEqual([]);
  });

  it('may be any that were asked for since that task came, as it is not known which was its own', () => {
    const quick = comes(0);
    arms('esc_quick', 10);
    isAnswered(quick, 20);
    const slow = comes(1_000);
    arms('esc_slow', 1_010);
    const other = comes(1_020);
    arms('esc_other', 1_030);
    isAnswered(other, 1_040);
    isAnswered(slow, 9_000);
    expect(found.map(([id]) => id)).toEqual(['esc_slow', 'esc_other']);
  });

  it('are none where one task of very many was slow, while others went on being answered', () => {
    const slow = comes(0);
    sixtyQuickOnes();
    isAnswered(slow, 3_000);
    expect(found).toEqual([]);
  });

  it('are all of very many where no task was answered for so long', () => {
    const slow = comes(0);
    sixtyQuickOnes();
    isAnswered(slow, 6_000);
    expect(found).toHaveLength(60);
  });

  it('are all of very many for each task that was held while none was answered, whichever of them is answered first', () => {
    const slow = comes(0);
    arms('esc_slow', 10);
    sixtyQuickOnes();
    const last = comes(3_000);
    arms('esc_last', 3_010);
    const fresh = comes(8_990);
    isAnswered(fresh, 9_000);
    expect(found).toEqual([]);
    isAnswered(last, 9_001);
    expect(found.map(([id]) => id)).toEqual(['esc_last']);
    const after = comes(9_001);
    isAnswered(slow, 9_002);
    expect(found).toHaveLength(1 + 62);
    expect(found[1]).toEqual(['esc_slow', 60_010, 9_002]);
    isAnswered(after, 9_003);
  });

  it('are none of very many where what was silent had ended when the task came', () => {
    isAnswered(comes(0), 9_000);
    const slow = comes(9_000);
    sixtyQuickOnes(9_000);
    isAnswered(slow, 12_000);
    expect(found).toEqual([]);
  });

  it.each([
    [20, 20],
    [21, 0],
  ])('of %d that one slow task may have asked for among others, %d are', (asked, meant) => {
    const slow = comes(0);
    for (let n = 0; n < asked; n += 1) arms(`esc_${n}`, 10);
    isAnswered(comes(1_500), 1_510);
    isAnswered(slow, 2_500);
    expect(found).toHaveLength(meant);
  });

  it('are found once for each, for the instant asked for last', () => {
    const task = comes(0);
    arms('esc_a', 10);
    arms('esc_a', 500);
    isAnswered(task, 5_000);
    expect(found).toEqual([['esc_a', 60_500, 5_000]]);
  });

  it('are not remembered longer than a task may be in hand', () => {
    for (let n = 0; n < 100; n += 1) {
      const task = comes(n * 100);
      arms(`esc_${n}`, n * 100 + 10);
      isAnswered(task, n * 100 + 20);
    }
    expect(timers.size).toBeLessThan(3);
  });

  it('leaves a slot alone that was given back without a task', () => {
    const permit = slots.tryReserveSlot(context) ?? {};
    arms('esc_a', 10);
    isAnswered(permit, 9_000);
    expect(found).toEqual([]);
    expect(slots.oldestMs).toBeNull();
  });
});
