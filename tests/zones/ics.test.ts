import { describe, expect, it } from '@jest/globals';

import { onCallAt } from '../../domain/on-call/final-schedule.ts';
import { expandSchedule } from '../../zones/expand-schedule.ts';
import { holidaysFromIcs } from '../../zones/holidays-from-ics.ts';
import { withHolidayFiles } from '../../zones/parse-definition.ts';
import { toPersonToMatch } from '../../zones/people.ts';
import { scheduleToIcs, stretchesFromIcs } from '../../zones/schedule-ics.ts';
import { scheduleDefinition } from '../../zones/schemas.ts';

const DAY_MS = 86_400_000;

/** A calendar of events, each given as its lines. */
function ics(...events: readonly (readonly string[])[]): string {
  const lines = events.flatMap((event) => ['BEGIN:VEVENT', ...event, 'END:VEVENT']);
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...lines, 'END:VCALENDAR', ''].join('\r\n');
}

function read(...events: string[][]): unknown {
  return holidaysFromIcs(ics(...events), 'Europe/London', 2024, 2025);
}

function ids(text: string): readonly string[] {
  return text.match(/UID:.*/g) ?? [];
}

describe('holidays from an iCalendar file', () => {
  it('are the dates of whole-day events, the end date left out', () => {
    expect(read(['UID:1', 'DTSTART;VALUE=DATE:20241225', 'DTEND;VALUE=DATE:20241227', 'SUMMARY:Christmas'])).toEqual([
      { date: '2024-12-25', name: 'Christmas' },
      { date: '2024-12-26', name: 'Christmas' },
    ]);
    expect(read(['UID:1', 'DTSTART;VALUE=DATE:20240101'])).toEqual(['2024-01-01']);
  });

  it('follow rules, exclusions, moved and cancelled occurrences', () => {
    const series = ['UID:1', 'DTSTART;VALUE=DATE:20201226', 'RRULE:FREQ=YEARLY', 'EXDATE;VALUE=DATE:20211226'];
    const moved = ['UID:1', 'RECURRENCE-ID;VALUE=DATE:20241226', 'DTSTART;VALUE=DATE:20241227', 'SUMMARY:Moved'];
    const cancelled = ['UID:1', 'RECURRENCE-ID;VALUE=DATE:20251226', 'DTSTART;VALUE=DATE:20251226', 'STATUS:CANCELLED'];
    expect(read(series)).toEqual(['2024-12-26', '2025-12-26']);
    expect(read(series, moved, cancelled)).toEqual([{ date: '2024-12-27', name: 'Moved' }]);
    expect(read(['UID:2', 'DTSTART;VALUE=DATE:20240501', 'STATUS:CANCELLED'])).toEqual([]);
  });

  it('are parts of days for timed events, in the zone of the calendar', () => {
    expect(
      read(
        ['UID:1', 'DTSTART;TZID=America/New_York:20240704T120000', 'DURATION:PT5H'],
        ['UID:2', 'DTSTART:20240801T230000Z', 'DTEND:20240802T010000Z'],
        ['UID:3', 'DTSTART:20240901T090000', 'DTEND:20240901T100000'],
      ),
    ).toEqual([
      { date: '2024-07-04', from: '17:00', to: '22:00' },
      { date: '2024-08-02', from: '00:00', to: '02:00' },
      { date: '2024-09-01', from: '09:00', to: '10:00' },
    ]);
  });

  it('are added to those of the calendar that names the file', () => {
    const calendar = { timezone: 'UTC', hours: '24x7' as const, holidays: ['2024-05-01'], holidayFiles: ['uk.ics'] };
    const text = ics(['UID:1', 'DTSTART;VALUE=DATE:20240102']);
    expect(withHolidayFiles(calendar, () => text, 2024, 2024)).toEqual({
      timezone: 'UTC',
      hours: '24x7',
      holidays: ['2024-05-01', '2024-01-02'],
    });
  });

  it('are refused where the text is no iCalendar', () => {
    expect(() => holidaysFromIcs('hello', 'UTC', 2024, 2024)).toThrow('invalid line');
  });

  it('are refused where a rule never comes true, or all too often', () => {
    const never = ['UID:1', 'DTSTART;VALUE=DATE:20240101', 'RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30'];
    expect(() => read(never)).toThrow('takes too long to follow');
    const always = ['UID:1', 'DTSTART:20240101T000000Z', 'RRULE:FREQ=MINUTELY', 'SUMMARY:Tick'];
    expect(() => read(always)).toThrow('"Tick" takes place more than 20000 times');
  });

  it('are those of the years asked for, however long an event lasts', () => {
    const holidays = holidaysFromIcs(
      ics(['UID:1', 'DTSTART;VALUE=DATE:00010101', 'DTEND;VALUE=DATE:99990101']),
      'UTC',
      2024,
      2024,
    );
    expect(holidays).toHaveLength(366);
  });
});

describe('a schedule as iCalendar', () => {
  const definition = scheduleDefinition.parse({
    name: 'safety, primary',
    timezone: 'Europe/London',
    layers: [{ rotations: [{ type: 'daily', startLocal: '2024-03-30T09:00', users: ['ana', 'ben'] }] }],
    overrides: [{ person: 'cem', from: '2024-03-31T12:00', until: '2024-03-31T13:00' }],
  });
  const fromMs = Date.UTC(2024, 2, 30);
  const schedule = expandSchedule(definition, fromMs, fromMs + 3 * DAY_MS);

  it('has an event for each turn, with an id that stays', () => {
    const text = scheduleToIcs(schedule, { ana: 'Ana Ríos' }, fromMs);
    expect(text).toContain('SUMMARY:On call (safety\\, primary): Ana Ríos\r\n');
    expect(text).toContain('DTSTART:20240330T090000Z\r\nDTEND:20240331T080000Z\r\n');
    expect(text.match(/BEGIN:VEVENT/g)).toHaveLength(5);
    const later = scheduleToIcs(expandSchedule(definition, fromMs, fromMs + 2 * DAY_MS), {}, fromMs + DAY_MS);
    expect(ids(text)).toEqual(expect.arrayContaining([...ids(later)]));
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  });

  it('comes back as it went', () => {
    const people = ['ana', 'ben', 'cem'].map((id) => ({ id, emails: [] }));
    const text = scheduleToIcs(schedule, {}, fromMs);
    const { stretches, unmatched } = stretchesFromIcs(text, people, 'UTC', fromMs, fromMs + 3 * DAY_MS);
    expect(unmatched).toEqual([]);
    const overrides = stretches.map(({ personId, from, until }) => ({ person: personId, from, until }));
    const again = expandSchedule(
      scheduleDefinition.parse({ name: 'copy', timezone: 'UTC', overrides }),
      fromMs,
      fromMs + 3 * DAY_MS,
    );
    for (let atMs = fromMs; atMs < fromMs + 3 * DAY_MS; atMs += 600_000) {
      expect(onCallAt(again, atMs)).toEqual(onCallAt(schedule, atMs));
    }
  });

  it('is read from other programs: by attendee, by id or by name', () => {
    const people = [
      toPersonToMatch({
        id: 'ana',
        name: 'Ana Ríos',
        contacts: [{ channel: 'email', address: 'Ana@example.org', delayMinutes: 0, enabled: true }],
      }),
      toPersonToMatch({ id: 'ben', contacts: [] }),
    ];
    const text = ics(
      [
        'UID:1',
        'DTSTART:20240501T090000Z',
        'DTEND:20240502T090000Z',
        'ATTENDEE:mailto:ana@example.org',
        'SUMMARY:Shift',
      ],
      ['UID:2', 'DTSTART;VALUE=DATE:20240503', 'SUMMARY:Vacation: Ben'],
      ['UID:3', 'DTSTART:20240504T090000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY', 'SUMMARY:ana ríos'],
      ['UID:4', 'DTSTART:20240505T090000Z', 'DTEND:20240505T100000Z', 'SUMMARY:Somebody else'],
    );
    expect(stretchesFromIcs(text, people, 'Europe/Berlin', Date.UTC(2024, 4, 1), Date.UTC(2024, 4, 6))).toEqual({
      stretches: [
        { personId: 'ana', from: '2024-05-01T09:00:00Z', until: '2024-05-02T09:00:00Z' },
        { personId: 'ben', from: '2024-05-02T22:00:00Z', until: '2024-05-03T22:00:00Z' },
        { personId: 'ana', from: '2024-05-04T07:00:00Z', until: '2024-05-04T08:00:00Z' },
        { personId: 'ana', from: '2024-05-05T07:00:00Z', until: '2024-05-05T08:00:00Z' },
      ],
      unmatched: ['Somebody else'],
    });
  });
});
