import { createHash } from 'node:crypto';

import { clipIntervals, mergeIntervals, subtractIntervals } from '../domain/calendar/intervals.ts';
import type { Interval } from '../domain/calendar/intervals.ts';
import type { OpenHours } from '../domain/calendar/open-hours.ts';
import type { CalendarDefinition, HolidayDefinition } from './schemas.ts';
import { timeZone } from './time-zone.ts';
import type { SkippedTime, TimeZone } from './time-zone.ts';
import {
  civilDateOf,
  DAY_MS,
  epochDayAtWallMs,
  parseClockTime,
  parseDate,
  WEEKDAYS,
  weekdayIndex,
} from './wall-time.ts';
import type { Weekday } from './wall-time.ts';

const SECONDS_PER_DAY = 86_400;

/** Seconds of one date, `from` inclusive to `to` exclusive. */
type DaySpan = Interval;

/** Hours of a week, or `24x7`, as calendars and the expected cover of a schedule give them. */
type HoursDefinition = CalendarDefinition['hours'];

/** A calendar whose texts have been read, so that it can be expanded again and again. */
interface CompiledCalendar {
  readonly zone: TimeZone;
  /** For each weekday (0 is Monday) what is open on that date, the rest of a span from the evening before included. */
  readonly spans: readonly (readonly DaySpan[])[];
  readonly closedOnDay: ReadonlyMap<number, readonly DaySpan[]>;
  /** By `month * 100 + day`. */
  readonly closedYearly: ReadonlyMap<number, readonly DaySpan[]>;
}

const compiled = new WeakMap<CalendarDefinition, CompiledCalendar>();

/**
 * The absolute open intervals of a business calendar in `[fromMs, untilMs)`.
 *
 * Each span of each date is turned into instants by its two ends. An end that the clocks skip is later by the length of the
 * gap, one that they repeat is its first occurrence, and 24:00 is the next date's midnight; a span that is left without
 * length is dropped. A holiday closes its own date, midnight to midnight: of a span over midnight it takes the part that lies on it.
 * See docs/time.md.
 *
 * @throws `RangeError` for an unknown time zone or an empty range
 */
export function expandCalendar(definition: CalendarDefinition, fromMs: number, untilMs: number): OpenHours {
  const intervals = openIntervals(definition, fromMs, untilMs);
  return { id: contentId(fromMs, untilMs, intervals), coveredFromMs: fromMs, coveredUntilMs: untilMs, intervals };
}

/** As `expandCalendar`, without the hash: for those who ask once and forget. */
export function openIntervals(definition: CalendarDefinition, fromMs: number, untilMs: number): readonly Interval[] {
  if (!(fromMs < untilMs)) throw new RangeError('a calendar is expanded over a range that ends after it begins');
  return expand(compile(definition), fromMs, untilMs, 'shift');
}

/** The intervals of weekly hours without holidays, for the cover that a schedule is expected to give. */
export function weeklyIntervals(
  hours: HoursDefinition,
  timezone: string,
  fromMs: number,
  untilMs: number,
  skipped: SkippedTime,
): readonly Interval[] {
  const calendar = {
    zone: timeZone(timezone),
    spans: weekSpans(hours),
    closedOnDay: new Map(),
    closedYearly: new Map(),
  };
  return expand(calendar, fromMs, untilMs, skipped);
}

function expand(
  calendar: CompiledCalendar,
  fromMs: number,
  untilMs: number,
  skipped: SkippedTime,
): readonly Interval[] {
  const { zone } = calendar;
  // Two days to spare: a skipped date moves a span by a day.
  const firstDay = epochDayAtWallMs(zone.wallTimeAtMs(fromMs)) - 2;
  const lastDay = epochDayAtWallMs(zone.wallTimeAtMs(untilMs)) + 1;
  const open: Interval[] = [];
  for (let epochDay = firstDay; epochDay <= lastDay; epochDay += 1) {
    for (const [fromSeconds, toSeconds] of spansOn(calendar, epochDay)) {
      const startMs = zone.instantOfMs(epochDay * DAY_MS + fromSeconds * 1000, skipped);
      const endMs = zone.instantOfMs(epochDay * DAY_MS + toSeconds * 1000, skipped);
      if (startMs < endMs) open.push([startMs, endMs]);
    }
  }
  return clipIntervals(mergeIntervals(open), fromMs, untilMs);
}

function spansOn(calendar: CompiledCalendar, epochDay: number): readonly DaySpan[] {
  const spans = calendar.spans[weekdayIndex(epochDay)] ?? [];
  if (spans.length === 0) return spans;
  const closed = calendar.closedOnDay.get(epochDay) ?? [];
  const yearly = calendar.closedYearly.size === 0 ? [] : (calendar.closedYearly.get(monthAndDay(epochDay)) ?? []);
  if (closed.length === 0 && yearly.length === 0) return spans;
  const holes = mergeIntervals([...closed, ...yearly]);
  // Each span by itself: merged first, two spans in a skipped hour would come out as another length.
  return spans.flatMap((span) => subtractIntervals([span], holes));
}

function compile(definition: CalendarDefinition): CompiledCalendar {
  const known = compiled.get(definition);
  if (known !== undefined) return known;
  const closedOnDay = new Map<number, readonly DaySpan[]>();
  const closedYearly = new Map<number, readonly DaySpan[]>();
  for (const holiday of definition.holidays) {
    if (typeof holiday === 'object' && 'yearly' in holiday) {
      const key = monthAndDay(parseDate(`2000-${holiday.yearly}`) ?? 0);
      closedYearly.set(key, [...(closedYearly.get(key) ?? []), closedPart(holiday)]);
    } else {
      const epochDay = parseDate(typeof holiday === 'string' ? holiday : holiday.date) ?? 0;
      closedOnDay.set(epochDay, [...(closedOnDay.get(epochDay) ?? []), closedPart(holiday)]);
    }
  }
  const calendar = {
    zone: timeZone(definition.timezone),
    spans: weekSpans(definition.hours),
    closedOnDay,
    closedYearly,
  };
  compiled.set(definition, calendar);
  return calendar;
}

function weekSpans(hours: HoursDefinition): readonly (readonly DaySpan[])[] {
  if (hours === '24x7') return WEEKDAYS.map(() => [[0, SECONDS_PER_DAY] as const]);
  const week: DaySpan[][] = WEEKDAYS.map(() => []);
  WEEKDAYS.forEach((day: Weekday, index) => {
    for (const [from, to] of hours[day] ?? []) {
      const fromSeconds = parseClockTime(from) ?? 0;
      const toSeconds = parseClockTime(to) ?? 0;
      if (fromSeconds < toSeconds) {
        week[index]?.push([fromSeconds, toSeconds]);
      } else {
        week[index]?.push([fromSeconds, SECONDS_PER_DAY]);
        if (toSeconds > 0) week[(index + 1) % 7]?.push([0, toSeconds]);
      }
    }
  });
  return week;
}

function closedPart(holiday: HolidayDefinition): DaySpan {
  if (typeof holiday === 'string') return [0, SECONDS_PER_DAY];
  return [parseClockTime(holiday.from ?? '00:00') ?? 0, parseClockTime(holiday.to ?? '24:00') ?? SECONDS_PER_DAY];
}

function monthAndDay(epochDay: number): number {
  const [, month, day] = civilDateOf(epochDay);
  return month * 100 + day;
}

function contentId(fromMs: number, untilMs: number, intervals: readonly Interval[]): string {
  const content = JSON.stringify([fromMs, untilMs, intervals]);
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}
