import { clipIntervals, mergeIntervals, subtractIntervals } from '../calendar/intervals.ts';
import type { Interval } from '../calendar/intervals.ts';
import type { Assignment, Conflict, ConflictKind, FinalSchedule, OnCallStretch } from './final-schedule.ts';

/** A schedule whose wall times have been turned into instants, before its parts are laid over each other. */
export interface ExpandedSchedule {
  readonly name: string;
  readonly coveredFromMs: number;
  readonly coveredUntilMs: number;
  /** From the lowest to the highest: a later layer takes the place of an earlier one wherever it has somebody. */
  readonly layers: readonly ExpandedLayer[];
  readonly overrides: readonly Override[];
  readonly leave: readonly Leave[];
  /** When somebody is expected to be on call, merged. */
  readonly expected: readonly Interval[];
  /** Null where the people are not known, so that nobody counts as unknown. */
  readonly knownPeople: readonly string[] | null;
}

export interface ExpandedLayer {
  readonly name: string;
  readonly shifts: readonly Shift[];
}

/** One person's turn in a rotation, `[startMs, endMs)`. */
export interface Shift {
  readonly personId: string;
  readonly rotation: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** Puts a person on call in the place of another, or of everybody. */
export interface Override {
  readonly personId: string;
  readonly cause: 'override' | 'swap';
  readonly replaces: string | null;
  readonly startMs: number;
  readonly endMs: number;
}

export interface Leave {
  readonly personId: string;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Lays layers, overrides, swaps and leave over each other.
 *
 * At each instant: overrides of everybody come first; otherwise the highest layer that has somebody. Within a layer an
 * override or swap in somebody's place changes that person's shifts. Who is on leave is on call in no way. What this changes
 * against somebody's plan is listed as a conflict; leave that an override covers is none.
 */
export function composeSchedule(schedule: ExpandedSchedule): FinalSchedule {
  const { name, coveredFromMs, coveredUntilMs } = schedule;
  const edges = edgesOf(schedule);
  const sweep = new Sweep(schedule);
  const conflicts = new ConflictLog();
  const knownPeople = schedule.knownPeople === null ? null : new Set(schedule.knownPeople);
  const pieces = edges.slice(0, -1).map((startMs, index) => {
    const endMs = edges[index + 1] ?? startMs;
    const onCall = assign(sweep.activeAt(startMs), knownPeople, (conflict) => {
      conflicts.add({ ...conflict, startMs, endMs });
    });
    return { startMs, endMs, onCall };
  });
  const stretches = joinPieces(pieces);
  const covered = mergeIntervals(stretches.map(({ startMs, endMs }): Interval => [startMs, endMs]));
  const expected = clipIntervals(schedule.expected, coveredFromMs, coveredUntilMs);
  const gaps = subtractIntervals(expected, covered);
  return { name, coveredFromMs, coveredUntilMs, stretches, gaps, conflicts: conflicts.list() };
}

/** What of a schedule is going on at one instant. */
interface Active {
  readonly layers: readonly { readonly name: string; readonly shifts: readonly Shift[] }[];
  readonly overrides: readonly Override[];
  readonly onLeave: ReadonlySet<string>;
}

type Report = (conflict: Omit<Conflict, 'startMs' | 'endMs'>) => void;

function assign(active: Active, knownPeople: ReadonlySet<string> | null, report: Report): readonly Assignment[] {
  const isAvailable = ({ personId, layer }: Assignment): boolean => {
    if (!active.onLeave.has(personId)) return true;
    report({ kind: 'on_leave', personIds: [personId], layer });
    return false;
  };
  const forEverybody = active.overrides
    .filter(({ replaces }) => replaces === null)
    .map(({ personId, cause }) => ({ personId, cause, layer: null, rotation: null, inPlaceOf: null }))
    .filter(isAvailable);
  const onCall = forEverybody.length > 0 ? forEverybody : highestServing(active, isAvailable, report);
  for (const { personId, replaces } of active.overrides) {
    if (replaces === null || isRostered(active, replaces)) continue;
    report({ kind: 'nobody_replaced', personIds: distinct([personId, replaces]), layer: null });
  }
  const overriding = forEverybody.length < 2 ? [] : distinct(forEverybody.map(({ personId }) => personId));
  if (overriding.length > 1) report({ kind: 'overlapping_overrides', personIds: overriding, layer: null });
  for (const { personId, layer } of onCall) {
    if (knownPeople !== null && !knownPeople.has(personId)) {
      report({ kind: 'unknown_person', personIds: [personId], layer });
    }
  }
  return onCall;
}

function isRostered(active: Active, personId: string): boolean {
  return active.layers.some(({ shifts }) => shifts.some((shift) => shift.personId === personId));
}

/** The highest layer that has somebody; what lies below is not looked at, since it changes nothing. */
function highestServing(
  { layers, overrides }: Active,
  isAvailable: (assignment: Assignment) => boolean,
  report: Report,
): readonly Assignment[] {
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    const { name = '', shifts = [] } = layers[index] ?? {};
    const serving = shifts.flatMap((shift) => replace(shift, name, overrides)).filter(isAvailable);
    if (serving.length === 0) continue;
    const people = serving.length < 2 ? [] : distinct(serving.map(({ personId }) => personId));
    if (people.length > 1) report({ kind: 'double_booked', personIds: people, layer: name });
    return serving;
  }
  return [];
}

function replace(shift: Shift, layer: string, overrides: readonly Override[]): readonly Assignment[] {
  const { personId, rotation } = shift;
  const inPlace = overrides.filter(({ replaces }) => replaces === personId);
  if (inPlace.length === 0) return [{ personId, cause: 'rotation', layer, rotation, inPlaceOf: null }];
  return inPlace.map((override) => ({
    personId: override.personId,
    cause: override.cause,
    layer,
    rotation,
    inPlaceOf: personId,
  }));
}

/** Leaves out the pieces without anybody and joins neighbours that are the same. */
function joinPieces(pieces: readonly OnCallStretch[]): readonly OnCallStretch[] {
  const stretches: OnCallStretch[] = [];
  for (const piece of pieces) {
    if (piece.onCall.length === 0) continue;
    const last = stretches.at(-1);
    if (last !== undefined && last.endMs === piece.startMs && sameAssignments(last.onCall, piece.onCall)) {
      stretches[stretches.length - 1] = { ...last, endMs: piece.endMs };
    } else {
      stretches.push(piece);
    }
  }
  return stretches;
}

function sameAssignments(a: readonly Assignment[], b: readonly Assignment[]): boolean {
  return a.length === b.length && a.every((assignment, index) => sameAssignment(assignment, b[index]));
}

function sameAssignment(a: Assignment, b: Assignment | undefined): boolean {
  return (
    b !== undefined &&
    a.personId === b.personId &&
    a.cause === b.cause &&
    a.layer === b.layer &&
    a.rotation === b.rotation &&
    a.inPlaceOf === b.inPlaceOf
  );
}

function distinct(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)].toSorted();
}

interface Timed {
  readonly startMs: number;
  readonly endMs: number;
}

function edgesOf(schedule: ExpandedSchedule): readonly number[] {
  const { coveredFromMs, coveredUntilMs } = schedule;
  const timed: readonly Timed[] = [
    ...schedule.layers.flatMap(({ shifts }) => shifts),
    ...schedule.overrides,
    ...schedule.leave,
  ];
  const edges = new Set([coveredFromMs, coveredUntilMs]);
  for (const { startMs, endMs } of timed) {
    if (startMs > coveredFromMs && startMs < coveredUntilMs) edges.add(startMs);
    if (endMs > coveredFromMs && endMs < coveredUntilMs) edges.add(endMs);
  }
  return [...edges].toSorted((a, b) => a - b);
}

/** Walks through a schedule in the order of time, so that each part is looked at once. */
class Sweep {
  readonly #layers: readonly { readonly name: string; readonly queue: Queue<Shift> }[];
  readonly #overrides: Queue<Override>;
  readonly #leave: Queue<Leave>;

  constructor(schedule: ExpandedSchedule) {
    this.#layers = schedule.layers.map(({ name, shifts }) => ({ name, queue: new Queue(shifts) }));
    this.#overrides = new Queue(schedule.overrides);
    this.#leave = new Queue(schedule.leave);
  }

  /** `atMs` never goes back. */
  activeAt(atMs: number): Active {
    return {
      layers: this.#layers.map(({ name, queue }) => ({ name, shifts: queue.activeAt(atMs) })),
      overrides: this.#overrides.activeAt(atMs),
      onLeave: new Set(this.#leave.activeAt(atMs).map(({ personId }) => personId)),
    };
  }
}

class Queue<T extends Timed> {
  readonly #items: readonly T[];
  #next = 0;
  #active: readonly T[] = [];

  constructor(items: readonly T[]) {
    this.#items = items.filter(({ startMs, endMs }) => startMs < endMs).toSorted((a, b) => a.startMs - b.startMs);
  }

  activeAt(atMs: number): readonly T[] {
    const entering: T[] = [];
    for (
      let item = this.#items[this.#next];
      item !== undefined && item.startMs <= atMs;
      item = this.#items[this.#next]
    ) {
      entering.push(item);
      this.#next += 1;
    }
    if (entering.length === 0 && this.#active.every(({ endMs }) => endMs > atMs)) return this.#active;
    this.#active = [...this.#active, ...entering].filter(({ endMs }) => endMs > atMs);
    return this.#active;
  }
}

/** Joins conflicts that go on over an edge. */
class ConflictLog {
  readonly #open = new Map<string, Conflict>();
  readonly #done: Conflict[] = [];

  add(conflict: Conflict): void {
    const key = JSON.stringify([conflict.kind, conflict.personIds, conflict.layer]);
    const last = this.#open.get(key);
    if (last !== undefined && last.endMs >= conflict.startMs) {
      this.#open.set(key, { ...last, endMs: conflict.endMs });
      return;
    }
    if (last !== undefined) this.#done.push(last);
    this.#open.set(key, conflict);
  }

  list(): readonly Conflict[] {
    return [...this.#done, ...this.#open.values()].toSorted(
      (a, b) => a.startMs - b.startMs || compareKinds(a.kind, b.kind),
    );
  }
}

function compareKinds(a: ConflictKind, b: ConflictKind): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
