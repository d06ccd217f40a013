import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { composeSchedule } from '../../../domain/on-call/compose-schedule.ts';
import type { ExpandedSchedule, Leave, Override, Shift } from '../../../domain/on-call/compose-schedule.ts';
import { covers, onCallAt, scheduleBetween, stretchAt } from '../../../domain/on-call/final-schedule.ts';
import { handoffNotices, handoffsBetween, nextHandoff } from '../../../domain/on-call/handoffs.ts';

const shift = (personId: string, startMs: number, endMs: number, rotation = 'r'): Shift => ({
  personId,
  rotation,
  startMs,
  endMs,
});
const override = (personId: string, startMs: number, endMs: number, replaces: string | null = null): Override => ({
  personId,
  cause: 'override',
  replaces,
  startMs,
  endMs,
});
const away = (personId: string, startMs: number, endMs: number): Leave => ({ personId, startMs, endMs });

const swap = (personId: string, replaces: string, startMs: number, endMs: number): Override => ({
  ...override(personId, startMs, endMs, replaces),
  cause: 'swap',
});
const within = (atMs: number) => (item: { readonly startMs: number; readonly endMs: number }) =>
  item.startMs <= atMs && atMs < item.endMs;

const plain: ExpandedSchedule = {
  name: 'desk',
  coveredFromMs: 0,
  coveredUntilMs: 100,
  layers: [{ name: 'base', shifts: [shift('ana', 0, 50), shift('ben', 50, 100)] }],
  overrides: [],
  leave: [],
  expected: [[0, 100]],
  knownPeople: null,
};

describe('a final schedule', () => {
  it('says who is on call, and nobody outside of what it covers', () => {
    const schedule = composeSchedule(plain);
    expect([-1, 0, 49, 50, 99, 100].map((atMs) => onCallAt(schedule, atMs))).toEqual([
      [],
      ['ana'],
      ['ana'],
      ['ben'],
      ['ben'],
      [],
    ]);
    expect([-1, 0, 99, 100].map((atMs) => covers(schedule, atMs))).toEqual([false, true, true, false]);
    expect(schedule.gaps).toEqual([]);
    expect(schedule.conflicts).toEqual([]);
  });

  it('lets a higher layer take the place of a lower one where it has somebody', () => {
    const layers = [...plain.layers, { name: 'nights', shifts: [shift('cem', 20, 30)] }];
    const schedule = composeSchedule({ ...plain, layers });
    expect([19, 20, 29, 30].map((atMs) => onCallAt(schedule, atMs))).toEqual([['ana'], ['cem'], ['cem'], ['ana']]);
  });

  it('has several people of one layer on call at once, and says so', () => {
    const schedule = composeSchedule({
      ...plain,
      layers: [{ name: 'sun', shifts: [shift('ana', 0, 60), shift('ben', 50, 100, 'west')] }],
    });
    expect(onCallAt(schedule, 55)).toEqual(['ana', 'ben']);
    expect(schedule.conflicts).toEqual([
      { kind: 'double_booked', startMs: 50, endMs: 60, personIds: ['ana', 'ben'], layer: 'sun' },
    ]);
  });

  it('puts an override in the place of everybody, or of one', () => {
    const schedule = composeSchedule({
      ...plain,
      overrides: [override('dia', 40, 60), override('eve', 70, 120, 'ben')],
    });
    expect([39, 40, 59, 60, 70, 99].map((atMs) => onCallAt(schedule, atMs)[0])).toEqual([
      'ana',
      'dia',
      'dia',
      'ben',
      'eve',
      'eve',
    ]);
    expect(stretchAt(schedule, 70)?.onCall).toEqual([
      { personId: 'eve', cause: 'override', layer: 'base', rotation: 'r', inPlaceOf: 'ben' },
    ]);
  });

  it('shows an override that replaces nobody, and two that replace everybody', () => {
    const schedule = composeSchedule({
      ...plain,
      overrides: [override('dia', 40, 60, 'ben'), override('eve', 80, 90), override('fay', 85, 95)],
    });
    expect(onCallAt(schedule, 45)).toEqual(['ana']);
    expect(onCallAt(schedule, 87)).toEqual(['eve', 'fay']);
    expect(schedule.conflicts).toEqual([
      { kind: 'nobody_replaced', startMs: 40, endMs: 50, personIds: ['ben', 'dia'], layer: null },
      { kind: 'overlapping_overrides', startMs: 85, endMs: 90, personIds: ['eve', 'fay'], layer: null },
    ]);
  });

  it('lets two people swap their shifts', () => {
    const schedule = composeSchedule({
      ...plain,
      overrides: [swap('ben', 'ana', 10, 20), swap('ana', 'ben', 60, 70)],
    });
    expect([10, 20, 60, 70].map((atMs) => onCallAt(schedule, atMs)[0])).toEqual(['ben', 'ana', 'ana', 'ben']);
    expect(stretchAt(schedule, 10)?.onCall[0]?.cause).toBe('swap');
    expect(schedule.conflicts).toEqual([]);
  });

  it('leaves out who is on leave: a lower layer serves, or nobody, and both are shown', () => {
    const layers = [...plain.layers, { name: 'nights', shifts: [shift('cem', 20, 30)] }];
    const schedule = composeSchedule({ ...plain, layers, leave: [away('cem', 25, 90), away('ben', 80, 90)] });
    expect([24, 25, 79, 80, 90].map((atMs) => onCallAt(schedule, atMs))).toEqual([
      ['cem'],
      ['ana'],
      ['ben'],
      [],
      ['ben'],
    ]);
    expect(schedule.gaps).toEqual([[80, 90]]);
    expect(schedule.conflicts).toEqual([
      { kind: 'on_leave', startMs: 25, endMs: 30, personIds: ['cem'], layer: 'nights' },
      { kind: 'on_leave', startMs: 80, endMs: 90, personIds: ['ben'], layer: 'base' },
    ]);
  });

  it('shows no conflict for leave that an override covers, and one for an override by somebody on leave', () => {
    const covered = composeSchedule({ ...plain, leave: [away('ben', 60, 70)], overrides: [override('ana', 60, 70)] });
    expect(covered.conflicts).toEqual([]);
    const away2 = composeSchedule({ ...plain, leave: [away('dia', 0, 100)], overrides: [override('dia', 60, 70)] });
    expect(onCallAt(away2, 65)).toEqual(['ben']);
    expect(away2.conflicts.map(({ kind }) => kind)).toEqual(['on_leave']);
  });

  it('shows people whom nobody has defined', () => {
    const schedule = composeSchedule({ ...plain, knownPeople: ['ana'], overrides: [override('zoe', 10, 20)] });
    expect(schedule.conflicts).toEqual([
      { kind: 'unknown_person', startMs: 10, endMs: 20, personIds: ['zoe'], layer: null },
      { kind: 'unknown_person', startMs: 50, endMs: 100, personIds: ['ben'], layer: 'base' },
    ]);
  });

  it('has gaps only where somebody is expected', () => {
    const layers = [{ name: 'base', shifts: [shift('ana', 10, 20)] }];
    expect(composeSchedule({ ...plain, layers }).gaps).toEqual([
      [0, 10],
      [20, 100],
    ]);
    expect(composeSchedule({ ...plain, layers, expected: [[15, 25]] }).gaps).toEqual([[20, 25]]);
  });

  it('can be cut to a part of itself', () => {
    const schedule = composeSchedule({ ...plain, leave: [away('ben', 60, 70)] });
    const part = scheduleBetween(schedule, 40, 65);
    expect([part.coveredFromMs, part.coveredUntilMs]).toEqual([40, 65]);
    expect(part.stretches.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [40, 50],
      [50, 60],
    ]);
    expect(part.gaps).toEqual([[60, 65]]);
    expect(part.conflicts.map(({ endMs }) => endMs)).toEqual([65]);
  });
});

describe('handoffs', () => {
  const schedule = composeSchedule({ ...plain, leave: [away('ben', 60, 70)], overrides: [override('ana', 45, 50)] });

  it('are the moments at which the people change, gaps included', () => {
    expect(handoffsBetween(schedule, 0, 100)).toEqual([
      { atMs: 50, outgoing: ['ana'], incoming: ['ben'], onCall: ['ben'] },
      { atMs: 60, outgoing: ['ben'], incoming: [], onCall: [] },
      { atMs: 70, outgoing: [], incoming: ['ben'], onCall: ['ben'] },
    ]);
  });

  it('are asked for a part of the time', () => {
    expect(handoffsBetween(schedule, 51, 70).map(({ atMs }) => atMs)).toEqual([60]);
    expect(nextHandoff(schedule, 60)?.atMs).toBe(70);
    expect(nextHandoff(schedule, 70)).toBeNull();
  });

  it('are told some time before, to those who go and those who come', () => {
    expect(handoffNotices(schedule, 40, 50, 10)).toEqual([
      { sendAtMs: 40, recipients: ['ana', 'ben'], handoff: handoffsBetween(schedule, 0, 100)[0] },
    ]);
  });
});

describe('any schedule, instant by instant', () => {
  const LENGTH = 40;
  const person = fc.constantFrom('a', 'b', 'c', 'd');
  const range = fc.tuple(fc.nat(LENGTH), fc.nat(LENGTH)).filter(([from, to]) => from < to);
  const someShifts = fc.array(
    fc.tuple(person, range).map(([id, [from, to]]) => shift(id, from, to)),
    { maxLength: 5 },
  );
  const someOverrides = fc.array(
    fc.tuple(person, range, fc.option(person)).map(([id, [from, to], replaces]) => override(id, from, to, replaces)),
    { maxLength: 4 },
  );
  const someLeave = fc.array(
    fc.tuple(person, range).map(([id, [from, to]]) => away(id, from, to)),
    { maxLength: 3 },
  );

  it('agrees with working it out for that instant alone', () => {
    fc.assert(
      fc.property(fc.array(someShifts, { maxLength: 3 }), someOverrides, someLeave, (layers, overrides, leave) => {
        const schedule = composeSchedule({
          ...plain,
          coveredUntilMs: LENGTH,
          expected: [[0, LENGTH]],
          layers: layers.map((shifts, index) => ({ name: `layer ${index}`, shifts })),
          overrides,
          leave,
        });
        for (let atMs = 0; atMs < LENGTH; atMs += 1) {
          const onLeave = leave.filter(within(atMs)).map(({ personId }) => personId);
          const active = overrides.filter(within(atMs));
          const present = (ids: readonly string[]): readonly string[] => ids.filter((id) => !onLeave.includes(id));
          const candidates = [
            active.filter(({ replaces }) => replaces === null).map(({ personId }) => personId),
            ...layers.toReversed().map((shifts) =>
              shifts.filter(within(atMs)).flatMap(({ personId }) => {
                const instead = active.filter(({ replaces }) => replaces === personId);
                return instead.length > 0 ? instead.map((one) => one.personId) : [personId];
              }),
            ),
          ].map(present);
          const expected = candidates.find((ids) => ids.length > 0) ?? [];
          expect(onCallAt(schedule, atMs).toSorted()).toEqual([...new Set(expected)].toSorted());
          expect(schedule.gaps.some(([startMs, endMs]) => startMs <= atMs && atMs < endMs)).toBe(expected.length === 0);
        }
      }),
      { numRuns: 200 },
    );
  });
});
