import type { Interval } from '../../domain/calendar/intervals.ts';

/**
 * A slow second opinion on calendars: it looks at every minute of a window on the wall clock of the zone, read from the platform,
 * and shares no code with what it checks. For zones whose offset is a whole number of minutes.
 */
export interface MinuteOracle {
  readonly fromMs: number;
  /** One entry a minute: 1 open, 0 closed. */
  readonly open: Uint8Array;
}

/** Opening hours as the command takes them: spans by weekday, no span over midnight. */
export type PlainHours = Readonly<Record<string, readonly (readonly [string, string])[]>>;

const MINUTE_MS = 60_000;

/** Minutes, fewer than lie between any two clock changes. */
const STEP = 30;
const NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** The wall clock of a zone, minute by minute. */
export interface WallMinutes {
  readonly fromMs: number;
  /** Minutes since 1970 that the wall shows, as if it were in UTC. */
  readonly shown: Int32Array;
  /** Where the wall first shows a minute. */
  readonly firstAt: ReadonlyMap<number, number>;
}

export function readWall(timezone: string, fromMs: number, untilMs: number): WallMinutes {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const read = (index: number): number => {
    const numbers =
      format
        .format(fromMs + index * MINUTE_MS)
        .match(/\d+/g)
        ?.map(Number) ?? [];
    const [day = 0, month = 0, year = 0, hour = 0, minute = 0] = numbers;
    return Date.UTC(year, month - 1, day, hour, minute) / MINUTE_MS;
  };
  const shown = new Int32Array((untilMs - fromMs) / MINUTE_MS);
  for (let index = 0; index < shown.length; index += STEP) {
    const start = read(index);
    // Where the wall went on evenly there is no need to read what lies between.
    const isEven = read(index + STEP) === start + STEP;
    for (let next = 0; next < STEP && index + next < shown.length; next += 1) {
      shown[index + next] = isEven ? start + next : read(index + next);
    }
  }
  const firstAt = new Map<number, number>();
  shown.forEach((minute, index) => {
    if (!firstAt.has(minute)) firstAt.set(minute, index);
  });
  return { fromMs, shown, firstAt };
}

/** The index at which the wall first shows a minute; where it never does, what the rule for skipped times says. */
export function indexOfWall(wall: WallMinutes, minute: number, skipped: 'shift' | 'gap-end'): number | null {
  const first = wall.firstAt.get(minute);
  if (first !== undefined) return first;
  for (let index = 1; index < wall.shown.length; index += 1) {
    const before = wall.shown[index - 1] ?? 0;
    const after = wall.shown[index] ?? 0;
    if (before < minute && minute < after) return skipped === 'gap-end' ? index : index + (minute - before - 1);
  }
  return null;
}

export function openMinutes(wall: WallMinutes, hours: PlainHours, holidays: readonly string[]): MinuteOracle {
  const open = new Uint8Array(wall.shown.length);
  const firstDate = Math.floor((wall.shown[0] ?? 0) / 1440);
  const lastDate = Math.floor((wall.shown.at(-1) ?? 0) / 1440);
  // Dates that the zone skips have their hours too, a day later.
  for (let date = firstDate; date <= lastDate; date += 1) {
    const day = new Date(date * 86_400_000);
    if (holidays.includes(day.toISOString().slice(0, 10))) continue;
    for (const [from, to] of hours[NAMES[day.getUTCDay()] ?? ''] ?? []) {
      const start = indexOfWall(wall, date * 1440 + minutesOf(from), 'shift');
      const end = indexOfWall(wall, date * 1440 + minutesOf(to), 'shift');
      // What sticks out of the window is of no interest: callers leave a margin.
      if (start !== null && end !== null && start < end) open.fill(1, start, end);
    }
  }
  return { fromMs: wall.fromMs, open };
}

function minutesOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * 60 + minutes;
}

/** The oracle without paused minutes; pauses begin and end on full minutes. */
export function pauseOracle(oracle: MinuteOracle, pauses: readonly Interval[]): MinuteOracle {
  const open = oracle.open.slice();
  for (const [startMs, endMs] of pauses) {
    for (let atMs = startMs; atMs < endMs; atMs += MINUTE_MS) {
      const index = (atMs - oracle.fromMs) / MINUTE_MS;
      if (index >= 0 && index < open.length) open[index] = 0;
    }
  }
  return { fromMs: oracle.fromMs, open };
}

export function oracleElapsedMs(oracle: MinuteOracle, fromMs: number, toMs: number): number {
  let sumMs = 0;
  for (let index = 0; index < oracle.open.length; index += 1) {
    const startMs = Math.max(oracle.fromMs + index * MINUTE_MS, fromMs);
    const endMs = Math.min(oracle.fromMs + (index + 1) * MINUTE_MS, toMs);
    if (oracle.open[index] === 1 && startMs < endMs) sumMs += endMs - startMs;
  }
  return sumMs;
}

/** The first open moment by which `openMs` have run; null where the window ends before. */
export function oracleDueMs(oracle: MinuteOracle, fromMs: number, openMs: number): number | null {
  let leftMs = openMs;
  for (let index = 0; index < oracle.open.length; index += 1) {
    const startMs = Math.max(oracle.fromMs + index * MINUTE_MS, fromMs);
    const endMs = oracle.fromMs + (index + 1) * MINUTE_MS;
    if (oracle.open[index] !== 1 || startMs >= endMs) continue;
    if (leftMs < endMs - startMs) return startMs + leftMs;
    leftMs -= endMs - startMs;
  }
  return null;
}
