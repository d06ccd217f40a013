import { describe, expect, it } from '@jest/globals';

import { isOpenAt } from '../../domain/calendar/open-hours.ts';
import { calendarWarnings } from '../../zones/check-calendar.ts';
import { deadlineMs, elapsedOpenMs, ENDLESS_MS } from '../../zones/deadline.ts';
import { expandCalendar } from '../../zones/expand-calendar.ts';
import { parseDefinition } from '../../zones/parse-definition.ts';
import { calendarDefinition } from '../../zones/schemas.ts';
import type { CalendarDefinition } from '../../zones/schemas.ts';
import { parseInstant } from '../../zones/wall-time.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const at = (text: string): number => parseInstant(text) ?? NaN;
const daily = (...spans: [string, string][]): CalendarDefinition['hours'] =>
  Object.fromEntries(DAYS.map((day) => [day, spans]));
const calendar = (
  timezone: string,
  hours: CalendarDefinition['hours'],
  holidays: CalendarDefinition['holidays'] = [],
): CalendarDefinition => ({ timezone, hours, holidays });

function warn(hours: CalendarDefinition['hours'], holidays: CalendarDefinition['holidays'] = []): string {
  return calendarWarnings(calendar('UTC', hours, holidays), at('2024-01-01T00:00Z')).join('\n');
}

function openTexts(definition: CalendarDefinition, from: string, until: string): readonly string[] {
  return expandCalendar(definition, at(from), at(until)).intervals.map((ends) =>
    ends.map((ms) => new Date(ms).toISOString().slice(5, 16)).join(' '),
  );
}

describe('a business calendar', () => {
  it('has the spans of a split shift', () => {
    const split = calendar('Europe/Berlin', {
      mon: [
        ['13:00', '18:00'],
        ['08:00', '12:00'],
      ],
    });
    expect(openTexts(split, '2024-05-13T00:00Z', '2024-05-14T00:00Z')).toEqual([
      '05-13T06:00 05-13T10:00',
      '05-13T11:00 05-13T16:00',
    ]);
  });

  it('goes on past midnight where a span ends before it begins', () => {
    const night = calendar('UTC', { fri: [['22:00', '06:00']] });
    expect(openTexts(night, '2024-05-13T00:00Z', '2024-05-20T00:00Z')).toEqual(['05-17T22:00 05-18T06:00']);
  });

  it.each([
    ['24x7', '24x7'],
    ['00:00-24:00 each day', daily(['00:00', '24:00'])],
    ['00:00-12:00 and 12:00-00:00', daily(['00:00', '12:00'], ['12:00', '00:00'])],
    ['overlapping spans', daily(['00:00', '13:00'], ['12:00', '24:00'])],
  ] as const)('loses no minute at midnight or at a clock change: %s', (_name, hours) => {
    for (const timezone of [
      'America/Sao_Paulo',
      'America/Havana',
      'Africa/Cairo',
      'Pacific/Apia',
      'Antarctica/Troll',
    ]) {
      for (const year of [2011, 2018, 2024]) {
        const [fromMs, untilMs] = [Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1)];
        expect(expandCalendar(calendar(timezone, hours), fromMs, untilMs).intervals).toEqual([[fromMs, untilMs]]);
      }
    }
  });

  it.each([
    ['Europe/Berlin', '2024-03-31', '02:15', '02:45', '03-31T01:15 03-31T01:45'],
    ['Europe/Berlin', '2024-03-31', '00:30', '02:30', '03-30T23:30 03-31T01:30'],
    ['Europe/Berlin', '2024-10-27', '02:15', '02:45', '10-27T00:15 10-27T00:45'],
    ['Europe/Berlin', '2024-10-27', '00:30', '02:30', '10-26T22:30 10-27T00:30'],
    ['Europe/Berlin', '2024-10-27', '02:30', '04:00', '10-27T00:30 10-27T03:00'],
    ['Antarctica/Troll', '2024-03-31', '01:30', '02:30', '03-31T01:30 03-31T02:30'],
    ['Africa/Cairo', '2024-04-26', '00:30', '02:00', '04-25T22:30 04-25T23:00'],
  ])(
    '%s on %s, %s-%s: each end is moved by the length of the gap, or first of two',
    (timezone, date, from, to, expected) => {
      const definition = calendar(timezone, daily([from, to]));
      const noonMs = at(`${date}T12:00Z`);
      const hours = openTexts(definition, new Date(noonMs - DAY_MS).toISOString(), new Date(noonMs).toISOString());
      expect(hours).toContain(expected);
    },
  );

  it('drops a span that a gap leaves without length', () => {
    const definition = calendar('Australia/Lord_Howe', daily(['02:15', '02:45']));
    expect(openTexts(definition, '2024-10-05T14:00Z', '2024-10-06T13:00Z')).toEqual([]);
  });

  it('keeps the hours of a date that the zone skips, on the next date', () => {
    const definition = calendar('Pacific/Apia', { fri: [['09:00', '17:00']] });
    expect(openTexts(definition, '2011-12-29T10:00Z', '2012-01-02T10:00Z')).toEqual(['12-30T19:00 12-31T03:00']);
    const closed = { ...definition, holidays: ['2011-12-30'] };
    expect(openTexts(closed, '2011-12-29T10:00Z', '2012-01-02T10:00Z')).toEqual([]);
  });

  it('knows nothing outside of what was expanded', () => {
    const hours = expandCalendar(calendar('UTC', '24x7'), 1000, 5000);
    expect([hours.coveredFromMs, hours.coveredUntilMs]).toEqual([1000, 5000]);
    expect([isOpenAt(hours, 999), isOpenAt(hours, 1000), isOpenAt(hours, 5000)]).toEqual([null, true, null]);
  });

  it('has an id that follows from its content', () => {
    const [a, b] = [
      calendar('Europe/Berlin', daily(['09:00', '17:00'])),
      calendar('Europe/Paris', daily(['09:00', '17:00'])),
    ];
    const [fromMs, untilMs] = [at('2024-01-01T00:00Z'), at('2025-01-01T00:00Z')];
    expect(expandCalendar(a, fromMs, untilMs).id).toBe(expandCalendar(b, fromMs, untilMs).id);
    expect(expandCalendar(a, fromMs, untilMs).id).not.toBe(expandCalendar(a, fromMs, untilMs + 1).id);
    expect(expandCalendar({ ...a, holidays: ['2024-05-01'] }, fromMs, untilMs).id).not.toBe(
      expandCalendar(a, fromMs, untilMs).id,
    );
  });

  it('refuses an empty range and an unknown zone', () => {
    expect(() => expandCalendar(calendar('UTC', '24x7'), 5, 5)).toThrow(RangeError);
    expect(() => expandCalendar(calendar('Nowhere', '24x7'), 0, 5)).toThrow('unknown time zone: Nowhere');
  });
});

describe('holidays', () => {
  const week = daily(['09:00', '17:00']);

  it('close their date, midnight to midnight', () => {
    const definition = calendar('UTC', week, ['2024-05-14']);
    expect(openTexts(definition, '2024-05-13T00:00Z', '2024-05-16T00:00Z')).toEqual([
      '05-13T09:00 05-13T17:00',
      '05-15T09:00 05-15T17:00',
    ]);
  });

  it('take from a span over midnight what lies on them, as if it were written as two spans', () => {
    for (const hours of [daily(['22:00', '06:00']), daily(['22:00', '24:00'], ['00:00', '06:00'])]) {
      expect(openTexts(calendar('UTC', hours, ['2024-05-14']), '2024-05-13T12:00Z', '2024-05-15T12:00Z')).toEqual([
        '05-13T22:00 05-14T00:00',
        '05-15T00:00 05-15T06:00',
      ]);
    }
  });

  it('may close a part of a day only', () => {
    const holidays = [
      { date: '2024-12-24', from: '12:00' },
      { date: '2024-12-25', to: '12:00' },
      { date: '2024-12-26', from: '10:00', to: '11:00' },
    ];
    expect(openTexts(calendar('UTC', week, holidays), '2024-12-24T00:00Z', '2024-12-27T00:00Z')).toEqual([
      '12-24T09:00 12-24T12:00',
      '12-25T12:00 12-25T17:00',
      '12-26T09:00 12-26T10:00',
      '12-26T11:00 12-26T17:00',
    ]);
  });

  it('come back every year, 29 February in leap years', () => {
    const definition = calendar('UTC', '24x7', [{ yearly: '02-29' }, { yearly: '01-01', to: '06:00' }]);
    for (const year of [2023, 2024, 2100]) {
      const yearMs = Date.UTC(year + 1, 0, 1) - Date.UTC(year, 0, 1);
      const leapMs = year === 2024 ? DAY_MS : 0;
      expect(elapsedOpenMs(definition, [], Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1))).toBe(
        yearMs - leapMs - 6 * HOUR_MS,
      );
    }
  });
});

describe('a deadline', () => {
  const office = calendar('Europe/London', { mon: [['09:00', '17:00']], tue: [['09:00', '17:00']] });

  it.each([
    ['at closing time is due at the next opening', '2024-05-13T08:00Z', 8 * HOUR_MS, '2024-05-14T08:00:00.000Z'],
    ['of no length in closed hours is due at the next opening', '2024-05-15T08:00Z', 0, '2024-05-20T08:00:00.000Z'],
    ['of no length in open hours is due at once', '2024-05-13T08:00Z', 0, '2024-05-13T08:00:00.000Z'],
    ['of no length at closing time is due at the next opening', '2024-05-13T16:00Z', 0, '2024-05-14T08:00:00.000Z'],
    ['runs over months', '2024-01-01T00:00Z', 1000 * HOUR_MS, '2025-03-11T09:00:00.000Z'],
  ])('%s', (_name, from, openMs, expected) => {
    const dueMs = deadlineMs(office, [], at(from), openMs);
    expect(new Date(dueMs ?? NaN).toISOString()).toBe(expected);
    expect(elapsedOpenMs(office, [], at(from), dueMs ?? NaN)).toBe(openMs);
  });

  it('waits for the end of a pause, however many overlap', () => {
    const pauses = [
      [at('2024-05-13T09:00Z'), at('2024-05-13T12:00Z')],
      [at('2024-05-13T10:00Z'), at('2024-05-13T11:00Z')],
      [at('2024-05-13T12:00Z'), at('2024-05-13T13:00Z')],
    ] as const;
    expect(deadlineMs(office, pauses, at('2024-05-13T08:00Z'), HOUR_MS)).toBe(at('2024-05-13T13:00Z'));
    expect(deadlineMs(office, pauses, at('2024-05-13T10:30Z'), 60_000)).toBe(at('2024-05-13T13:01Z'));
  });

  it('is never where the calendar is never open or a pause does not end', () => {
    expect(deadlineMs(calendar('UTC', {}), [], 0, 1)).toBeNull();
    expect(
      deadlineMs(office, [[at('2024-05-13T09:00Z'), ENDLESS_MS]], at('2024-05-13T08:00Z'), 2 * HOUR_MS),
    ).toBeNull();
    expect(deadlineMs(office, [[at('2024-05-13T09:00Z'), ENDLESS_MS]], at('2024-05-13T08:00Z'), HOUR_MS / 2)).toBe(
      at('2024-05-13T08:30Z'),
    );
  });
});

describe('the definition of a calendar', () => {
  it('is read from YAML', () => {
    const yaml =
      'timezone: Asia/Singapore\nhours:\n  mon: [["09:00", "18:00"]]\nholidays:\n  - 2024-12-25\n  - yearly: 01-01\n';
    expect(parseDefinition(yaml, calendarDefinition)).toEqual({
      timezone: 'Asia/Singapore',
      hours: { mon: [['09:00', '18:00']] },
      holidays: ['2024-12-25', { yearly: '01-01' }],
    });
  });

  it.each([
    ['an unknown zone', { timezone: 'Asia/Atlantis', hours: '24x7' }, 'timezone: unknown time zone: Asia/Atlantis'],
    ['a misspelt key', { timezone: 'UTC', hours: '24x7', holiday: [] }, 'Unrecognized key: "holiday"'],
    ['a misspelt day', { timezone: 'UTC', hours: { monday: [] } }, 'hours: Unrecognized key: "monday"'],
    [
      'a clock time that is none',
      { timezone: 'UTC', hours: { mon: [['09:00', '24:01']] } },
      'hours.mon.0.1: not a clock time',
    ],
    ['a span without length', { timezone: 'UTC', hours: { mon: [['00:00', '00:00']] } }, 'hours.mon.0: a span begins'],
    ['a date that is none', { timezone: 'UTC', hours: '24x7', holidays: ['2023-02-29'] }, 'holidays.0: not a date'],
  ])('is refused for %s', (_name, definition, message) => {
    expect(() => parseDefinition(JSON.stringify(definition), calendarDefinition)).toThrow(message);
  });

  it('warns of what is probably a mistake', () => {
    expect(warn(daily(['00:00', '23:59']))).toContain('the end of a day is 24:00');
    expect(
      warn({
        mon: [
          ['09:00', '12:00'],
          ['11:00', '13:00'],
        ],
      }),
    ).toContain('mon has spans that overlap');
    expect(warn({})).toContain('never open');
    expect(warn('24x7', ['2023-05-01'])).toContain('in the past');
    expect(warn('24x7', ['2024-05-01', '2024-05-01'])).toContain('listed twice');
    expect(warn('24x7', [{ yearly: '02-29' }])).toContain('leap years');
    expect(warn(daily(['09:00', '12:00'], ['12:00', '24:00']), ['2024-05-01'])).toBe('');
  });
});
