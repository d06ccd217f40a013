import type { OpenHours } from '../calendar/open-hours.ts';
import type { CoverTimeline } from './coverage.ts';

/** An instant at which something changes that the core asks about: a calendar opens, a window ends, nobody is there. */
export interface Edge {
  readonly atMs: number;
  /** What changes and to what, such as `office+`. Equal words are equal changes. */
  readonly what: string;
  /** Pages that go out on either side of it may be treated otherwise: it holds them, or nobody is behind them. */
  readonly stopsPages: boolean;
}

/** A stretch of time in which nothing changes. */
export interface Stretch {
  readonly fromMs: number;
  readonly untilMs: number;
  /**
   * Stretches of equal kinds are as long as each other, in the same state, and followed by the same changes at the same
   * distances for `aheadMs`.
   */
  kind(aheadMs: number): string;
}

export function calendarEdges(name: string, hours: OpenHours, stopsPages: boolean): readonly Edge[] {
  return hours.intervals.flatMap(([startMs, endMs]) => [
    { atMs: startMs, what: `${name}+`, stopsPages },
    { atMs: endMs, what: `${name}-`, stopsPages },
  ]);
}

export function gapEdges(timeline: CoverTimeline): readonly Edge[] {
  const covered = new Map(timeline.stretches.map((stretch) => [stretch.startMs, stretch.people.length > 0]));
  return timeline.gapEdgesMs.map((atMs) => ({
    atMs,
    what: `${timeline.key}${covered.get(atMs) === true ? '+' : '-'}`,
    stopsPages: true,
  }));
}

/** Cuts `[fromMs, untilMs)` at the edges. */
export function stretchesBetween(
  edges: readonly Edge[],
  range: { readonly fromMs: number; readonly untilMs: number },
): readonly Stretch[] {
  const moments = mergedByInstant(edges);
  const state = new Map<string, string>();
  let next = 0;
  for (; next < moments.length && (moments[next]?.atMs ?? Infinity) <= range.fromMs; next += 1) {
    apply(state, moments[next]?.changes ?? []);
  }
  const stretches: Stretch[] = [];
  let fromMs = range.fromMs;
  while (fromMs < range.untilMs) {
    const untilMs = Math.min(moments[next]?.atMs ?? Infinity, range.untilMs);
    const now = `${[...state.values()].toSorted().join(',')} ${untilMs - fromMs}`;
    const following = next;
    stretches.push({ fromMs, untilMs, kind: (aheadMs) => `${now}${textOf(moments, following, untilMs, aheadMs)}` });
    apply(state, moments[next]?.changes ?? []);
    next += 1;
    fromMs = untilMs;
  }
  return stretches;
}

interface Moment {
  readonly atMs: number;
  readonly changes: readonly string[];
}

/** The moments from one on that lie within a time after `sinceMs`, with their distances from it. */
function textOf(moments: readonly Moment[], from: number, sinceMs: number, aheadMs: number): string {
  let text = '';
  for (let index = from; index < moments.length; index += 1) {
    const moment = moments[index];
    if (moment === undefined || moment.atMs > sinceMs + aheadMs) break;
    text += ` ${moment.atMs - sinceMs}${moment.changes.join(',')}`;
  }
  return text;
}

/** What a source is now: the last change of it. */
function apply(state: Map<string, string>, changes: readonly string[]): void {
  for (const change of changes) state.set(change.slice(0, -1), change);
}

function mergedByInstant(edges: readonly Edge[]): readonly Moment[] {
  const byInstant = new Map<number, Set<string>>();
  for (const { atMs, what } of edges) byInstant.set(atMs, (byInstant.get(atMs) ?? new Set()).add(what));
  return [...byInstant]
    .toSorted(([a], [b]) => a - b)
    .map(([atMs, changes]) => ({ atMs, changes: [...changes].toSorted() }));
}

/** The first index for which it holds, where it holds for all after it too. */
export function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
