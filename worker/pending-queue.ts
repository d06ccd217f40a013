import { escalationIdTimeMs } from '../contracts/ids.ts';
import type { Severity } from '../domain/escalation/vocabulary.ts';
import type { Lane } from '../store/orphans.ts';

/** What came in a moment ago is being started by the intake that took it in. */
const leaveAloneForMs = 150;
/** A first commit without a record is being written, or its writer has died. */
const orphanedAfterMs = 3_000;
/** What had no record may have one by now, or the table had not yet heard of it. */
const askAgainAfterMs = 300;
/** Whoever has not been started by then waits: starts are behind. By the next look after it was left alone it should have been. */
export const waitsAfterMs = 300;
/** What goes on for longer is more than this machine can do, and nothing gives way to it any more. */
const longestBehindMs = 30_000;
/** Started ones are still listed until their workflow has taken them up; after this long they are started once more. */
const startAgainAfterMs = 5_000;
/** Each further start of the same one waits twice as long, up to this. */
const longestAgainMs = 60_000;
/** Ids begin with their intake's clock; those of intakes whose clocks differ by more are found by the next full look. */
const overlapMs = 2_000;
/** The whole list is looked through so often, and only its newest end in between. */
const wholeEveryMs = 2_000;

/** Most starts in a second. */
const mostInASecond = 200;
/**
 * More new ones in a second are a burst: it is taken in first. What is less severe than `sev1` is started meanwhile at a pace that
 * leaves room for that.
 */
const burstInASecond = 120;
/** Fewer are a burst in their first second, noticed within a quarter of it: nobody knows yet what it will become. */
const manyInASecond = 40;
const unknownForMs = 600;
const noticedWithinMs = 250;
const mostLesserInABurst = 5;
/**
 * A burst is short. What goes on for longer is a load, and to put off its starts would only make them pile up: they go at
 * the full pace.
 */
const longestBurstMs = 10_000;
/** It is over once it has been slack for so long; a load that stops for a moment is no new burst. */
const slackForMs = 3_000;

/** How many may be started now. */
export interface Room {
  /** Of any severity. */
  readonly any: number;
  /** How many of them may be less severe than `sev1`. */
  readonly lesser: number;
}

/** How far starts are behind. */
export interface Behind {
  /** For how long the first that nobody starts yet has waited, in milliseconds; 0: starts are not behind. */
  readonly waitedMs: number;
  /** Whether tasks of workflows that are not in memory give way to starts, which they do not without end. */
  readonly tasksGiveWay: boolean;
}
export const notBehind: Behind = { waitedMs: 0, tasksGiveWay: false };

interface Entry {
  readonly seenAtMs: number;
  /** Null: it is not told. */
  readonly severity: Severity | null;
  /** When its record was looked for in vain; null: it was not, or has one. */
  missingAtMs: number | null;
  startedAtMs: number;
  starts: number;
}

/**
 * Which of the pending escalations are to be started next. Its instants are of a monotonic clock in milliseconds: ages
 * are never taken from dates, which may be wrong here or elsewhere.
 */
export class PendingQueue {
  readonly #entries = new Map<string, Entry>();
  /** Begun and not ended yet, and which of them are less severe than `sev1`. */
  readonly #underWay = new Map<string, boolean>();
  readonly #newAtMs: number[] = [];
  readonly #startedAtMs: number[] = [];
  readonly #lesserStartedAtMs: number[] = [];
  #notedAtMs = -Infinity;
  #burstFromMs: number | null = null;
  #isBusy = false;
  #behindFromMs: number | null = null;
  #lastManyAtMs = -Infinity;
  #wholeAtMs = -Infinity;
  #newestMadeMs = 0;

  /** @returns from which instant (epoch milliseconds, by the ids) the list is to be read this time */
  readFromMs(nowMs: number): number {
    return nowMs - this.#wholeAtMs >= wholeEveryMs ? 0 : Math.max(0, this.#newestMadeMs - overlapMs);
  }

  /**
   * Takes in what was listed: what is missing from a lane has begun.
   * @param fromMs from which instant on it was listed (epoch milliseconds, by the ids); 0: from the beginning
   */
  note(lanes: readonly Lane[], fromMs: number, nowMs: number): void {
    const isNew = this.#wholeAtMs > -Infinity;
    if (fromMs === 0) this.#wholeAtMs = nowMs;
    const pending = new Set(lanes.flatMap(({ ids }) => ids));
    /** Up to which id each lane was listed. */
    const upTo = new Map(lanes.map(({ severity, ids, isWhole }) => [severity, isWhole ? null : (ids.at(-1) ?? '')]));
    for (const [id, { severity }] of this.#entries) {
      const last = upTo.get(severity);
      const wasListed = last !== undefined && (last === null || id <= last) && escalationIdTimeMs(id) >= fromMs;
      if (wasListed && !pending.has(id)) this.#entries.delete(id);
    }
    let added = 0;
    for (const { severity, ids } of lanes) {
      for (const id of ids) {
        this.#newestMadeMs = Math.max(this.#newestMadeMs, escalationIdTimeMs(id));
        if (this.#entries.has(id)) continue;
        added += 1;
        this.#entries.set(id, { seenAtMs: nowMs, severity, missingAtMs: null, startedAtMs: -Infinity, starts: 0 });
      }
    }
    // Those that waited before anyone looked are no burst, nor is what came while nobody looked for a while.
    if (isNew) this.#newAtMs.push(...evenly(added, this.#notedAtMs, nowMs));
    this.#notedAtMs = nowMs;
    this.#noteBurst(nowMs);
  }

  /** Told at each look, and true until the next one. */
  #noteBurst(nowMs: number): void {
    const inASecond = withinASecond(this.#newAtMs, nowMs);
    const lately = this.#newAtMs.filter((atMs) => nowMs - atMs < noticedWithinMs).length;
    const areMany = inASecond > manyInASecond || lately > (manyInASecond * noticedWithinMs) / 1_000;
    if (areMany) {
      this.#burstFromMs ??= nowMs;
      this.#lastManyAtMs = nowMs;
      this.#isBusy = inASecond > burstInASecond || nowMs - this.#burstFromMs < unknownForMs;
      return;
    }
    this.#isBusy = false;
    if (nowMs - this.#lastManyAtMs >= slackForMs) this.#burstFromMs = null;
  }

  /**
   * Takes in whether one of the next has a record, as far as could be read.
   * @returns what is to be done with it; `wait`: whoever is writing its record needs a moment
   */
  learn(id: string, hasRecord: boolean, nowMs: number): 'start' | 'adopt' | 'wait' {
    const entry = this.#entries.get(id);
    if (entry === undefined) return 'wait';
    entry.missingAtMs = hasRecord ? null : nowMs;
    if (this.#underWay.has(id)) this.#underWay.set(id, isLesser(entry));
    if (hasRecord) return 'start';
    return isOrphaned(entry, nowMs) ? 'adopt' : 'wait';
  }

  /** How many are being started. */
  get underWay(): number {
    return this.#underWay.size;
  }

  /** These are being started from now on, until they are `started` or `released`. */
  begin(ids: readonly string[]): void {
    for (const id of ids) {
      const entry = this.#entries.get(id);
      this.#underWay.set(id, entry !== undefined && isLesser(entry));
    }
  }

  /** It is not being started any more. Unless it was `started` it is as if nobody had tried. */
  release(id: string): void {
    this.#underWay.delete(id);
  }

  /**
   * The next to be started, or to be adopted where nobody wrote their record in time: the most severe first, then the
   * longest waiting. Those that were started before and did not begin come last, so that they keep nobody else from it.
   */
  next(room: Room, nowMs: number): readonly string[] {
    const ranked = this.#due(nowMs)
      .filter(([id]) => !this.#underWay.has(id))
      .filter(([, entry]) => isOrphaned(entry, nowMs) || nowMs - (entry.missingAtMs ?? -Infinity) >= askAgainAfterMs)
      .map(([id, entry]) => ({ id, rank: rankOf(id, entry), isLesser: isLesser(entry) }))
      .toSorted((a, b) => (a.rank < b.rank ? -1 : 1));
    const next: string[] = [];
    let lesser = 0;
    for (const { id, isLesser: isHeldBack } of ranked) {
      if (next.length >= room.any) break;
      if (isHeldBack && lesser >= room.lesser) continue;
      if (isHeldBack) lesser += 1;
      next.push(id);
    }
    return next;
  }

  /** How many may be started now. A burst holds back all but the most severe, for as long as it counts as one. */
  room(nowMs: number): Room {
    const any = mostInASecond - withinASecond(this.#startedAtMs, nowMs) - this.#underWay.size;
    const isBurst = this.#isBusy && this.#burstFromMs !== null && nowMs - this.#burstFromMs < longestBurstMs;
    const lesserUnderWay = [...this.#underWay.values()].filter(Boolean).length;
    const lesser = isBurst ? mostLesserInABurst - withinASecond(this.#lesserStartedAtMs, nowMs) - lesserUnderWay : any;
    return { any, lesser: Math.min(any, lesser) };
  }

  /** How far starts are behind with what came in, be it that a burst holds it back or that there is too much of it. */
  behind(nowMs: number): Behind {
    for (const [id, { starts, seenAtMs, missingAtMs }] of this.#entries) {
      const waitedMs = nowMs - seenAtMs;
      // What has no record waits for that.
      const waits = starts === 0 && missingAtMs === null && !this.#underWay.has(id);
      if (!waits || waitedMs < waitsAfterMs) continue;
      this.#behindFromMs ??= nowMs;
      return { waitedMs, tasksGiveWay: nowMs - this.#behindFromMs < longestBehindMs };
    }
    this.#behindFromMs = null;
    return notBehind;
  }

  /** It was tried, and is left alone for a while. @param nowMs when it was begun */
  started(id: string, nowMs: number): void {
    const entry = this.#entries.get(id);
    // It may have begun meanwhile, and be listed no longer.
    const wasLesser = this.#underWay.get(id) ?? (entry !== undefined && isLesser(entry));
    this.#underWay.delete(id);
    append(this.#startedAtMs, nowMs);
    if (wasLesser) append(this.#lesserStartedAtMs, nowMs);
    if (entry === undefined) return;
    entry.startedAtMs = nowMs;
    entry.starts += 1;
  }

  #due(nowMs: number): readonly (readonly [string, Entry])[] {
    return [...this.#entries].filter(([, entry]) => {
      if (nowMs - entry.seenAtMs < leaveAloneForMs) return false;
      const waitMs = Math.min(longestAgainMs, startAgainAfterMs * 2 ** Math.max(0, entry.starts - 1));
      return nowMs - entry.startedAtMs >= waitMs;
    });
  }
}

/** Keeps a list ascending: of those that were begun beside each other one may have taken longer than others begun after it. */
function append(instants: number[], atMs: number): void {
  instants.push(Math.max(atMs, instants.at(-1) ?? atMs));
}

/** How many instants of an ascending list lie within the last second; those before are forgotten. */
function withinASecond(instants: number[], nowMs: number): number {
  const first = instants.findIndex((atMs) => nowMs - atMs < 1_000);
  instants.splice(0, first < 0 ? instants.length : first);
  return instants.length;
}

/** As many instants, spread over the time between two looks: when each came in is not known. */
function evenly(count: number, fromMs: number, toMs: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => fromMs + ((index + 1) / count) * (toMs - fromMs));
}

function isOrphaned({ missingAtMs, seenAtMs }: Entry, nowMs: number): boolean {
  return missingAtMs !== null && nowMs - seenAtMs >= orphanedAfterMs;
}

/** What has no record is not, nor is what may be anything. */
function isLesser({ severity, missingAtMs }: Entry): boolean {
  return missingAtMs === null && severity !== null && severity !== 'sev1';
}

function rankOf(id: string, entry: Entry): string {
  return `${Math.min(entry.starts, 9)}${entry.severity ?? 'sev1'}${id}`;
}
