import type { Interval } from '../calendar/intervals.ts';

/** Who is on call over a range of time, in absolute stretches, ready to be asked without a time zone. */
export interface FinalSchedule {
  /** The schedule's name. */
  readonly name: string;
  /** What lies outside `[coveredFromMs, coveredUntilMs)` is unknown. */
  readonly coveredFromMs: number;
  readonly coveredUntilMs: number;
  /** Stretches with somebody on call: sorted, disjoint, each as long as nothing about it changes. */
  readonly stretches: readonly OnCallStretch[];
  /** When somebody is expected to be on call and nobody is. */
  readonly gaps: readonly Interval[];
  readonly conflicts: readonly Conflict[];
}

/** `[startMs, endMs)` in epoch milliseconds, with at least one assignment. */
export interface OnCallStretch {
  readonly startMs: number;
  readonly endMs: number;
  readonly onCall: readonly Assignment[];
}

/** Why a person is on call. */
export interface Assignment {
  readonly personId: string;
  readonly cause: AssignmentCause;
  /** The layer that the person serves in, null for an override of everybody. */
  readonly layer: string | null;
  readonly rotation: string | null;
  /** The person in whose place an override or swap puts this one. */
  readonly inPlaceOf: string | null;
}

export type AssignmentCause = 'rotation' | 'override' | 'swap';

/** Something that a programme manager should look at; the final schedule has an answer all the same. */
export interface Conflict {
  readonly kind: ConflictKind;
  readonly startMs: number;
  readonly endMs: number;
  /** Whom it is about, in order of their ids. */
  readonly personIds: readonly string[];
  readonly layer: string | null;
}

/**
 * - `on_leave`: would be on call and is on leave; the person is left out, and whoever is next (a lower layer) or nobody serves.
 * - `unknown_person`: on call, but not among the known people.
 * - `double_booked`: several people of one layer at once; all of them are on call.
 * - `overlapping_overrides`: several people each replace everybody at once; all of them are on call.
 * - `nobody_replaced`: an override or swap in the place of somebody who is not on call then; it has no effect.
 */
export type ConflictKind =
  | 'on_leave'
  | 'unknown_person'
  | 'double_booked'
  | 'overlapping_overrides'
  | 'nobody_replaced';

/**
 * The ids of the people on call at an instant, in the order of the schedule.
 *
 * @returns nobody in a gap, and nobody outside of the coverage: ask `covers` where the difference matters
 */
export function onCallAt(schedule: FinalSchedule, atMs: number): readonly string[] {
  return peopleOf(stretchAt(schedule, atMs));
}

/** Whether the schedule knows about an instant at all. */
export function covers(schedule: FinalSchedule, atMs: number): boolean {
  return schedule.coveredFromMs <= atMs && atMs < schedule.coveredUntilMs;
}

/** The stretch at an instant with the causes of its assignments, null in a gap and outside of the coverage. O(log n). */
export function stretchAt(schedule: FinalSchedule, atMs: number): OnCallStretch | null {
  const { stretches } = schedule;
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stretches[middle]?.endMs ?? Infinity) > atMs) high = middle;
    else low = middle + 1;
  }
  const stretch = stretches[low];
  return stretch !== undefined && stretch.startMs <= atMs ? stretch : null;
}

/** The ids of the people of a stretch, each once. */
export function peopleOf(stretch: OnCallStretch | null): readonly string[] {
  return stretch === null ? [] : [...new Set(stretch.onCall.map(({ personId }) => personId))];
}

/**
 * The part of a schedule that lies in `[fromMs, untilMs)`, as far as it is covered.
 */
export function scheduleBetween(schedule: FinalSchedule, fromMs: number, untilMs: number): FinalSchedule {
  const coveredFromMs = Math.max(schedule.coveredFromMs, fromMs);
  const coveredUntilMs = Math.max(coveredFromMs, Math.min(schedule.coveredUntilMs, untilMs));
  const clip = <T extends { readonly startMs: number; readonly endMs: number }>(items: readonly T[]): readonly T[] =>
    items
      .map((item) => ({
        ...item,
        startMs: Math.max(item.startMs, coveredFromMs),
        endMs: Math.min(item.endMs, coveredUntilMs),
      }))
      .filter(({ startMs, endMs }) => startMs < endMs);
  return {
    name: schedule.name,
    coveredFromMs,
    coveredUntilMs,
    stretches: clip(schedule.stretches),
    gaps: clip(schedule.gaps.map(([startMs, endMs]) => ({ startMs, endMs }))).map(({ startMs, endMs }) => [
      startMs,
      endMs,
    ]),
    conflicts: clip(schedule.conflicts),
  };
}
