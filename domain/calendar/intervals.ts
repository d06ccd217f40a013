/**
 * A half-open stretch of time `[startMs, endMs)` in integer epoch milliseconds, `startMs < endMs`.
 */
export type Interval = readonly [startMs: number, endMs: number];

/**
 * Sorts intervals, drops empty ones and joins those that overlap or touch.
 *
 * @param intervals in any order, overlapping or not; an interval whose end is not after its start counts as empty
 * @returns sorted, disjoint intervals, of which no two touch
 */
export function mergeIntervals(intervals: readonly Interval[]): readonly Interval[] {
  const sorted = intervals.filter(([startMs, endMs]) => startMs < endMs).toSorted((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [startMs, endMs] of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && startMs <= last[1]) last[1] = Math.max(last[1], endMs);
    else merged.push([startMs, endMs]);
  }
  return merged;
}

/**
 * What is in `base` and in none of `holes`.
 *
 * @param base merged intervals
 * @param holes merged intervals
 * @returns merged intervals
 */
export function subtractIntervals(base: readonly Interval[], holes: readonly Interval[]): readonly Interval[] {
  const left: Interval[] = [];
  let next = 0;
  for (const [startMs, endMs] of base) {
    let cursorMs = startMs;
    while (next < holes.length && (holes[next]?.[1] ?? Infinity) <= startMs) next += 1;
    for (let index = next; index < holes.length; index += 1) {
      const hole = holes[index];
      if (hole === undefined || hole[0] >= endMs) break;
      if (hole[0] > cursorMs) left.push([cursorMs, hole[0]]);
      cursorMs = Math.max(cursorMs, hole[1]);
    }
    if (cursorMs < endMs) left.push([cursorMs, endMs]);
  }
  return left;
}

/**
 * The parts of `intervals` that lie within `[fromMs, toMs)`.
 *
 * @param intervals merged intervals
 * @returns merged intervals
 */
export function clipIntervals(intervals: readonly Interval[], fromMs: number, toMs: number): readonly Interval[] {
  const clipped: Interval[] = [];
  for (let index = firstEndingAfter(intervals, fromMs); index < intervals.length; index += 1) {
    const interval = intervals[index];
    if (interval === undefined || interval[0] >= toMs) break;
    const startMs = Math.max(interval[0], fromMs);
    const endMs = Math.min(interval[1], toMs);
    if (startMs < endMs) clipped.push([startMs, endMs]);
  }
  return clipped;
}

/**
 * The index of the first interval that ends after `atMs`, or `intervals.length` where none does. O(log n).
 *
 * @param intervals merged intervals
 */
export function firstEndingAfter(intervals: readonly Interval[], atMs: number): number {
  let low = 0;
  let high = intervals.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((intervals[middle]?.[1] ?? Infinity) > atMs) high = middle;
    else low = middle + 1;
  }
  return low;
}
