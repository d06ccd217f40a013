import { mergeIntervals } from '../domain/calendar/intervals.ts';
import type { Interval } from '../domain/calendar/intervals.ts';
import type { RestrictionDefinition } from './schemas.ts';
import type { TimeZone } from './time-zone.ts';
import { DAY_MS, epochDayAtWallMs, parseClockTime, WEEKDAYS, weekdayIndex } from './wall-time.ts';
import type { Weekday } from './wall-time.ts';

/** A stretch of every week, in milliseconds from Monday 00:00; it may go on into the next week. */
type WeekWindow = readonly [fromMs: number, toMs: number];

const WEEK_MS = 7 * DAY_MS;

/**
 * When the restrictions of a rotation let it serve, in `[fromMs, untilMs)` and a little around it.
 *
 * The ends of a window are handoffs: one that the clocks skip is at the first moment after the gap, a repeated one at its first
 * occurrence, so that windows which meet on the wall clock meet in time.
 *
 * @returns merged intervals; null where nothing is restricted
 */
export function allowedIntervals(
  restrictions: readonly RestrictionDefinition[],
  zone: TimeZone,
  fromMs: number,
  untilMs: number,
): readonly Interval[] | null {
  if (restrictions.length === 0) return null;
  const windows = restrictions.flatMap((restriction) => windowsOf(restriction));
  const firstDay = epochDayAtWallMs(zone.wallTimeAtMs(fromMs));
  const firstMonday = firstDay - weekdayIndex(firstDay) - 14;
  const lastDay = epochDayAtWallMs(zone.wallTimeAtMs(untilMs)) + 1;
  const allowed: Interval[] = [];
  for (let monday = firstMonday; monday <= lastDay; monday += 7) {
    for (const [startMs, endMs] of windows) {
      allowed.push([
        zone.instantOfMs(monday * DAY_MS + startMs, 'gap-end'),
        zone.instantOfMs(monday * DAY_MS + endMs, 'gap-end'),
      ]);
    }
  }
  return mergeIntervals(allowed);
}

function windowsOf(restriction: RestrictionDefinition): readonly WeekWindow[] {
  if ('fromDay' in restriction) {
    const fromMs = weekMs(restriction.fromDay, restriction.fromTime);
    const toMs = weekMs(restriction.toDay, restriction.toTime);
    return [[fromMs, toMs > fromMs ? toMs : toMs + WEEK_MS]];
  }
  const fromMs = clockMs(restriction.from ?? '00:00');
  const toMs = clockMs(restriction.to ?? '24:00');
  const days = restriction.days ?? WEEKDAYS;
  return days.map((day) => {
    const dayMs = weekMs(day, '00:00');
    return [dayMs + fromMs, dayMs + (toMs > fromMs ? toMs : toMs + DAY_MS)];
  });
}

function weekMs(day: Weekday, time: string): number {
  return WEEKDAYS.indexOf(day) * DAY_MS + clockMs(time);
}

function clockMs(text: string): number {
  return (parseClockTime(text) ?? 0) * 1000;
}
