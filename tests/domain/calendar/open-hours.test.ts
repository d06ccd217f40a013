import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { clipIntervals, mergeIntervals, subtractIntervals } from '../../../domain/calendar/intervals.ts';
import type { Interval } from '../../../domain/calendar/intervals.ts';
import {
  ALWAYS_OPEN,
  closedIntervals,
  dueAfter,
  isOpenAt,
  openMsBetween,
  withoutPauses,
} from '../../../domain/calendar/open-hours.ts';
import type { OpenHours } from '../../../domain/calendar/open-hours.ts';

const hours: OpenHours = {
  id: 'test',
  coveredFromMs: 0,
  coveredUntilMs: 100,
  intervals: [
    [10, 20],
    [30, 40],
    [90, 100],
  ],
};

describe('open hours', () => {
  it('count open time only', () => {
    expect(openMsBetween(hours, 0, 100)).toBe(30);
    expect(openMsBetween(hours, 15, 35)).toBe(10);
    expect(openMsBetween(hours, 20, 30)).toBe(0);
    expect(openMsBetween(hours, 35, 15)).toBe(0);
  });

  it('know nothing outside of their coverage', () => {
    expect(openMsBetween(hours, -1, 50)).toBeNull();
    expect(openMsBetween(hours, 50, 101)).toBeNull();
    expect(isOpenAt(hours, -1)).toBeNull();
    expect(isOpenAt(hours, 100)).toBeNull();
    expect(dueAfter(hours, 100, 0)).toBeNull();
    expect(dueAfter(hours, -1, 0)).toBeNull();
  });

  it('are open at opening and closed at closing', () => {
    expect([9, 10, 19, 20].map((atMs) => isOpenAt(hours, atMs))).toEqual([false, true, true, false]);
  });

  it('make a deadline at closing time due at the next opening', () => {
    expect(dueAfter(hours, 10, 9)).toBe(19);
    expect(dueAfter(hours, 10, 10)).toBe(30);
    expect(dueAfter(hours, 0, 0)).toBe(10);
    expect(dueAfter(hours, 20, 0)).toBe(30);
  });

  it('leave a deadline beyond the coverage unknown', () => {
    expect(dueAfter(hours, 0, 29)).toBe(99);
    expect(dueAfter(hours, 0, 30)).toBeNull();
  });

  it('list their closed stretches within the coverage', () => {
    expect(closedIntervals(hours, 15, 95)).toEqual([
      [20, 30],
      [40, 90],
    ]);
    expect(closedIntervals(hours, -50, 5)).toEqual([[0, 5]]);
    expect(closedIntervals(hours, 100, 200)).toEqual([]);
  });

  it('never close round the clock', () => {
    const nowMs = Date.UTC(2024, 1, 29);
    expect(openMsBetween(ALWAYS_OPEN, nowMs, nowMs + 12_345)).toBe(12_345);
    expect(dueAfter(ALWAYS_OPEN, nowMs, 12_345)).toBe(nowMs + 12_345);
    expect(isOpenAt(ALWAYS_OPEN, nowMs)).toBe(true);
    expect(closedIntervals(ALWAYS_OPEN, nowMs, nowMs + 1)).toEqual([]);
  });

  it('do not count a paused instant, however often it is paused', () => {
    const paused = withoutPauses(hours, [
      [35, 95],
      [12, 14],
      [13, 16],
    ]);
    expect(openMsBetween(paused, 0, 100)).toBe(16);
    expect(dueAfter(paused, 10, 2)).toBe(16);
    expect(dueAfter(paused, 10, 11)).toBe(95);
  });

  it('are found quickly among a hundred years of intervals', () => {
    const dayMs = 86_400_000;
    const intervals = Array.from({ length: 36_500 }, (_, day): Interval => [day * dayMs, day * dayMs + 1000]);
    const long: OpenHours = { id: 'long', coveredFromMs: 0, coveredUntilMs: 36_500 * dayMs, intervals };
    let sum = 0;
    for (let index = 0; index < 100_000; index += 1)
      sum += isOpenAt(long, ((index * 7919) % 36_500) * dayMs) === true ? 1 : 0;
    expect(sum).toBe(100_000);
  });
});

const LENGTH = 60;
const someIntervals: fc.Arbitrary<Interval[]> = fc.array(
  fc.tuple(fc.integer({ min: 0, max: LENGTH }), fc.integer({ min: 0, max: LENGTH })),
  { maxLength: 8 },
);
/** Which of the instants 0 … LENGTH-1 lie in some interval. */
const marks = (intervals: readonly Interval[]): readonly boolean[] =>
  Array.from({ length: LENGTH }, (_, atMs) => intervals.some(([startMs, endMs]) => startMs <= atMs && atMs < endMs));
const isMerged = (intervals: readonly Interval[]): boolean =>
  intervals.every(([startMs, endMs], index) => startMs < endMs && (intervals[index - 1]?.[1] ?? -1) < startMs);

describe('intervals, instant by instant', () => {
  it('are merged, subtracted and clipped without losing or inventing an instant', () => {
    fc.assert(
      fc.property(someIntervals, someIntervals, fc.nat(LENGTH), fc.nat(LENGTH), (a, b, fromMs, toMs) => {
        const [baseMarks, holeMarks] = [marks(a), marks(b)];
        const merged = mergeIntervals(a);
        expect(isMerged(merged)).toBe(true);
        expect(marks(merged)).toEqual(baseMarks);
        const left = subtractIntervals(merged, mergeIntervals(b));
        expect(isMerged(left)).toBe(true);
        expect(marks(left)).toEqual(baseMarks.map((isIn, atMs) => isIn && holeMarks[atMs] === false));
        const clipped = clipIntervals(merged, fromMs, toMs);
        expect(isMerged(clipped)).toBe(true);
        expect(marks(clipped)).toEqual(baseMarks.map((isIn, atMs) => isIn && fromMs <= atMs && atMs < toMs));
      }),
    );
  });

  it('add up: any split of a span has the open time of the whole', () => {
    fc.assert(
      fc.property(someIntervals, fc.nat(LENGTH), fc.nat(LENGTH), fc.nat(LENGTH), (a, x, y, z) => {
        const [fromMs = 0, middleMs = 0, toMs = 0] = [x, y, z].toSorted((one, other) => one - other);
        const open: OpenHours = { id: '', coveredFromMs: 0, coveredUntilMs: LENGTH, intervals: mergeIntervals(a) };
        const parts = [openMsBetween(open, fromMs, middleMs), openMsBetween(open, middleMs, toMs)];
        expect((parts[0] ?? NaN) + (parts[1] ?? NaN)).toBe(openMsBetween(open, fromMs, toMs));
        const closedMs = closedIntervals(open, fromMs, toMs).reduce(
          (sum, [startMs, endMs]) => sum + endMs - startMs,
          0,
        );
        expect(closedMs + (openMsBetween(open, fromMs, toMs) ?? NaN)).toBe(toMs - fromMs);
      }),
    );
  });
});
