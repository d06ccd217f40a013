import ICAL from 'ical.js';

import type { Interval } from '../domain/calendar/intervals.ts';
import { isTimeZone, timeZone } from './time-zone.ts';
import type { TimeZone } from './time-zone.ts';
import { DAY_MS, epochDayOf } from './wall-time.ts';
import { withinTime } from './within-time.ts';

/** More of one event are not believed: a calendar of shifts or holidays has none that repeats every minute. */
const MOST_OCCURRENCES = 20_000;
/** Of all events together. */
const MOST_ALTOGETHER = 100_000;
/** A rule that never comes true is looked for without an end; a file of this size is read in far less. */
const LONGEST_MS = 4_000;

/** One occurrence of an event, its ends as the file gives them. */
export interface IcsOccurrence {
  readonly startDate: ICAL.Time;
  readonly endDate: ICAL.Time;
  /** The event itself, or what a moved occurrence was changed to. */
  readonly event: ICAL.Event;
}

/**
 * Occurrences of all events of an iCalendar text that begin before `endMs`. What was cancelled, whole or one by one, is left
 * out; moved occurrences belong to their series.
 *
 * @throws `Error` where the text is no iCalendar, has too many occurrences, or a rule that takes too long to follow
 */
export function icsOccurrences(text: string, endMs: number): readonly IcsOccurrence[] {
  return withinTime(LONGEST_MS, 'the iCalendar text has a rule that takes too long to follow', () => {
    const found: IcsOccurrence[] = [];
    for (const event of readEvents(text)) {
      for (const occurrence of occurrencesOf(event, endMs)) found.push(occurrence);
      if (found.length > MOST_ALTOGETHER) throw new Error(`the events take place more than ${MOST_ALTOGETHER} times`);
    }
    return found;
  });
}

function occurrencesOf(event: ICAL.Event, endMs: number): readonly IcsOccurrence[] {
  if (!event.isRecurring()) return [{ startDate: event.startDate, endDate: event.endDate, event }];
  const found: IcsOccurrence[] = [];
  const iterator = event.iterator();
  for (let count = 0; count <= MOST_OCCURRENCES; count += 1) {
    // The types leave out that the last call answers with nothing.
    const start: ICAL.Time | null | undefined = iterator.next();
    // A day to spare for its zone.
    if (start === null || start === undefined || wallMsOf(start) > endMs + DAY_MS) return found;
    const { startDate, endDate, item } = event.getOccurrenceDetails(start);
    if (!isCancelled(item.component)) found.push({ startDate, endDate, event: item });
  }
  throw new Error(`event "${event.summary ?? ''}" takes place more than ${MOST_OCCURRENCES} times`);
}

function readEvents(text: string): readonly ICAL.Event[] {
  const events: ICAL.Event[] = [];
  for (const calendar of parseCalendars(text)) {
    const components = calendar.getAllSubcomponents('vevent').filter((event) => event.hasProperty('dtstart'));
    const moved = new Map<unknown, ICAL.Component[]>();
    for (const component of components.filter(isMoved)) {
      const uid: unknown = component.getFirstPropertyValue('uid');
      moved.set(uid, [...(moved.get(uid) ?? []), component]);
    }
    for (const component of components) {
      if (isMoved(component) || isCancelled(component)) continue;
      const exceptions = moved.get(component.getFirstPropertyValue('uid')) ?? [];
      events.push(new ICAL.Event(component, { exceptions, strictExceptions: false }));
    }
  }
  return events;
}

/**
 * The instants between which an occurrence lies: in UTC, in the zones that it names, or in `floating`, the zone of the reader.
 *
 * IANA names are looked up in the platform's database, whatever the file says of them; other names use the file's own VTIMEZONE.
 * A date stands for its midnight.
 */
export function icsInterval(occurrence: IcsOccurrence, floating: TimeZone): Interval {
  const { component } = occurrence.event;
  const startZone = zoneParameter(component, 'dtstart');
  const endZone = component.hasProperty('dtend') ? zoneParameter(component, 'dtend') : startZone;
  return [instantMs(occurrence.startDate, startZone, floating), instantMs(occurrence.endDate, endZone, floating)];
}

/** Epoch milliseconds that a date or date-time would have in UTC. */
export function wallMsOf(time: ICAL.Time): number {
  const dayMs = (epochDayOf(time.year, time.month, time.day) ?? 0) * DAY_MS;
  return time.isDate ? dayMs : dayMs + (time.hour * 3600 + time.minute * 60 + time.second) * 1000;
}

function instantMs(time: ICAL.Time, zoneName: string | null, floating: TimeZone): number {
  const tzid = time.zone?.tzid;
  if (!time.isDate && (tzid === 'UTC' || tzid === 'Z')) return wallMsOf(time);
  if (zoneName !== null && isTimeZone(zoneName)) return timeZone(zoneName).instantOfMs(wallMsOf(time), 'shift');
  if (tzid === undefined || tzid === 'floating' || time.isDate) return floating.instantOfMs(wallMsOf(time), 'shift');
  return time.toUnixTime() * 1000;
}

function zoneParameter(component: ICAL.Component, name: string): string | null {
  const value: unknown = component.getFirstProperty(name)?.getParameter('tzid');
  return typeof value === 'string' ? value : null;
}

function parseCalendars(text: string): readonly ICAL.Component[] {
  // One text may hold several calendars; the parser then answers with a list of them.
  const parsed: unknown = ICAL.parse(text);
  if (!Array.isArray(parsed)) throw new Error('no iCalendar');
  const jCals: unknown[] = typeof parsed[0] === 'string' ? [parsed] : parsed;
  return jCals.filter((jCal) => Array.isArray(jCal)).map((jCal) => new ICAL.Component(jCal));
}

function isMoved(component: ICAL.Component): boolean {
  return component.hasProperty('recurrence-id');
}

function isCancelled(component: ICAL.Component): boolean {
  return String(component.getFirstPropertyValue('status') ?? '').toUpperCase() === 'CANCELLED';
}
