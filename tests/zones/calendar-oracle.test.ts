import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import type { Interval } from '../../domain/calendar/intervals.ts';
import { dueAfter, isOpenAt, openMsBetween, withoutPauses } from '../../domain/calendar/open-hours.ts';
import { deadlineMs, elapsedOpenMs } from '../../zones/deadline.ts';
import { expandCalendar } from '../../zones/expand-calendar.ts';
import { CLOCK_CHANGES } from './clock-changes.ts';
import { openMinutes, oracleDueMs, oracleElapsedMs, pauseOracle, readWall } from './minute-oracle.ts';
import type { PlainHours, WallMinutes } from './minute-oracle.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const clockText = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

const span = fc
  .tuple(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 1, max: 1440 }))
  .filter(([from, to]) => from < to)
  .map(([from, to]): [string, string] => [clockText(from), clockText(to)]);

/** Among the hours that clocks skip and repeat, and at the edges of the day. */
const awkwardSpan = fc.constantFrom<[string, string]>(
  ['00:00', '24:00'],
  ['22:00', '24:00'],
  ['00:00', '06:00'],
  ['01:30', '04:30'],
  ['02:15', '02:45'],
  ['00:15', '02:30'],
  ['23:15', '23:45'],
  ['01:10', '02:00'],
  ['09:00', '18:00'],
);

const daySpans = fc.array(fc.oneof(span, awkwardSpan), { maxLength: 3 });
const hoursOfWeek: fc.Arbitrary<PlainHours> = fc.oneof(
  daySpans.map((spans) => Object.fromEntries(DAYS.map((day) => [day, spans]))),
  fc.tuple(...DAYS.map(() => daySpans)).map((week) => Object.fromEntries(week.map((spans, i) => [DAYS[i], spans]))),
);

const minutesIn = (days: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: days * 1440 });

describe('calendars against a clock that is looked at every minute', () => {
  const WINDOW_DAYS = 8;
  const MARGIN_MS = 3 * DAY_MS;
  const walls = new Map<string, WallMinutes>();
  const wallAround = (timezone: string, atMs: number): WallMinutes => {
    const key = `${timezone} ${atMs}`;
    const fromMs = atMs - (WINDOW_DAYS / 2) * DAY_MS - MARGIN_MS;
    const known = walls.get(key) ?? readWall(timezone, fromMs, fromMs + WINDOW_DAYS * DAY_MS + 2 * MARGIN_MS);
    walls.set(key, known);
    return known;
  };

  it('answers elapsed time and deadlines to the millisecond around every kind of clock change', () => {
    const request = fc.record({
      change: fc.constantFrom(...CLOCK_CHANGES),
      hours: hoursOfWeek,
      holidayDays: fc.array(fc.integer({ min: 0, max: WINDOW_DAYS }), { maxLength: 2 }),
      from: minutesIn(WINDOW_DAYS),
      to: minutesIn(WINDOW_DAYS),
      extraMs: fc.integer({ min: 0, max: 59_999 }),
      open: minutesIn(2),
      pauses: fc.array(fc.tuple(minutesIn(WINDOW_DAYS), minutesIn(1)), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(request, ({ change, hours, holidayDays, from, to, extraMs, open, pauses }) => {
        const [timezone, atMs] = change;
        const wall = wallAround(timezone, atMs);
        const windowMs = wall.fromMs + MARGIN_MS;
        const holidays = holidayDays.map((day) => new Date(windowMs + day * DAY_MS).toISOString().slice(0, 10));
        const calendar = { timezone, hours: asDefinition(hours), holidays };
        const paused = pauses.map(([start, length]): Interval => {
          const startMs = windowMs + start * MINUTE_MS;
          return [startMs, startMs + length * MINUTE_MS];
        });
        const oracle = pauseOracle(openMinutes(wall, hours, holidays), paused);
        const fromMs = windowMs + from * MINUTE_MS + extraMs;
        const toMs = windowMs + to * MINUTE_MS;
        expect(elapsedOpenMs(calendar, paused, fromMs, toMs)).toBe(oracleElapsedMs(oracle, fromMs, toMs));

        const openMs = open * MINUTE_MS;
        const expectedMs = oracleDueMs(oracle, fromMs, openMs);
        // The margin after the window is where the oracle no longer sees every span.
        if (expectedMs !== null && expectedMs < windowMs + WINDOW_DAYS * DAY_MS) {
          expect(deadlineMs(calendar, paused, fromMs, openMs)).toBe(expectedMs);
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe.each(['America/New_York', 'Australia/Lord_Howe'])('a year of random pauses in %s', (timezone) => {
  const fromMs = Date.UTC(2023, 11, 31);
  const untilMs = Date.UTC(2025, 0, 2);
  const startMs = Date.UTC(2024, 0, 1);
  const endMs = Date.UTC(2025, 0, 1);
  let wall: WallMinutes | null = null;

  it('drifts by nothing, and deadlines are the inverse of elapsed time', () => {
    const request = fc.record({
      hours: hoursOfWeek,
      pauses: fc.array(fc.tuple(minutesIn(365), fc.integer({ min: 1, max: 5000 })), { minLength: 20, maxLength: 60 }),
      extraMs: fc.integer({ min: 0, max: 86_400_000 }),
    });
    wall ??= readWall(timezone, fromMs, untilMs);
    const year = wall;
    fc.assert(
      fc.property(request, ({ hours, pauses, extraMs }) => {
        const paused = pauses.map(([start, length]): Interval => {
          const pausedMs = startMs + start * MINUTE_MS;
          return [pausedMs, pausedMs + length * MINUTE_MS];
        });
        const calendar = { timezone, hours: asDefinition(hours), holidays: ['2024-07-04'] };
        const expanded = withoutPauses(expandCalendar(calendar, startMs, endMs), paused);
        const oracle = pauseOracle(openMinutes(year, hours, ['2024-07-04']), paused);
        const beginMs = startMs + extraMs;
        const elapsedMs = openMsBetween(expanded, beginMs, endMs);
        expect(elapsedMs).toBe(oracleElapsedMs(oracle, beginMs, endMs));
        if (elapsedMs === null || elapsedMs === 0) return;

        for (const part of [0, 0.1, 0.5, 0.9]) {
          const openMs = Math.floor(elapsedMs * part);
          const dueMs = dueAfter(expanded, beginMs, openMs);
          expect(dueMs).toBe(oracleDueMs(oracle, beginMs, openMs));
          expect(isOpenAt(expanded, dueMs ?? 0)).toBe(true);
          expect(openMsBetween(expanded, beginMs, dueMs ?? 0)).toBe(openMs);
        }
        expect(dueAfter(expanded, beginMs, elapsedMs)).toBeNull();
      }),
      { numRuns: 12 },
    );
  });
});

function asDefinition(hours: PlainHours): Record<string, [string, string][]> {
  return Object.fromEntries(
    Object.entries(hours).map(([day, spans]) => [day, spans.map(([from, to]): [string, string] => [from, to])]),
  );
}
