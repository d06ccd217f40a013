import { dueAfter, openMsBetween, withoutPauses } from '../domain/calendar/open-hours.ts';
import type { OpenHours } from '../domain/calendar/open-hours.ts';
import type { Interval } from '../domain/calendar/intervals.ts';
import { openIntervals } from './expand-calendar.ts';
import type { CalendarDefinition } from './schemas.ts';
import { DAY_MS } from './wall-time.ts';

const FIRST_REACH_MS = 40 * DAY_MS;

/** What is not due within two hundred years is never due. */
const LAST_REACH_MS = 200 * 366 * DAY_MS;

/** The end of a pause that has none. */
export const ENDLESS_MS = Number.MAX_SAFE_INTEGER;

/**
 * The instant at which `openMs` of open and unpaused time have run since `startMs`, by a calendar that is expanded as far as needed.
 *
 * @param pauses absolute, in any order, overlapping or not; `ENDLESS_MS` ends one that has no end
 * @returns epoch milliseconds; null where the calendar never has so much open time (within 200 years)
 */
export function deadlineMs(
  calendar: CalendarDefinition,
  pauses: readonly Interval[],
  startMs: number,
  openMs: number,
): number | null {
  if (isNeverOpen(calendar)) return null;
  // Nothing is due within a pause that does not end.
  const endlessFromMs = pauses.filter(([, endMs]) => endMs === ENDLESS_MS).map(([pausedFromMs]) => pausedFromMs);
  const lastReachMs = Math.min(LAST_REACH_MS, ...endlessFromMs.map((pausedFromMs) => pausedFromMs - startMs));
  if (lastReachMs <= 0) return null;
  let reachMs = Math.min(FIRST_REACH_MS + openMs * 2, lastReachMs);
  for (;;) {
    const dueAtMs = dueAfter(effectiveHours(calendar, pauses, startMs, startMs + reachMs), startMs, openMs);
    if (dueAtMs !== null || reachMs >= lastReachMs) return dueAtMs;
    reachMs = Math.min(reachMs * 4, lastReachMs);
  }
}

/**
 * The open and unpaused milliseconds in `[fromMs, toMs)`; 0 where `toMs` is not after `fromMs`.
 *
 * @param pauses absolute, in any order, overlapping or not
 */
export function elapsedOpenMs(
  calendar: CalendarDefinition,
  pauses: readonly Interval[],
  fromMs: number,
  toMs: number,
): number {
  if (toMs <= fromMs) return 0;
  return openMsBetween(effectiveHours(calendar, pauses, fromMs, toMs), fromMs, toMs) ?? 0;
}

function effectiveHours(
  calendar: CalendarDefinition,
  pauses: readonly Interval[],
  fromMs: number,
  untilMs: number,
): OpenHours {
  const intervals = openIntervals(calendar, fromMs, untilMs);
  return withoutPauses({ id: '', coveredFromMs: fromMs, coveredUntilMs: untilMs, intervals }, pauses);
}

function isNeverOpen(calendar: CalendarDefinition): boolean {
  return calendar.hours !== '24x7' && Object.values(calendar.hours).every((spans) => (spans ?? []).length === 0);
}
