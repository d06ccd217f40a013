import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { onCallAt } from '../../domain/on-call/final-schedule.ts';
import { handoffsBetween } from '../../domain/on-call/handoffs.ts';
import { expandSchedule, peopleOfSchedule } from '../../zones/expand-schedule.ts';
import { parseDefinition } from '../../zones/parse-definition.ts';
import { shiftsBetween, userAt } from '../../zones/rotation.ts';
import { scheduleDefinition } from '../../zones/schemas.ts';
import type { RotationDefinition, ScheduleDefinition } from '../../zones/schemas.ts';
import { formatWallTime, parseInstant } from '../../zones/wall-time.ts';
import { CLOCK_CHANGES } from './clock-changes.ts';
import { indexOfWall, readWall } from './minute-oracle.ts';
import type { WallMinutes } from './minute-oracle.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const at = (text: string): number => parseInstant(text) ?? NaN;
const utc = (atMs: number): string => new Date(atMs).toISOString().slice(0, 16);

function schedule(yaml: string): ScheduleDefinition {
  return parseDefinition(yaml, scheduleDefinition);
}

function restricted(restrictions: string, timezone = 'UTC'): ScheduleDefinition {
  return schedule(`
name: desk
timezone: ${timezone}
layers: [{rotations: [{type: weekly, startLocal: 2024-01-01T00:00, users: [ana], restrictions: ${restrictions}}]}]`);
}

/** Handoffs as `time: who is on call from then on`. */
function handoffTexts(definition: ScheduleDefinition, from: string, until: string): readonly string[] {
  const expanded = expandSchedule(definition, at(from), at(until));
  return handoffsBetween(expanded, at(from), at(until)).map(({ atMs, onCall }) => `${utc(atMs)} ${onCall.join('+')}`);
}

describe('a rotation', () => {
  it('hands off at the same local time before and after a clock change', () => {
    const weekly = schedule(`
name: desk
timezone: Europe/London
layers: [{rotations: [{type: weekly, startLocal: 2024-03-18T09:00, users: [ana, ben]}]}]`);
    expect(handoffTexts(weekly, '2024-03-19T00:00Z', '2024-04-09T00:00Z')).toEqual([
      '2024-03-25T09:00 ben',
      '2024-04-01T08:00 ana',
      '2024-04-08T08:00 ben',
    ]);
  });

  it.each([
    ['a skipped time hands off at the first moment after the gap', '2024-03-30T02:30', '2024-03-31T01:00'],
    ['a repeated time hands off at its first occurrence', '2024-10-26T02:30', '2024-10-27T00:30'],
  ])('%s', (_name, start, expected) => {
    const daily = schedule(`
name: desk
timezone: Europe/Berlin
layers: [{rotations: [{type: daily, startLocal: ${start}, users: [ana, ben]}]}]`);
    const [first] = handoffTexts(daily, `${start}Z`, `${expected}:01Z`);
    expect(first).toBe(`${expected} ben`);
  });

  it('counts wall-clock hours when it is hourly, so that a turn over a repeated hour is longer', () => {
    const hourly = schedule(`
name: desk
timezone: Europe/Berlin
layers: [{rotations: [{type: hourly, shiftLength: 2, startLocal: 2024-10-27T00:00, users: [ana, ben]}]}]`);
    expect(handoffTexts(hourly, '2024-10-26T22:01Z', '2024-10-27T06:00Z')).toEqual([
      '2024-10-27T00:00 ben',
      '2024-10-27T03:00 ana',
      '2024-10-27T05:00 ben',
    ]);
  });

  it('gives no time to a turn whose whole length is skipped', () => {
    const hourly = schedule(`
name: desk
timezone: Antarctica/Troll
layers: [{rotations: [{type: hourly, startLocal: 2024-03-31T00:00, users: [ana, ben, cem, dia]}]}]`);
    expect(handoffTexts(hourly, '2024-03-31T00:01Z', '2024-03-31T03:00Z')).toEqual([
      '2024-03-31T01:00 dia',
      '2024-03-31T02:00 ana',
    ]);
  });

  it('has nobody before it starts and after it ends', () => {
    const bounded = schedule(`
name: desk
timezone: UTC
layers: [{rotations: [{type: daily, startLocal: 2024-05-02T09:00, endLocal: 2024-05-04T12:00, users: [ana, ben]}]}]`);
    expect(handoffTexts(bounded, '2024-05-01T00:00Z', '2024-05-09T00:00Z')).toEqual([
      '2024-05-02T09:00 ana',
      '2024-05-03T09:00 ben',
      '2024-05-04T09:00 ana',
      '2024-05-04T12:00 ',
    ]);
  });

  it('takes shifts of different lengths in turn', () => {
    const custom = schedule(`
name: desk
timezone: UTC
layers: [{rotations: [{type: custom, startLocal: 2024-05-06T09:00, users: [ana, ben, cem], lengths: [{days: 4}, {days: 2, hours: 12}]}]}]`);
    expect(handoffTexts(custom, '2024-05-06T09:00Z', '2024-05-24T00:00Z')).toEqual([
      '2024-05-10T09:00 ben',
      '2024-05-12T21:00 cem',
      '2024-05-16T21:00 ana',
      '2024-05-19T09:00 ben',
      '2024-05-23T09:00 cem',
    ]);
  });

  it('moves on at points of the week, the first turn being as long as is left', () => {
    const custom = schedule(`
name: desk
timezone: Europe/Berlin
layers: [{rotations: [{type: custom, startLocal: 2024-03-27T12:00, users: [ana, ben, cem],
  handoffs: [{day: fri, time: "17:00"}, {day: mon, time: "09:00"}]}]}]`);
    expect(handoffTexts(custom, '2024-03-27T00:00Z', '2024-04-06T00:00Z')).toEqual([
      '2024-03-27T11:00 ana',
      '2024-03-29T16:00 ben',
      '2024-04-01T07:00 cem',
      '2024-04-05T15:00 ana',
    ]);
  });

  it('agrees with handoffs that are looked up on a wall clock, around every kind of clock change', () => {
    const walls = new Map<string, WallMinutes>();
    const request = fc.record({
      change: fc.constantFrom(...CLOCK_CHANGES),
      type: fc.constantFrom('hourly' as const, 'daily' as const),
      shiftLength: fc.integer({ min: 1, max: 13 }),
      startBefore: fc.integer({ min: 0, max: 4 * 96 }),
      users: fc.integer({ min: 1, max: 5 }).map((count) => ['a', 'b', 'c', 'd', 'e'].slice(0, count)),
      asked: fc.array(fc.integer({ min: -4 * 1440, max: 3 * 1440 }), { minLength: 1, maxLength: 20 }),
    });
    fc.assert(
      fc.property(request, ({ change, type, shiftLength, startBefore, users, asked }) => {
        const [timezone, atMs] = change;
        const fromMs = atMs - 6 * DAY_MS;
        const key = `${timezone} ${atMs}`;
        const wall = walls.get(key) ?? readWall(timezone, fromMs, atMs + 6 * DAY_MS);
        walls.set(key, wall);
        const startWallMinute = wall.shown[6 * 1440 - startBefore * 15] ?? 0;
        const rotation: RotationDefinition = {
          type,
          shiftLength,
          startLocal: formatWallTime(startWallMinute * MINUTE_MS),
          users,
          restrictions: [],
        };
        const stepMinutes = shiftLength * (type === 'hourly' ? 60 : 1440);
        const handoffs: number[] = [];
        for (let minute = startWallMinute; ; minute += stepMinutes) {
          const index = indexOfWall(wall, minute, 'gap-end');
          if (index === null) break;
          handoffs.push(fromMs + index * MINUTE_MS);
        }
        for (const minutes of asked) {
          const askedMs = atMs + minutes * MINUTE_MS;
          const turn = handoffs.filter((handoffMs) => handoffMs <= askedMs).length - 1;
          const expected = turn < 0 ? null : (users[turn % users.length] ?? null);
          expect(userAt(rotation, timezone, askedMs)).toBe(expected);
          const [shift] = shiftsBetween(rotation, timezone, 'r', askedMs, askedMs + 1);
          expect(shift?.personId ?? null).toBe(expected);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('restrictions', () => {
  it.each([
    [
      'some hours of every day',
      '[{from: "09:00", to: "17:00"}]',
      ['13T09:00 ana', '13T17:00 ', '14T09:00 ana', '14T17:00 '],
    ],
    ['nights', '[{days: [mon], from: "22:00", to: "06:00"}]', ['13T22:00 ana', '14T06:00 ']],
    ['whole days', '[{days: [tue]}]', ['14T00:00 ana']],
  ])('let serve in %s', (_name, restrictions, expected) => {
    const texts = handoffTexts(restricted(restrictions), '2024-05-13T00:00Z', '2024-05-15T00:00Z');
    expect(texts.map((text) => text.slice(8))).toEqual(expected);
  });

  it('let serve over a weekend, also where the range begins within it', () => {
    const weekend = restricted('[{fromDay: fri, fromTime: "18:00", toDay: mon, toTime: "08:00"}]', 'Europe/London');
    expect(handoffTexts(weekend, '2024-03-28T00:00Z', '2024-04-02T00:00Z')).toEqual([
      '2024-03-29T18:00 ana',
      '2024-04-01T07:00 ',
    ]);
    const part = expandSchedule(weekend, at('2024-03-31T12:00Z'), at('2024-03-31T13:00Z'));
    expect(onCallAt(part, at('2024-03-31T12:00Z'))).toEqual(['ana']);
  });
});

describe('follow the sun', () => {
  const sun = schedule(`
name: safety
timezone: UTC
layers:
  - name: sun
    rotations:
      - {name: singapore, timezone: Asia/Singapore, type: weekly, startLocal: 2024-01-01T09:00, users: [mei, arjun], restrictions: [{from: "08:00", to: "16:00"}]}
      - {name: london, timezone: Europe/London, type: weekly, startLocal: 2024-01-01T09:00, users: [dana, omar], restrictions: [{from: "08:00", to: "16:00"}]}
      - {name: seattle, timezone: America/Los_Angeles, type: weekly, startLocal: 2024-01-01T09:00, users: [kim, lee], restrictions: [{from: "08:00", to: "16:00"}]}
leave: [{person: omar, from: 2024-01-10, until: 2024-01-11}]
`);

  it('passes from region to region without a gap in winter', () => {
    const expanded = expandSchedule(sun, at('2024-01-02T00:00Z'), at('2024-01-04T00:00Z'));
    expect(expanded.gaps).toEqual([]);
    expect(expanded.conflicts).toEqual([]);
    expect(handoffTexts(sun, '2024-01-02T00:00Z', '2024-01-03T00:00Z')).toEqual([
      '2024-01-02T08:00 dana',
      '2024-01-02T16:00 kim',
    ]);
  });

  it('shows where summer time makes regions overlap and where leave leaves a gap', () => {
    const summer = expandSchedule(sun, at('2024-07-02T00:00Z'), at('2024-07-03T00:00Z'));
    expect(summer.gaps).toEqual([[at('2024-07-02T23:00Z'), at('2024-07-03T00:00Z')]]);
    expect(summer.conflicts.map(({ kind, startMs }) => `${kind} ${utc(startMs)}`)).toEqual([
      'double_booked 2024-07-02T07:00',
    ]);
    const leave = expandSchedule(sun, at('2024-01-10T00:00Z'), at('2024-01-11T00:00Z'));
    expect(leave.gaps).toEqual([[at('2024-01-10T08:00Z'), at('2024-01-10T16:00Z')]]);
  });
});

describe('the definition of a schedule', () => {
  it('names everybody who can be on call', () => {
    const definition = schedule(`
name: desk
timezone: UTC
layers: [{rotations: [{type: daily, startLocal: 2024-01-01, users: [ana, ben, ana]}]}]
overrides: [{person: cem, from: 2024-01-02, until: 2024-01-03}]
swaps: [{first: {person: ana, from: 2024-01-03, until: 2024-01-04}, second: {person: dia, from: 2024-01-04, until: 2024-01-05}}]`);
    expect(peopleOfSchedule(definition)).toEqual(['ana', 'ben', 'cem', 'dia']);
  });

  it('takes times in its own zone or with an offset', () => {
    const definition = schedule(`
name: desk
timezone: Asia/Singapore
overrides:
  - {person: ana, from: 2024-05-13T09:00, until: 2024-05-13T10:00}
  - {person: ben, from: 2024-05-13T02:00:00Z, until: "2024-05-13T11:00:00+08:00"}`);
    expect(handoffTexts(definition, '2024-05-13T00:00Z', '2024-05-14T00:00Z')).toEqual([
      '2024-05-13T01:00 ana',
      '2024-05-13T02:00 ben',
      '2024-05-13T03:00 ',
    ]);
  });

  it.each([
    [
      'nobody in a rotation',
      'layers: [{rotations: [{type: daily, startLocal: 2024-01-01, users: []}]}]',
      'layers.0.rotations.0.users',
    ],
    [
      'an unknown kind',
      'layers: [{rotations: [{type: yearly, startLocal: 2024-01-01, users: [a]}]}]',
      'layers.0.rotations.0.type',
    ],
    [
      'a custom rotation without a pattern',
      'layers: [{rotations: [{type: custom, startLocal: 2024-01-01, users: [a]}]}]',
      'either lengths or handoffs',
    ],
    ['a time that is none', 'leave: [{person: a, from: tomorrow, until: 2024-01-01}]', 'leave.0.from: not a time'],
  ])('is refused for %s', (_name, yaml, message) => {
    expect(() => schedule(`name: desk\ntimezone: UTC\n${yaml}`)).toThrow(message);
  });
});
