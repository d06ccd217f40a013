import { describe, expect, it } from '@jest/globals';
import { currentFlags, hasFlag, unknownFlags } from '../../contracts/behaviour-flags.ts';
import { EscalationHost } from '../../workflows/escalation-host.ts';
import { fold } from '../../domain/escalation/evolve.ts';
import { policy, received } from '../domain/escalation/given.ts';

describe('behaviour flags', () => {
  it('are known to this version, or told as unknown', () => {
    expect(unknownFlags(currentFlags)).toEqual([]);
    expect(unknownFlags([...currentFlags, 'of_tomorrow'])).toEqual(['of_tomorrow']);
    expect(hasFlag(['sent_within_task'], 'sent_within_task')).toBe(true);
    expect(hasFlag([], 'sent_within_task')).toBe(false);
  });

  it('of a newer intake keep an older worker from deciding by rules that it does not know', () => {
    const state = fold([received('sev2')]);
    if (state === null) throw new Error('a receipt folds into a state');
    const begun = { state, policy, calendars: {}, calendarPins: {}, processed: [], evicted: 0 };
    const host = (flags: readonly string[]): EscalationHost =>
      new EscalationHost({ escalationId: 'esc_1', begun: { ...begun, flags } });
    expect(() => host([...currentFlags, 'of_tomorrow'])).toThrow('of_tomorrow');
    expect(host(currentFlags).state()).toEqual(state);
  });
});
