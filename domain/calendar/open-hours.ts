import { clipIntervals, firstEndingAfter, mergeIntervals, subtractIntervals } from './intervals.ts';
import type { Interval } from './intervals.ts';

/**
 * A business calendar as a clock sees it: absolute open intervals, expanded beforehand, so that no later time zone
 * database can change an answer.
 *
 * Each interval is half-open `[startMs, endMs)` in integer epoch milliseconds; they are sorted, disjoint, and no two
 * touch. What lies outside `[coveredFromMs, coveredUntilMs)` is unknown: neither open nor closed, never 24x7.
 */
export interface OpenHours {
  /** Hash of the content; equal ids mean equal answers. */
  readonly id: string;
  readonly coveredFromMs: number;
  readonly coveredUntilMs: number;
  readonly intervals: readonly Interval[];
}

/** Round the clock, for ever: the calendar of clocks that never stop. */
export const ALWAYS_OPEN: OpenHours = {
  id: 'always',
  coveredFromMs: Number.MIN_SAFE_INTEGER,
  coveredUntilMs: Number.MAX_SAFE_INTEGER,
  intervals: [[Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]],
};

/**
 * The open milliseconds in `[fromMs, toMs)`.
 *
 * @returns an exact integer; 0 where `toMs` is not after `fromMs`; null where either end lies outside the coverage
 */
export function openMsBetween(hours: OpenHours, fromMs: number, toMs: number): number | null {
  if (!coversSpan(hours, Math.min(fromMs, toMs), Math.max(fromMs, toMs))) return null;
  let sumMs = 0;
  for (let index = firstEndingAfter(hours.intervals, fromMs); index < hours.intervals.length; index += 1) {
    const interval = hours.intervals[index];
    if (interval === undefined || interval[0] >= toMs) break;
    sumMs += Math.min(interval[1], toMs) - Math.max(interval[0], fromMs);
  }
  return sumMs;
}

/**
 * The first open instant, at or after `fromMs`, by which `openMs` of open time have run since `fromMs`.
 *
 * A deadline that would fall exactly at closing time is due at the next opening, and `openMs = 0` in closed hours is
 * the next opening too.
 *
 * @param openMs not negative
 * @returns epoch milliseconds; null where the answer lies beyond the coverage, or `fromMs` outside it
 */
export function dueAfter(hours: OpenHours, fromMs: number, openMs: number): number | null {
  if (fromMs < hours.coveredFromMs || fromMs >= hours.coveredUntilMs) return null;
  let leftMs = Math.max(openMs, 0);
  for (let index = firstEndingAfter(hours.intervals, fromMs); index < hours.intervals.length; index += 1) {
    const interval = hours.intervals[index];
    if (interval === undefined) break;
    const startMs = Math.max(interval[0], fromMs);
    const lengthMs = interval[1] - startMs;
    if (leftMs < lengthMs) return startMs + leftMs;
    leftMs -= lengthMs;
  }
  return null;
}

/**
 * Whether the calendar is open at an instant: an opening instant is open, a closing instant is closed.
 *
 * @returns null where `atMs` lies outside the coverage
 */
export function isOpenAt(hours: OpenHours, atMs: number): boolean | null {
  if (atMs < hours.coveredFromMs || atMs >= hours.coveredUntilMs) return null;
  const interval = hours.intervals[firstEndingAfter(hours.intervals, atMs)];
  return interval !== undefined && interval[0] <= atMs;
}

/**
 * The closed stretches within `[fromMs, toMs)`, in order.
 *
 * What lies outside the coverage is unknown and therefore not listed.
 */
export function closedIntervals(hours: OpenHours, fromMs: number, toMs: number): readonly Interval[] {
  const startMs = Math.max(fromMs, hours.coveredFromMs);
  const endMs = Math.min(toMs, hours.coveredUntilMs);
  if (startMs >= endMs) return [];
  return subtractIntervals([[startMs, endMs]], clipIntervals(hours.intervals, startMs, endMs));
}

/**
 * The same calendar without its paused time: a paused instant does not count as open, however often it is paused.
 *
 * @param pauses in any order, overlapping or not; one that does not end is given `Number.MAX_SAFE_INTEGER`
 * @returns hours for arithmetic only: they keep the id of the calendar they were cut from
 */
export function withoutPauses(hours: OpenHours, pauses: readonly Interval[]): OpenHours {
  if (pauses.length === 0) return hours;
  return { ...hours, intervals: subtractIntervals(hours.intervals, mergeIntervals(pauses)) };
}

function coversSpan(hours: OpenHours, fromMs: number, toMs: number): boolean {
  return fromMs >= hours.coveredFromMs && toMs <= hours.coveredUntilMs;
}
