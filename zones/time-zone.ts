import { IANAZone } from 'luxon';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

/**
 * Steps in which a year is searched for changes of offset. Two real changes of one zone are never closer than 6.9 days
 * (Brazil in October 2000, Gaza around future Ramadans; tzdata 1970 to 2100), so a step holds at most one.
 */
const SEARCH_STEP_MS = 5 * DAY_MS;

/** Offsets lie within ±16 h and the longest gap is 24 h (a date skipped at the date line). */
const REACH_MS = 2 * DAY_MS;

/** The stretches of one constant offset: stretch `i` runs from `startsMs[i]` to `startsMs[i + 1]`. */
interface Stretches {
  readonly startsMs: readonly number[];
  readonly offsetsMs: readonly number[];
}

/**
 * What a wall time that the clocks skip stands for.
 *
 * - `shift`: the instant later by the length of the gap, as if the clocks had not changed (02:30 is 03:30). For opening hours.
 * - `gap-end`: the first moment after the gap (02:30 is 03:00). For handoffs.
 */
export type SkippedTime = 'shift' | 'gap-end';

/**
 * One IANA time zone as a table of integers: which wall time an instant has, and which instant a wall time is.
 *
 * A wall time is written as the epoch milliseconds that it would have in UTC. The offsets come from luxon (the platform's
 * time zone database); each year is read once, so that a conversion is a binary search.
 */
export class TimeZone {
  readonly name: string;
  readonly #zone: IANAZone;
  readonly #years = new Map<number, Stretches>();
  readonly #turns = new Map<number, Stretches>();

  /** @param name an IANA name; throws a `RangeError` for an unknown one */
  constructor(name: string) {
    this.name = name;
    this.#zone = IANAZone.create(name);
    if (!this.#zone.isValid) throw new RangeError(`unknown time zone: ${name}`);
  }

  /** Milliseconds that wall time is ahead of UTC at an instant. */
  offsetAtMs(atMs: number): number {
    const { startsMs, offsetsMs } = this.#year(new Date(atMs).getUTCFullYear());
    return offsetsMs[lastAtOrBefore(startsMs, atMs)] ?? 0;
  }

  /** The wall time of an instant. */
  wallTimeAtMs(atMs: number): number {
    return atMs + this.offsetAtMs(atMs);
  }

  /**
   * The instant of a wall time: the first occurrence where the clocks repeat it, the answer of `skipped` where they skip it.
   *
   * The answer never decreases while `wallMs` grows under `gap-end`; under `shift` it does, within a gap.
   */
  instantOfMs(wallMs: number, skipped: SkippedTime): number {
    const { startsMs, offsetsMs } = this.#around(wallMs);
    let index = lastAtOrBefore(startsMs, wallMs - REACH_MS);
    for (;;) {
      const offsetMs = offsetsMs[index] ?? 0;
      const instantMs = wallMs - offsetMs;
      const endMs = startsMs[index + 1] ?? Infinity;
      if (instantMs < endMs) {
        const startMs = startsMs[index] ?? -Infinity;
        if (instantMs >= startMs || index === 0) return instantMs;
        return skipped === 'shift' ? wallMs - (offsetsMs[index - 1] ?? 0) : startMs;
      }
      index += 1;
    }
  }

  /** The stretches from well before to well after a wall time. */
  #around(wallMs: number): Stretches {
    const firstYear = new Date(wallMs - REACH_MS).getUTCFullYear();
    if (firstYear === new Date(wallMs + REACH_MS).getUTCFullYear()) return this.#year(firstYear);
    const known = this.#turns.get(firstYear);
    if (known !== undefined) return known;
    const before = this.#year(firstYear);
    const after = this.#year(firstYear + 1);
    const turn: Stretches = {
      startsMs: [...before.startsMs, ...after.startsMs],
      offsetsMs: [...before.offsetsMs, ...after.offsetsMs],
    };
    this.#turns.set(firstYear, turn);
    return turn;
  }

  #year(year: number): Stretches {
    const known = this.#years.get(year);
    if (known !== undefined) return known;
    const stretches = this.#readYear(year);
    this.#years.set(year, stretches);
    return stretches;
  }

  #readYear(year: number): Stretches {
    const beginMs = Date.UTC(year, 0, 1);
    const endMs = Date.UTC(year + 1, 0, 1);
    const startsMs = [beginMs];
    const offsetsMs = [this.#readOffsetMs(beginMs)];
    let leftMs = beginMs;
    while (leftMs < endMs) {
      const rightMs = Math.min(leftMs + SEARCH_STEP_MS, endMs);
      const beforeMs = offsetsMs.at(-1);
      const afterMs = this.#readOffsetMs(rightMs);
      if (afterMs !== beforeMs) {
        const changeMs = this.#findChangeMs(leftMs, rightMs, afterMs);
        if (changeMs < endMs) {
          startsMs.push(changeMs);
          offsetsMs.push(afterMs);
        }
      }
      leftMs = rightMs;
    }
    return { startsMs, offsetsMs };
  }

  /** The first second after `leftMs` that has the offset of `rightMs`. */
  #findChangeMs(leftMs: number, rightMs: number, afterMs: number): number {
    let low = leftMs / SECOND_MS;
    let high = rightMs / SECOND_MS;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#readOffsetMs(middle * SECOND_MS) === afterMs) high = middle;
      else low = middle;
    }
    return high * SECOND_MS;
  }

  #readOffsetMs(atMs: number): number {
    return Math.round(this.#zone.offset(atMs) * 60 * SECOND_MS);
  }
}

const zones = new Map<string, TimeZone>();

/**
 * The zone of a name, shared within the process.
 *
 * @throws `RangeError` where the platform knows no such zone
 */
export function timeZone(name: string): TimeZone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const zone = new TimeZone(name);
  zones.set(name, zone);
  return zone;
}

/** Whether the platform knows a time zone by this name. */
export function isTimeZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

function lastAtOrBefore(startsMs: readonly number[], atMs: number): number {
  let low = 0;
  let high = startsMs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((startsMs[middle] ?? Infinity) <= atMs) low = middle;
    else high = middle - 1;
  }
  return low;
}
