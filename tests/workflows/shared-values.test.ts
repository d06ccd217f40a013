import { describe, expect, it } from '@jest/globals';
import { share, shared, SharedValues } from '../../workflows/shared-values.ts';
import { policy } from '../domain/escalation/given.ts';

const surroundings = {
  policy,
  calendars: { abc: { id: 'abc', coveredFromMs: 0, coveredUntilMs: 10, intervals: [[1, 2] as const] } },
  calendarPins: { support: 'abc' },
  flags: ['one', 'two'],
};

/** As another workflow decodes it from its own history. */
function again<T>(value: T): T {
  return structuredClone(value);
}

describe('what many workflows hold alike', () => {
  it('is kept once: policy, each calendar, pins and flags', () => {
    const one = shared(again(surroundings));
    const other = shared(again(surroundings));
    expect(one).toEqual(surroundings);
    expect(other).toEqual(surroundings);
    expect(other.policy).toBe(one.policy);
    expect(other.calendars['abc']).toBe(one.calendars['abc']);
    expect(other.calendarPins).toBe(one.calendarPins);
    expect(other.flags).toBe(one.flags);
  });

  it('is not taken for one that differs anywhere within', () => {
    const one = shared(again(surroundings));
    const other = shared({ ...again(surroundings), policy: { ...again(policy), version: policy.version + 1 } });
    expect(other.policy).not.toBe(one.policy);
    expect(other.policy.version).toBe(policy.version + 1);
    expect(one.policy.version).toBe(policy.version);
    expect(other.calendars['abc']).toBe(one.calendars['abc']);
  });

  it('can be changed by none of them', () => {
    const { calendars } = shared(again(surroundings));
    expect(() => Object.assign(calendars['abc'] ?? {}, { coveredUntilMs: 11 })).toThrow(TypeError);
    expect(() => Object.assign(calendars['abc']?.intervals[0] ?? [], [3])).toThrow(TypeError);
    expect(shared(again(surroundings)).calendars).toEqual(surroundings.calendars);
  });

  it('is put in the place of what a workflow was handed, and the rest is left as it is', () => {
    const handed = { ...again(surroundings), state: { id: 'esc_1' } };
    const { state } = handed;
    expect(share(handed)).toBe(handed);
    expect(handed.policy).toBe(shared(again(surroundings)).policy);
    expect(handed.state).toBe(state);
    expect(Object.isFrozen(handed.state)).toBe(false);
  });

  it('is bounded: what was not met for longest is forgotten', () => {
    const values = new SharedValues<readonly number[]>(2);
    const first = values.one([1]);
    values.one([2]);
    expect(values.one([1])).toBe(first);
    const second = [2];
    values.one([3]);
    expect(values.one(second)).toBe(second);
    expect(values.one([1])).not.toBe(first);
  });
});
