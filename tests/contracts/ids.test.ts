import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  canonicalJson,
  escalationIdFloor,
  escalationIdPattern,
  escalationIdTimeMs,
  importedEscalationId,
  newEscalationId,
  textIdFrom,
} from '../../contracts/ids.ts';

const instants = fc.integer({ min: 0, max: 2 ** 45 });

describe('ids', () => {
  it('sort as their instants do, and tell them', () => {
    fc.assert(
      fc.property(instants, instants, (a, b) => {
        const [idA, idB] = [newEscalationId(a), newEscalationId(b)];
        expect(idA).toMatch(escalationIdPattern);
        expect(escalationIdTimeMs(idA)).toBe(a);
        if (a !== b) expect(idA < idB).toBe(a < b);
        expect(escalationIdFloor(a) <= idA).toBe(true);
      }),
    );
  });

  it('differ, however many are made in one millisecond, in every digit after the instant', () => {
    const ids = Array.from({ length: 4_000 }, () => newEscalationId(1_764_000_000_000));
    expect(new Set(ids).size).toBe(ids.length);
    for (let place = 14; place < 30; place += 1) expect(new Set(ids.map((id) => id[place])).size).toBe(32);
  });

  it('are made of whole instants only', () => {
    for (const ms of [NaN, Infinity, 1.5]) expect(() => newEscalationId(ms)).toThrow(RangeError);
    expect(importedEscalationId('log', 'INC1', -1)).toMatch(/^esc_0{10}/);
  });

  it('that are made of a seed are today what they were in what is stored', () => {
    expect(textIdFrom('a#title')).toBe('txt_0GZEY48Z5PNB7QPGGKABKQ2D4Z');
    expect(importedEscalationId('log', 'INC1', 1_764_000_000_000)).toBe('esc_01KAV9FT00TB29ZSRRVJ8SFWV6');
  });
});

describe('JSON with keys in order', () => {
  it('says the same for equal values in whatever order their keys stand, and leaves out what is undefined', () => {
    expect(canonicalJson({ b: [1, undefined, { d: 'x"', c: null }], a: undefined, '10': true, '9': -0 })).toBe(
      '{"10":true,"9":0,"b":[1,null,{"c":null,"d":"x\\""}]}',
    );
    for (const [value, text] of [
      [undefined, 'null'],
      [[], '[]'],
      [{}, '{}'],
      ['ä', '"ä"'],
      [NaN, 'null'],
    ] as const) {
      expect(canonicalJson(value)).toBe(text);
    }
  });

  it('is read back as what it was made of', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
