import type { Interval } from '../domain/calendar/intervals.ts';
import type { HolidayDefinition } from './schemas.ts';
import { timeZone } from './time-zone.ts';
import type { TimeZone } from './time-zone.ts';
import { DAY_MS, epochDayAtWallMs, epochDayOf, formatClockTime, formatDate } from './wall-time.ts';
import { icsInterval, icsOccurrences, wallMsOf } from './ics-events.ts';
import type { IcsOccurrence } from './ics-events.ts';

/**
 * The holidays of an iCalendar file as a calendar definition lists them.
 *
 * Whole-day events close their dates (the end date is not included), timed events the part of each date that they cover in the
 * calendar's zone. Recurrence rules, added and excluded dates and moved occurrences are followed within the years asked for.
 * Cancelled events are left out.
 *
 * @param text the file
 * @param timezone the zone of the calendar that gets the holidays
 * @param firstYear the first year wanted
 * @param lastYear the last year wanted, included
 * @throws `Error` where the text is no iCalendar, or one that takes too long to follow
 * @see https://www.rfc-editor.org/rfc/rfc5545 sections 3.6.1 and 3.8.5
 */
export function holidaysFromIcs(
  text: string,
  timezone: string,
  firstYear: number,
  lastYear: number,
): readonly HolidayDefinition[] {
  const zone = timeZone(timezone);
  const firstDay = epochDayOf(firstYear, 1, 1) ?? 0;
  const endDay = epochDayOf(lastYear + 1, 1, 1) ?? 0;
  const holidays = new Map<string, HolidayDefinition>();
  for (const occurrence of icsOccurrences(text, endDay * DAY_MS)) {
    for (const { epochDay, fromSeconds, toSeconds } of closedParts(occurrence, zone, firstDay, endDay)) {
      const holiday = holidayOf(epochDay, fromSeconds, toSeconds, occurrence.event.summary ?? '');
      holidays.set(`${formatDate(epochDay)} ${fromSeconds} ${toSeconds}`, holiday);
    }
  }
  return [...holidays.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, holiday]) => holiday);
}

interface ClosedPart {
  readonly epochDay: number;
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** @param endDay the first day that is not wanted any more */
function closedParts(
  occurrence: IcsOccurrence,
  zone: TimeZone,
  firstDay: number,
  endDay: number,
): readonly ClosedPart[] {
  const { startDate, endDate } = occurrence;
  const [startWallMs, endWallMs] = startDate.isDate
    ? [wallMsOf(startDate), Math.max(wallMsOf(endDate), wallMsOf(startDate) + DAY_MS)]
    : wallInterval(icsInterval(occurrence, zone), zone);
  const parts: ClosedPart[] = [];
  const fromDay = Math.max(epochDayAtWallMs(startWallMs), firstDay);
  for (let epochDay = fromDay; epochDay < endDay && epochDay * DAY_MS < endWallMs; epochDay += 1) {
    const fromSeconds = Math.max(startWallMs - epochDay * DAY_MS, 0) / 1000;
    const toSeconds = Math.min(endWallMs - epochDay * DAY_MS, DAY_MS) / 1000;
    if (fromSeconds < toSeconds) parts.push({ epochDay, fromSeconds, toSeconds });
  }
  return parts;
}

function wallInterval([startMs, endMs]: Interval, zone: TimeZone): Interval {
  return [zone.wallTimeAtMs(startMs), zone.wallTimeAtMs(endMs)];
}

function holidayOf(epochDay: number, fromSeconds: number, toSeconds: number, name: string): HolidayDefinition {
  const named = name === '' ? {} : { name };
  const date = formatDate(epochDay);
  if (fromSeconds === 0 && toSeconds === 86_400) return name === '' ? date : { date, ...named };
  return { date, from: formatClockTime(fromSeconds), to: formatClockTime(toSeconds), ...named };
}
