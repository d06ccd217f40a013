import { describe, expect, it } from '@jest/globals';

import { isTimeZone, TimeZone, timeZone } from '../../zones/time-zone.ts';
import { formatWallTime, parseWallTime } from '../../zones/wall-time.ts';
import { CLOCK_CHANGES } from './clock-changes.ts';
import { indexOfWall, readWall } from './minute-oracle.ts';

const HOUR_MS = 3_600_000;
const wall = (text: string): number => parseWallTime(text) ?? NaN;
const iso = (atMs: number): string => new Date(atMs).toISOString();

describe('time zone', () => {
  it.each([
    ['Europe/Berlin', '2024-03-31T02:30', 'shift', '2024-03-31T01:30:00.000Z'],
    ['Europe/Berlin', '2024-03-31T02:30', 'gap-end', '2024-03-31T01:00:00.000Z'],
    ['Europe/Berlin', '2024-03-31T02:00', 'gap-end', '2024-03-31T01:00:00.000Z'],
    ['Europe/Berlin', '2024-03-31T03:00', 'shift', '2024-03-31T01:00:00.000Z'],
    ['Europe/Berlin', '2024-10-27T02:30', 'shift', '2024-10-27T00:30:00.000Z'],
    ['Europe/Berlin', '2024-10-27T03:00', 'shift', '2024-10-27T02:00:00.000Z'],
    ['Australia/Lord_Howe', '2024-10-06T02:15', 'shift', '2024-10-05T15:45:00.000Z'],
    ['Pacific/Apia', '2011-12-30T09:00', 'shift', '2011-12-30T19:00:00.000Z'],
    ['Pacific/Apia', '2011-12-30T09:00', 'gap-end', '2011-12-30T10:00:00.000Z'],
    ['Africa/Monrovia', '1972-01-01T12:00', 'shift', '1972-01-01T12:44:30.000Z'],
    ['Africa/Monrovia', '1972-01-07T00:10', 'gap-end', '1972-01-07T00:44:30.000Z'],
    ['UTC', '2024-02-29T24:00', 'shift', '2024-03-01T00:00:00.000Z'],
    ['Asia/Kathmandu', '2023-12-31T23:59', 'shift', '2023-12-31T18:14:00.000Z'],
    ['America/New_York', '9999-07-01T12:00', 'shift', '9999-07-01T16:00:00.000Z'],
  ] as const)('%s: the wall time %s is, by %s, the instant %s', (timezone, wallTime, skipped, instant) => {
    expect(iso(timeZone(timezone).instantOfMs(wall(wallTime), skipped))).toBe(instant);
  });

  it.each(CLOCK_CHANGES)('%s at %d (%s) agrees with a clock that is read minute by minute', (timezone, atMs) => {
    const fromMs = atMs - 30 * HOUR_MS;
    const shown = readWall(timezone, fromMs, atMs + 30 * HOUR_MS);
    const zone = new TimeZone(timezone);
    shown.shown.forEach((minute, index) => {
      if (zone.wallTimeAtMs(fromMs + index * 60_000) !== minute * 60_000) throw new Error(`wrong at minute ${index}`);
    });
    const [first = 0, last = 0] = [shown.shown[0], shown.shown.at(-1)];
    for (let minute = first; minute < last; minute += 1) {
      for (const skipped of ['shift', 'gap-end'] as const) {
        const expected = fromMs + (indexOfWall(shown, minute, skipped) ?? NaN) * 60_000;
        const actual = zone.instantOfMs(minute * 60_000, skipped);
        if (actual !== expected) throw new Error(`${formatWallTime(minute * 60_000)} by ${skipped}: ${iso(actual)}`);
      }
    }
  });

  it('finds changes that are a week apart', () => {
    const recife = timeZone('America/Recife');
    expect(recife.offsetAtMs(Date.UTC(2000, 9, 8, 2, 59, 59))).toBe(-3 * HOUR_MS);
    expect(recife.offsetAtMs(Date.UTC(2000, 9, 8, 3))).toBe(-2 * HOUR_MS);
    expect(recife.offsetAtMs(Date.UTC(2000, 9, 15, 1, 59, 59))).toBe(-2 * HOUR_MS);
    expect(recife.offsetAtMs(Date.UTC(2000, 9, 15, 2))).toBe(-3 * HOUR_MS);
  });

  it('refuses a zone that the platform does not know', () => {
    expect(() => timeZone('Mars/Olympus')).toThrow('unknown time zone: Mars/Olympus');
    expect(isTimeZone('Mars/Olympus')).toBe(false);
    expect(isTimeZone('Asia/Calcutta')).toBe(true);
  });
});
