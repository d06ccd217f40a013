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

/** A stretch of time in which nothing changes, with what comes after it. */
export interface Stretch {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Stretches of equal kinds are followed by the same changes after the same times. */
  readonly kind: string;
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

/**
 * Cuts `[fromMs, untilMs)` at the edges, and tells which of the stretches are alike: as long as each other, in the same
 * state, and followed by the same edges at the same distances for `aheadMs`.
 */
export function stretchesBetween(
  edges: readonly Edge[],
  range: { readonly fromMs: number; readonly untilMs: number },
  aheadMs: number,
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
    const endMs = moments[next]?.atMs ?? Infinity;
    const untilMs = Math.min(endMs, range.untilMs);
    const ahead: string[] = [[...state.values()].toSorted().join(','), String(untilMs - fromMs)];
    for (let index = next; index < moments.length; index += 1) {
      const moment = moments[index];
      if (moment === undefined || moment.atMs > untilMs + aheadMs) break;
      ahead.push(`${moment.atMs - untilMs}${moment.changes.join(',')}`);
    }
    stretches.push({ fromMs, untilMs, kind: ahead.join(' ') });
    apply(state, moments[next]?.changes ?? []);
    next += 1;
    fromMs = untilMs;
  }
  return stretches;
}

/** What a source is now: the last change of it. */
function apply(state: Map<string, string>, changes: readonly string[]): void {
  for (const change of changes) state.set(change.slice(0, -1), change);
}

function mergedByInstant(
  edges: readonly Edge[],
): readonly { readonly atMs: number; readonly changes: readonly string[] }[] {
  const byInstant = new Map<number, Set<string>>();
  for (const { atMs, what } of edges) byInstant.set(atMs, (byInstant.get(atMs) ?? new Set()).add(what));
  return [...byInstant]
    .toSorted(([a], [b]) => a - b)
    .map(([atMs, changes]) => ({ atMs, changes: [...changes].toSorted() }));
}
