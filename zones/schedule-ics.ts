import ICAL from 'ical.js';

import type { FinalSchedule } from '../domain/on-call/final-schedule.ts';
import { icsInterval, icsOccurrences } from './ics-events.ts';
import { timeZone } from './time-zone.ts';
import { formatInstant } from './wall-time.ts';

/** Which person an event is about, when it was written by this project. */
const PERSON_PROPERTY = 'x-tierline-person';

/** One person's time on call, joined over causes and layers. */
interface PersonShift {
  readonly personId: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly reasons: readonly string[];
}

/**
 * A final schedule as iCalendar text: one event for each unbroken turn of each person, in UTC.
 *
 * The ids of events depend on schedule, person and start alone, so that a calendar that subscribes to it updates in place;
 * a turn that began before the schedule's coverage is cut there and begins with it.
 *
 * @param names what to call people, by id; the id where absent
 * @param stampMs when the text is made, for DTSTAMP
 * @see https://www.rfc-editor.org/rfc/rfc5545
 */
export function scheduleToIcs(
  schedule: FinalSchedule,
  names: Readonly<Record<string, string>>,
  stampMs: number,
): string {
  const calendar = new ICAL.Component('vcalendar');
  calendar.updatePropertyWithValue('version', '2.0');
  calendar.updatePropertyWithValue('prodid', '-//Tierline//on-call//EN');
  calendar.updatePropertyWithValue('x-wr-calname', schedule.name);
  for (const { personId, startMs, endMs, reasons } of personShifts(schedule)) {
    const event = new ICAL.Component('vevent');
    event.updatePropertyWithValue('uid', `${uidPart(schedule.name)}-${uidPart(personId)}-${startMs}@tierline`);
    event.updatePropertyWithValue('dtstamp', utcTime(stampMs));
    event.updatePropertyWithValue('dtstart', utcTime(startMs));
    event.updatePropertyWithValue('dtend', utcTime(endMs));
    event.updatePropertyWithValue('summary', `On call (${schedule.name}): ${names[personId] ?? personId}`);
    event.updatePropertyWithValue('description', reasons.join('\n'));
    event.updatePropertyWithValue('transp', 'TRANSPARENT');
    event.updatePropertyWithValue(PERSON_PROPERTY, personId);
    calendar.addSubcomponent(event);
  }
  return `${calendar.toString()}\r\n`;
}

/** What an iCalendar text says about people: when each is on call, or away. */
export interface ImportedStretch {
  readonly personId: string;
  /** RFC 3339, as overrides and leave of a schedule definition take it. */
  readonly from: string;
  readonly until: string;
}

export interface ImportedStretches {
  readonly stretches: readonly ImportedStretch[];
  /** Summaries of events that no known person was found for. */
  readonly unmatched: readonly string[];
}

/** What is known of a person when events are matched. */
export interface PersonToMatch {
  readonly id: string;
  readonly name?: string | undefined;
  readonly emails: readonly string[];
}

/**
 * Reads shifts, overrides or leave from iCalendar text; the caller decides which of them they are.
 *
 * A person is found by the property that the export writes, by an attendee's address, or by a summary that is an id or a name
 * or ends with one after a colon. Whole-day events run from midnight to midnight in the schedule's zone.
 *
 * @param timezone the schedule's zone, for dates and floating times
 * @param fromMs occurrences that end before it are left out
 * @param untilMs occurrences that begin at it or later are left out
 * @throws `Error` where the text is no iCalendar, or one that takes too long to follow
 */
export function stretchesFromIcs(
  text: string,
  people: readonly PersonToMatch[],
  timezone: string,
  fromMs: number,
  untilMs: number,
): ImportedStretches {
  const zone = timeZone(timezone);
  const stretches: ImportedStretch[] = [];
  const unmatched = new Set<string>();
  for (const occurrence of icsOccurrences(text, untilMs)) {
    const [startMs, endMs] = icsInterval(occurrence, zone);
    if (startMs >= endMs || endMs <= fromMs || startMs >= untilMs) continue;
    const personId = personOf(occurrence.event, people);
    if (personId === null) unmatched.add(occurrence.event.summary ?? '');
    else stretches.push({ personId, from: formatInstant(startMs), until: formatInstant(endMs) });
  }
  return { stretches: stretches.toSorted((a, b) => (a.from < b.from ? -1 : 1)), unmatched: [...unmatched] };
}

function personOf(event: ICAL.Event, people: readonly PersonToMatch[]): string | null {
  const written = event.component.getFirstPropertyValue(PERSON_PROPERTY);
  const attendees = event.attendees.map((attendee) => String(attendee.getFirstValue() ?? '').toLowerCase());
  const summary = (event.summary ?? '').trim().toLowerCase();
  const found =
    people.find(({ id }) => id === written) ??
    people.find(({ emails }) => emails.some((email) => attendees.includes(`mailto:${email.toLowerCase()}`))) ??
    people.find(({ id, name }) => [id, name ?? id].some((known) => isNamed(summary, known.toLowerCase())));
  return found?.id ?? null;
}

function isNamed(summary: string, name: string): boolean {
  return summary === name || summary.endsWith(`: ${name}`);
}

function personShifts(schedule: FinalSchedule): readonly PersonShift[] {
  const open = new Map<string, PersonShift>();
  const done: PersonShift[] = [];
  for (const { startMs, endMs, onCall } of schedule.stretches) {
    for (const personId of new Set(onCall.map((assignment) => assignment.personId))) {
      const mine = onCall.filter((assignment) => assignment.personId === personId);
      const reasons = mine.map(({ cause, layer, rotation, inPlaceOf }) =>
        [cause, layer, rotation, inPlaceOf === null ? null : `in place of ${inPlaceOf}`]
          .filter((part) => part !== null)
          .join(', '),
      );
      const last = open.get(personId);
      if (last !== undefined && last.endMs === startMs) {
        open.set(personId, { ...last, endMs, reasons: [...new Set([...last.reasons, ...reasons])] });
      } else {
        if (last !== undefined) done.push(last);
        open.set(personId, { personId, startMs, endMs, reasons: [...new Set(reasons)] });
      }
    }
  }
  return [...done, ...open.values()].toSorted((a, b) => a.startMs - b.startMs);
}

function utcTime(atMs: number): ICAL.Time {
  return ICAL.Time.fromJSDate(new Date(atMs), true);
}

function uidPart(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}]+/gu, '-');
}
