import { own } from '../own.ts';
import { firstEndingAfter } from '../calendar/intervals.ts';
import type { Target } from '../escalation/vocabulary.ts';
import { stretchAt } from '../on-call/final-schedule.ts';
import type { Directory } from './directory.ts';
import { resolveTargets } from './resolve-targets.ts';

/** Why nobody is paged in a stretch. */
export type Cover = 'covered' | 'nobody_on_call' | 'nobody_reachable' | 'not_expected';

/** One stretch in which targets lead to the same people. */
export interface CoverStretch {
  readonly startMs: number;
  readonly endMs: number;
  readonly cover: Cover;
  /** Person ids; equal sets of equal order are the same array. */
  readonly people: readonly string[];
  /** Number of this set of people, to compare by. */
  readonly set: number;
  /** How soon after the page the first of them is tried, in ms; null where nobody is. */
  readonly firstAttemptMs: number | null;
  /** Meant, and reached by nothing. */
  readonly unreachable: readonly string[];
}

/** Who is behind targets over the directory's coverage: sorted stretches without holes. */
export interface CoverTimeline {
  /** Equal targets have equal keys. */
  readonly key: string;
  readonly targets: readonly Target[];
  readonly stretches: readonly CoverStretch[];
  /** Starts of the stretches, for searching. */
  readonly startsMs: readonly number[];
  /** Beginnings and ends of stretches in which nobody is there; empty where somebody always, or never, is. */
  readonly gapEdgesMs: readonly number[];
  /** The longest that anybody takes from the page to the first attempt, in ms. */
  readonly slowestMs: number;
}

/**
 * Works out who is behind targets at every instant, by the points at which a schedule changes: nothing changes between.
 * What is outside of a schedule's expected hours is told apart from a gap.
 *
 * @param turn whose turn it is in teams that are asked in turn, from 0
 */
export function coverTimeline(directory: Directory, targets: readonly Target[], turn = 0): CoverTimeline {
  const { coveredFromMs, coveredUntilMs } = directory;
  const points = new Set<number>([coveredFromMs]);
  const schedules = targets.flatMap((target) => {
    const schedule = target.kind === 'schedule' ? own(directory.schedules, target.id) : undefined;
    return schedule === undefined ? [] : [schedule];
  });
  for (const schedule of schedules) {
    for (const { startMs, endMs } of schedule.stretches) points.add(startMs).add(endMs);
    for (const [startMs, endMs] of schedule.gaps) points.add(startMs).add(endMs);
  }
  const startsMs = [...points]
    .filter((atMs) => atMs >= coveredFromMs && atMs < coveredUntilMs)
    .toSorted((a, b) => a - b);
  const sets = new Map<string, { readonly set: number; readonly people: readonly string[] }>();
  const stretches = startsMs.map((startMs, index): CoverStretch => {
    const { recipients, unreachable } = resolveTargets(directory, targets, startMs, turn);
    const people = recipients.map(({ personId }) => personId);
    const key = people.join(',');
    const known = sets.get(key) ?? { set: sets.size, people };
    sets.set(key, known);
    const first = recipients.map(({ attempts }) => (attempts[0]?.atMs ?? startMs) - startMs);
    return {
      startMs,
      endMs: startsMs[index + 1] ?? coveredUntilMs,
      cover: people.length > 0 ? 'covered' : causeOfGap(schedules, startMs, unreachable, targets),
      ...known,
      firstAttemptMs: first.length === 0 ? null : Math.min(...first),
      unreachable,
    };
  });
  const gapEdgesMs = stretches.flatMap((stretch, index) => {
    const before = stretches[index - 1];
    return before === undefined || before.people.length > 0 === stretch.people.length > 0 ? [] : [stretch.startMs];
  });
  const slowestMs = stretches.reduce((most, { firstAttemptMs }) => Math.max(most, firstAttemptMs ?? 0), 0);
  return { key: keyOf(targets, turn), targets, stretches, startsMs, gapEdgesMs, slowestMs };
}

/** Lists of targets are those of the policy: each is written out once. */
const texts = new WeakMap<readonly Target[], string>();

function textOf(targets: readonly Target[]): string {
  const known = texts.get(targets) ?? JSON.stringify(targets);
  texts.set(targets, known);
  return known;
}

function keyOf(targets: readonly Target[], turn: number): string {
  return turn === 0 ? textOf(targets) : `${textOf(targets)}@${turn}`;
}

/** So that a tier of several large teams in turn does not lead to thousands of combinations. */
const mostTurns = 60;

/** Timelines of one directory, each worked out once. */
export class CoverTimelines {
  readonly #directory: Directory;
  readonly #timelines = new Map<string, CoverTimeline>();
  readonly #turns = new Map<string, number>();

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  /** Who is behind targets, on a turn; any number of it, for turns come round again. */
  of(targets: readonly Target[], turn = 0): CoverTimeline {
    const own = turn % this.turns(targets);
    const key = keyOf(targets, own);
    const timeline = this.#timelines.get(key) ?? coverTimeline(this.#directory, targets, own);
    this.#timelines.set(key, timeline);
    return timeline;
  }

  /** After how many turns the same people are asked again; 1 where nobody is asked in turn. */
  turns(targets: readonly Target[]): number {
    if (!targets.some((target) => target.kind === 'team' && target.inTurn === true)) return 1;
    const key = textOf(targets);
    const known = this.#turns.get(key);
    if (known !== undefined) return known;
    let turns = 1;
    for (const target of targets) {
      if (target.kind !== 'team' || target.inTurn !== true) continue;
      const everyone = resolveTargets(
        this.#directory,
        [{ kind: 'team', id: target.id }],
        this.#directory.coveredFromMs,
      );
      turns = leastCommonMultiple(turns, Math.max(1, everyone.recipients.length));
    }
    this.#turns.set(key, Math.min(turns, mostTurns));
    return Math.min(turns, mostTurns);
  }
}

function leastCommonMultiple(a: number, b: number): number {
  let [left, right] = [a, b];
  while (right !== 0) [left, right] = [right, left % right];
  return (a / left) * b;
}

function causeOfGap(
  schedules: readonly Directory['schedules'][string][],
  atMs: number,
  unreachable: readonly string[],
  targets: readonly Target[],
): Cover {
  if (unreachable.length > 0) return 'nobody_reachable';
  const onlySchedules = targets.every((target) => target.kind === 'schedule');
  const expected = schedules.some(
    (schedule) =>
      stretchAt(schedule, atMs) !== null ||
      (schedule.gaps[firstEndingAfter(schedule.gaps, atMs)]?.[0] ?? Infinity) <= atMs,
  );
  return onlySchedules && !expected ? 'not_expected' : 'nobody_on_call';
}

/** The stretch at an instant; null outside of the coverage. O(log n). */
export function coverAt(timeline: CoverTimeline, atMs: number): CoverStretch | null {
  const { startsMs, stretches } = timeline;
  let low = 0;
  let high = startsMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((startsMs[middle] ?? Infinity) > atMs) high = middle;
    else low = middle + 1;
  }
  const stretch = stretches[low - 1];
  return stretch !== undefined && atMs < stretch.endMs ? stretch : null;
}

/** Stretches joined while `same` holds, for telling of one gap once. */
export function joinStretches(
  stretches: readonly CoverStretch[],
  same: (a: CoverStretch, b: CoverStretch) => boolean,
): readonly CoverStretch[] {
  const joined: CoverStretch[] = [];
  for (const stretch of stretches) {
    const last = joined.at(-1);
    if (last !== undefined && last.endMs === stretch.startMs && same(last, stretch)) {
      joined[joined.length - 1] = { ...last, endMs: stretch.endMs };
    } else joined.push(stretch);
  }
  return joined;
}
