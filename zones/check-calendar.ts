import { openIntervals } from './expand-calendar.ts';
import type { CalendarDefinition } from './schemas.ts';
import { DAY_MS, parseClockTime, parseDate, WEEKDAYS } from './wall-time.ts';

const LAST_MINUTE_OF_DAY = 23 * 3600 + 59 * 60;

/**
 * What is allowed in a calendar and is probably a mistake, one sentence each.
 *
 * @param aroundMs an instant of the time that the calendar is meant for; the year after it is looked at
 */
export function calendarWarnings(calendar: CalendarDefinition, aroundMs: number): readonly string[] {
  const warnings: string[] = [];
  const { hours } = calendar;
  if (hours !== '24x7') {
    for (const day of WEEKDAYS) {
      const spans = hours[day] ?? [];
      for (const [from, to] of spans) {
        const endSeconds = parseClockTime(to) ?? 0;
        if (endSeconds >= LAST_MINUTE_OF_DAY && endSeconds < 86_400) {
          warnings.push(`${day} ${from}-${to} is closed for the last moments of the day; the end of a day is 24:00`);
        }
      }
      const overlapping = spans.some(([from, to], index) =>
        spans.slice(index + 1).some(([otherFrom, otherTo]) => overlap(from, to, otherFrom, otherTo)),
      );
      if (overlapping) warnings.push(`${day} has spans that overlap; the time in both counts once`);
    }
  }
  if (openIntervals(calendar, aroundMs, aroundMs + 366 * DAY_MS).length === 0) {
    warnings.push('the calendar is never open within a year: a clock that uses it never runs');
  }
  const days = calendar.holidays.map((holiday) => JSON.stringify(holiday));
  for (const repeated of new Set(days.filter((day, index) => days.indexOf(day) !== index))) {
    warnings.push(`holiday ${repeated} is listed twice`);
  }
  for (const holiday of calendar.holidays) {
    if (typeof holiday === 'object' && 'yearly' in holiday && holiday.yearly === '02-29') {
      warnings.push('the yearly holiday 02-29 is kept in leap years only');
    }
  }
  const dates = calendar.holidays.flatMap((holiday) => {
    if (typeof holiday === 'string') return [parseDate(holiday) ?? 0];
    return 'date' in holiday ? [parseDate(holiday.date) ?? 0] : [];
  });
  if (dates.length > 0 && Math.max(...dates) * DAY_MS < aroundMs) {
    warnings.push('all dated holidays are in the past');
  }
  return warnings;
}

function overlap(from: string, to: string, otherFrom: string, otherTo: string): boolean {
  return secondsOf(from) < endOf(otherFrom, otherTo) && secondsOf(otherFrom) < endOf(from, to);
}

function endOf(from: string, to: string): number {
  return secondsOf(to) > secondsOf(from) ? secondsOf(to) : 86_400;
}

function secondsOf(text: string): number {
  return parseClockTime(text) ?? 0;
}
