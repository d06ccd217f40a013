import { describe, expect, it } from '@jest/globals';
import { newEscalationId } from '../../contracts/ids.ts';
import { PendingQueue } from '../../worker/pending-queue.ts';

const madeAtMs = Date.UTC(2027, 0, 1);
const whole = { fromMs: 0, isWhole: true } as const;

/** Ids of escalations that came in one after the other, a millisecond apart. */
function made(count: number, fromMs = madeAtMs): readonly string[] {
  return Array.from({ length: count }, (_, index) => newEscalationId(fromMs + index));
}

function queueOf(ids: readonly string[], severity: 'sev1' | 'sev3' = 'sev3'): PendingQueue {
  const queue = new PendingQueue();
  queue.note(ids, whole, 0);
  for (const id of ids) queue.learn(id, severity);
  return queue;
}

describe('which pending escalations are started next', () => {
  it('leaves those alone that came in a moment ago, for their intake starts them', () => {
    const ids = made(1);
    const queue = queueOf(ids);
    expect(queue.next(10, 149)).toEqual([]);
    expect(queue.next(10, 150)).toEqual(ids);
  });

  it('starts the most severe first, however many came before them', () => {
    const many = made(3_000);
    const urgent = made(1, madeAtMs + 10_000)[0] ?? '';
    const queue = queueOf([...many, urgent]);
    queue.learn(urgent, 'sev1');
    expect(queue.next(3, 1_000)).toEqual([urgent, many[0], many[1]]);
  });

  it('starts one that did not begin again after 5 s, then after twice as long each time, and lets all others pass', () => {
    const [first = '', second = ''] = made(2);
    const queue = queueOf([first, second]);
    queue.started(first, 1_000);
    expect(queue.next(10, 5_999)).toEqual([second]);
    expect(queue.next(10, 6_000)).toEqual([second, first]);
    queue.started(first, 6_000);
    expect(queue.next(10, 15_999)).toEqual([second]);
    expect(queue.next(10, 16_000)).toEqual([second, first]);
  });

  it('adopts one without a record once nobody can still be writing it', () => {
    const ids = made(1);
    const queue = new PendingQueue();
    queue.note(ids, whole, 0);
    expect(queue.unknown(150)).toEqual(ids);
    expect(queue.next(10, 2_999)).toEqual([]);
    expect(queue.next(10, 3_000)).toEqual(ids);
    expect(queue.severityOf(ids[0] ?? '')).toBeNull();
  });
});

describe('the pace of starts', () => {
  it('is 200 in a second, counted whether or not they are still listed', () => {
    const ids = made(3);
    const queue = queueOf(ids);
    expect(queue.room(0)).toBe(200);
    queue.started(ids[0] ?? '', 0);
    queue.started(ids[1] ?? '', 600);
    queue.note([], whole, 700);
    expect(queue.room(999)).toBe(198);
    expect(queue.room(1_000)).toBe(199);
    expect(queue.room(1_600)).toBe(200);
  });

  it('is 20 while more than 120 new ones a second appear, without those that waited before anyone looked', () => {
    const waited = made(1_000);
    const queue = queueOf(waited);
    const calm = [...waited, ...made(120, madeAtMs + 60_000)];
    queue.note(calm, whole, 100);
    queue.note(calm, whole, 200);
    expect(queue.room(300)).toBe(200);
    const burst = [...calm, ...made(1, madeAtMs + 70_000)];
    queue.note(burst, whole, 300);
    queue.started(waited[0] ?? '', 300);
    expect(queue.room(300)).toBe(19);
    expect(queue.room(1_099)).toBe(19);
    expect(queue.room(1_100)).toBe(199);
  });
});

describe('what is read of the list', () => {
  it('is all of it every two seconds and its newest end in between', () => {
    const queue = new PendingQueue();
    expect(queue.readFromMs(0)).toBe(0);
    queue.note(made(10), whole, 0);
    expect(queue.readFromMs(1_999)).toBe(madeAtMs + 9 - 2_000);
    expect(queue.readFromMs(2_000)).toBe(0);
  });

  it('keeps what the part that was read says nothing about', () => {
    const old = made(2);
    const [recent = '', begun = ''] = made(2, madeAtMs + 60_000);
    const queue = queueOf([...old, recent, begun]);
    queue.note([recent], { fromMs: madeAtMs + 50_000, isWhole: true }, 500);
    expect(queue.next(10, 1_000)).toEqual([...old, recent]);
    queue.note([old[0] ?? ''], { fromMs: 0, isWhole: false }, 2_500);
    expect(queue.next(10, 3_000)).toEqual([...old, recent]);
    queue.note([old[0] ?? ''], whole, 5_000);
    expect(queue.next(10, 6_000)).toEqual([old[0]]);
  });
});
