import { describe, expect, test } from '@jest/globals';
import { sourceFault } from '../../console/src/keys/key-source.ts';
import { missedBy, replacedBy, turnsOf } from '../../console/src/on-call/turns.ts';
import { sourceName } from '../../contracts/schemas/admin.ts';

const startMs = Date.UTC(2027, 0, 4);
const hourMs = 3_600_000;
const iso = (hours: number): string => new Date(startMs + hours * hourMs).toISOString();

const rotation = (person: string) => ({ person, cause: 'rotation', layer: null, inPlaceOf: null }) as const;
const schedule = {
  id: 'desk',
  name: 'The desk',
  timezone: 'UTC',
  from: iso(0),
  until: iso(24),
  stretches: [
    { from: iso(0), until: iso(8), onCall: [rotation('dana')] },
    { from: iso(8), until: iso(16), onCall: [rotation('oliver'), rotation('amara')] },
    { from: iso(16), until: iso(24), onCall: [] },
  ],
  gaps: [],
  conflicts: [],
  handoffs: [],
  overrides: [],
  leave: [],
  warnings: [],
};
const turns = turnsOf(schedule);
const span = (person: string, from: number, until: number) => ({
  person,
  fromMs: startMs + from * hourMs,
  untilMs: startMs + until * hourMs,
});

describe('a change of a schedule', () => {
  test('names everybody whose place a shift takes, and not the person who takes it', () => {
    expect(replacedBy(turns, 'desk', span('grace', 6, 10))).toEqual(['dana', 'oliver', 'amara']);
    expect(replacedBy(turns, 'desk', span('oliver', 8, 16))).toEqual(['amara']);
    expect(replacedBy(turns, 'desk', span('grace', 16, 24))).toEqual([]);
    expect(replacedBy(turns, 'elsewhere', span('grace', 6, 10))).toEqual([]);
  });

  test('that only touches a turn at its edge takes no part of it', () => {
    expect(replacedBy(turns, 'desk', span('grace', 16, 20))).toEqual([]);
    expect(missedBy(turns, span('dana', 8, 9))).toEqual([]);
  });

  test('names the schedules whose turns a leave takes a person out of', () => {
    expect(missedBy(turns, span('amara', 15, 30))).toEqual(['The desk']);
    expect(missedBy(turns, span('dana', 15, 30))).toEqual([]);
  });
});

describe('the source of a key', () => {
  test.each(['alertmanager', 'a1', 'ticket-system', 'x'.repeat(40)])(
    '%s is taken by the contract and the form',
    (name) => {
      expect(sourceName.safeParse(name).success).toBe(true);
      expect(sourceFault(name)).toBeNull();
    },
  );

  test.each(['', 'a', 'api', 'Alert', '1st', 'with space', 'x'.repeat(41)])('%p is refused by both', (name) => {
    expect(sourceName.safeParse(name).success).toBe(false);
    expect(sourceFault(name)).not.toBeNull();
  });
});
