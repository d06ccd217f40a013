import { t } from '../strings/index.ts';

const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const timeWithSeconds = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const dayAndTime = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const dayOnly = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const exact = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
  timeZoneName: 'short',
});

export function clockTime(atMs: number): string {
  return time.format(atMs);
}

export function clockTimeExact(atMs: number): string {
  return timeWithSeconds.format(atMs);
}

export function dayName(atMs: number): string {
  return dayOnly.format(atMs);
}

export function isSameDay(aMs: number, bMs: number): boolean {
  return new Date(aMs).toDateString() === new Date(bMs).toDateString();
}

/** Time of day today, with the day otherwise, in the viewer's zone. */
export function shortInstant(atMs: number, nowMs: number): string {
  return isSameDay(atMs, nowMs) ? time.format(atMs) : dayAndTime.format(atMs);
}

const dayAndTimeWithSeconds = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** The same to the second. */
export function shortInstantExact(atMs: number, nowMs: number): string {
  return isSameDay(atMs, nowMs) ? timeWithSeconds.format(atMs) : dayAndTimeWithSeconds.format(atMs);
}

/** The exact instant in the viewer's zone and in UTC, for hovering. */
export function exactInstant(atMs: number): string {
  return `${exact.format(atMs)}\n${new Date(atMs).toISOString()}`;
}

/** `4:59`, `3:20:05` under a day, `2d 4h` above: as wide as it has to be and no wider. */
export function countdown(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1_000);
  const days = Math.floor(seconds / 86_400);
  if (days >= 1) return `${days}${t.time.d} ${Math.floor((seconds % 86_400) / 3_600)}${t.time.h}`;
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor((seconds % 3_600) / 60);
  const rest = String(seconds % 60).padStart(2, '0');
  if (hours >= 1) return `${hours}:${String(minutes).padStart(2, '0')}:${rest}`;
  return `${minutes}:${rest}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `4:59`, `3:20:05`, `2d 04:10:09`: every second, however long. */
export function countdownExact(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1_000);
  const days = Math.floor(seconds / 86_400);
  if (days === 0) return countdown(ms);
  const rest = seconds % 86_400;
  return `${days}${t.time.d} ${two(Math.floor(rest / 3_600))}:${two(Math.floor((rest % 3_600) / 60))}:${two(rest % 60)}`;
}

/** `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`: a length in words that a glance takes in. */
export function duration(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1_000);
  if (seconds < 60) return `${seconds} ${t.time.s}`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    const rest = seconds % 60;
    return minutes < 10 && rest > 0 ? `${minutes} ${t.time.min} ${rest} ${t.time.s}` : `${minutes} ${t.time.min}`;
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 24)
    return minutes % 60 === 0 ? `${hours} ${t.time.h}` : `${hours} ${t.time.h} ${minutes % 60} ${t.time.min}`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} ${t.time.d}` : `${days} ${t.time.d} ${hours % 24} ${t.time.h}`;
}

/** `now`, `3 min`, `5 h`, `2 d`: for ages in a column. */
export function age(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return t.time.now;
  if (minutes < 60) return `${minutes}${t.time.m}`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)}${t.time.h}`;
  return `${Math.floor(minutes / 1_440)}${t.time.d}`;
}
