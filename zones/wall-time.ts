/** Text forms of dates, clock times and instants, and the integers that stand for them. */

export const DAY_MS = 86_400_000;
export const MINUTE_MS = 60_000;
const SECONDS_PER_DAY = 86_400;

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** 0 for Monday to 6 for Sunday. `epochDay` counts dates from 1970-01-01, a Thursday. */
export function weekdayIndex(epochDay: number): number {
  return (((epochDay + 3) % 7) + 7) % 7;
}

/**
 * Seconds from the start of the day, of `HH:MM` or `HH:MM:SS`; `24:00` is the end of the day.
 *
 * @returns null where the text is no clock time
 */
export function parseClockTime(text: string): number | null {
  const match = /^(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (match === null) return null;
  const minutes = Number(match[2]);
  const seconds = Number(match[3] ?? 0);
  if (minutes > 59 || seconds > 59) return null;
  const total = Number(match[1]) * 3600 + minutes * 60 + seconds;
  return total <= SECONDS_PER_DAY ? total : null;
}

/**
 * Days from 1970-01-01 to a date `YYYY-MM-DD`.
 *
 * @returns null where the text is no date of the calendar
 */
export function parseDate(text: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return null;
  return epochDayOf(Number(match[1]), Number(match[2]), Number(match[3]));
}

/** Days from 1970-01-01 to a date; null where that year has no such date. `month` counts from 1. */
export function epochDayOf(year: number, month: number, day: number): number | null {
  if (year < 1) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return date.getTime() / DAY_MS;
}

/** Year, month (from 1) and day of an epoch day. */
export function civilDateOf(epochDay: number): readonly [year: number, month: number, day: number] {
  const date = new Date(epochDay * DAY_MS);
  return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
}

/** The epoch day on which a wall time lies. */
export function epochDayAtWallMs(wallMs: number): number {
  return Math.floor(wallMs / DAY_MS);
}

/**
 * A wall time `YYYY-MM-DDTHH:MM[:SS]`, or a bare date for its midnight, as the epoch milliseconds that it would have in UTC.
 *
 * @returns null where the text is none
 */
export function parseWallTime(text: string): number | null {
  const [dateText = '', clockText, ...rest] = text.split('T');
  if (rest.length > 0) return null;
  const epochDay = parseDate(dateText);
  const seconds = clockText === undefined ? 0 : parseClockTime(clockText);
  return epochDay === null || seconds === null ? null : epochDay * DAY_MS + seconds * 1000;
}

/**
 * Epoch milliseconds of an instant in RFC 3339 (`2024-05-14T03:45:00Z`, `…+05:30`); the seconds may be left out.
 *
 * @returns null where the text is none, or has no offset
 */
export function parseInstant(text: string): number | null {
  const match =
    /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?(?:([Zz])|([+-])(\d{2}):?(\d{2}))$/.exec(text);
  if (match === null) return null;
  const [, dateText = '', clockText = '', fraction = '', , sign, hours = '0', minutes = '0'] = match;
  const wallMs = parseWallTime(`${dateText}T${clockText}`);
  if (wallMs === null || Number(hours) > 23 || Number(minutes) > 59) return null;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
  const fractionMs = Number(fraction.padEnd(3, '0').slice(0, 3));
  return wallMs + fractionMs - (sign === '-' ? -offsetMs : offsetMs);
}

/** RFC 3339 in UTC, to the second, with milliseconds only where there are any. */
export function formatInstant(atMs: number): string {
  const text = new Date(atMs).toISOString();
  return atMs % 1000 === 0 ? `${text.slice(0, -5)}Z` : text;
}

/** `YYYY-MM-DDTHH:MM` of a wall time, with seconds only where there are any. */
export function formatWallTime(wallMs: number): string {
  const text = new Date(wallMs).toISOString();
  return text.slice(0, wallMs % MINUTE_MS === 0 ? 16 : 19);
}

/** `YYYY-MM-DD` of an epoch day. */
export function formatDate(epochDay: number): string {
  return new Date(epochDay * DAY_MS).toISOString().slice(0, 10);
}

/** `HH:MM` of seconds from the start of the day, with seconds only where there are any; 86 400 is `24:00`. */
export function formatClockTime(seconds: number): string {
  const text = `${twoDigits(Math.floor(seconds / 3600))}:${twoDigits(Math.floor(seconds / 60) % 60)}`;
  return seconds % 60 === 0 ? text : `${text}:${twoDigits(seconds % 60)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
