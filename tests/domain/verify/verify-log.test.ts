import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { severities } from '../../../domain/escalation/vocabulary.ts';
import { elapsedMs } from '../../../domain/sla/clock.ts';
import { compareLedger, compareRecord } from '../../../domain/verify/compare.ts';
import { verifyLog } from '../../../domain/verify/verify-log.ts';
import { policy } from '../escalation/given.ts';
import { calendars, officePolicy, play, steps } from './random-escalation.ts';

describe('the core and the verifier, whatever is asked in whatever order', () => {
  for (const [name, using] of [
    ['around the clock', policy],
    ['with office hours', officePolicy],
  ] as const) {
    it(`agree on every warning, breach and deadline, ${name}`, () => {
      fc.assert(
        fc.property(steps, fc.constantFrom(...severities), (list, severity) => {
          const { log, record } = play(list, using, severity);
          const verified = verifyLog(log, calendars);
          expect(verified.differences).toEqual([]);
          expect(compareRecord(verified, record, calendars)).toEqual([]);
        }),
        { numRuns: 400 },
      );
    });

    it(`agree on every sum, ${name}`, () => {
      fc.assert(
        fc.property(steps, fc.constantFrom(...severities), (list, severity) => {
          const { log, state, nowMs } = play(list, using, severity);
          const ledger = [...state.pastClocks, ...Object.values(state.clocks)].flatMap((clock) => ({
            clock: clock.clock,
            cycle: clock.cycle,
            elapsedMs: elapsedMs(clock, calendars, nowMs),
            pausedMs: clock.segments
              .filter(({ kind }) => kind === 'paused')
              .reduce((sum, { fromMs, toMs }) => sum + (toMs ?? nowMs) - fromMs, 0),
          }));
          const verified = verifyLog(log, calendars);
          expect(compareLedger(verified, ledger, calendars, nowMs)).toEqual([]);
          expect(ledger.length).toBe(verified.runs.length);
        }),
        { numRuns: 200 },
      );
    });
  }
});
