import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import type { EscalationEvent, EventType } from '../../../domain/escalation/events.ts';
import { severities } from '../../../domain/escalation/vocabulary.ts';
import { compareLedger, compareRecord, type ToldLedger } from '../../../domain/verify/compare.ts';
import { verifyLog } from '../../../domain/verify/verify-log.ts';
import { hour, startMs } from '../escalation/given.ts';
import { calendars, officePolicy, play, steps, type Step } from './random-escalation.ts';

type Log = readonly EscalationEvent[];

/** Events with the places that they would have had: a falsifier would number them again. */
function renumbered(log: Log): Log {
  return log.map((event, index) => ({ ...event, seq: index + 1 }));
}

function differencesOf(log: Log): readonly string[] {
  return verifyLog(log, calendars).differences.map(({ what }) => what);
}

/** An acknowledged escalation that is paused for two hours. */
const paused: readonly Step[] = [
  { commands: [{ type: 'acknowledge' }], afterMs: 60_000, awake: true, person: 'dana', pin: 'office' },
  {
    commands: [{ type: 'pause', reason: 'legal_hold', untilMs: startMs + 2 * hour }],
    afterMs: 60_000,
    awake: true,
    person: 'dana',
    pin: 'office',
  },
];

/** Whatever is played, each event of a type is falsified in turn and has to be missed by nobody. */
function falsify(
  type: EventType,
  change: (log: Log, index: number) => Log | null,
  before: readonly Step[] = [],
): number {
  let falsified = 0;
  fc.assert(
    fc.property(steps, fc.constantFrom(...severities), (list, severity) => {
      const { log } = play([...before, ...list], officePolicy, severity);
      for (const [index, event] of log.entries()) {
        const changed = event.type === type ? change(log, index) : null;
        if (changed === null) continue;
        falsified += 1;
        expect({ event, differences: differencesOf(changed).length }).not.toEqual({ event, differences: 0 });
      }
    }),
    { numRuns: 150 },
  );
  return falsified;
}

function replaced(log: Log, index: number, by: readonly EscalationEvent[]): Log {
  return renumbered([...log.slice(0, index), ...by, ...log.slice(index + 1)]);
}

describe('a log that was tampered with', () => {
  it('shows when the instant of a breach was moved by one millisecond, either way', () => {
    for (const byMs of [-1, 1]) {
      const falsified = falsify('clock.breached', (log, index) => {
        const event = log[index];
        if (event?.type !== 'clock.breached') return null;
        return replaced(log, index, [{ ...event, dueAtMs: event.dueAtMs + byMs }]);
      });
      expect(falsified).toBeGreaterThan(100);
    }
  });

  it('shows when a breach was removed and anything followed', () => {
    const falsified = falsify('clock.breached', (log, index) => {
      const event = log[index];
      const later = log.slice(index + 1).some((other) => event !== undefined && other.atMs > event.atMs);
      return event !== undefined && later ? replaced(log, index, []) : null;
    });
    expect(falsified).toBeGreaterThan(100);
  });

  it('shows when a breach was removed at the very end, by the time at which it should have been told', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { log, nowMs } = play(list, officePolicy, 'sev2');
        const index = log.findLastIndex((event) => event.type === 'clock.breached');
        if (index === -1) return;
        const { differences } = verifyLog(replaced(log, index, []), calendars, { toldUntilMs: nowMs + 1 });
        expect(differences.map(({ what }) => what).join()).toContain('breach told');
      }),
      { numRuns: 100 },
    );
  });

  it('shows when a warning was removed, moved by one millisecond, added or told twice', () => {
    const moved = falsify('clock.warned', (log, index) => {
      const event = log[index];
      return event?.type === 'clock.warned' ? replaced(log, index, [{ ...event, warnAtMs: event.warnAtMs - 1 }]) : null;
    });
    const twice = falsify('clock.warned', (log, index) => {
      const event = log[index];
      return event === undefined ? null : replaced(log, index, [event, event]);
    });
    const added = falsify('note.added', (log, index) => {
      const event = log[index];
      if (event === undefined) return null;
      const { seq, atMs, actor } = event;
      const warning = {
        type: 'clock.warned',
        clock: 'resolve',
        percent: 43,
        warnAtMs: atMs,
        seq,
        atMs,
        actor,
      } as const;
      return replaced(log, index, [event, warning]);
    });
    expect(Math.min(moved, twice, added)).toBeGreaterThan(20);
  });

  it('shows when a pause of a clock ends a millisecond later than the pause of its escalation', () => {
    const falsified = falsify(
      'clock.resumed',
      (log, index) => {
        const event = log[index];
        const next = log.slice(index + 1).find((other) => event !== undefined && other.atMs > event.atMs);
        if (event === undefined || next === undefined) return null;
        return renumbered([
          ...log.slice(0, index),
          ...log.slice(index).map((other) => (other.atMs === event.atMs ? { ...other, atMs: other.atMs + 1 } : other)),
        ]);
      },
      paused,
    );
    expect(falsified).toBeGreaterThan(20);
  });

  it('shows when a whole pause was lengthened, by the deadlines after it and by the ledger', () => {
    let falsified = 0;
    fc.assert(
      fc.property(steps, (list) => {
        const { log, record, nowMs } = play([...paused, ...list], officePolicy, 'sev2');
        const resumed = log.find((event) => event.type === 'clock.resumed');
        if (resumed === undefined) return;
        // The pause is said to have begun earlier by as much as the log leaves room for.
        const began = log.findLast((event) => event.type === 'clock.paused' && event.seq < resumed.seq);
        if (began === undefined || began.atMs === resumed.atMs) return;
        const room = log.findLast((event) => event.atMs < began.atMs);
        const earlierMs = Math.min(60_000, began.atMs - (room?.atMs ?? began.atMs));
        if (earlierMs === 0) return;
        const changed = log.map((event) =>
          event.atMs === began.atMs ? { ...event, atMs: event.atMs - earlierMs } : event,
        );
        const honest: readonly ToldLedger[] = verifyLog(log, calendars).runs.map((run) => ({
          clock: run.clock,
          cycle: run.cycle,
          elapsedMs: run.elapsedMs(calendars, nowMs),
          pausedMs: run.pausedMs(nowMs),
        }));
        const verified = verifyLog(changed, calendars);
        const found = [
          ...verified.differences,
          ...compareRecord(verified, record, calendars),
          ...compareLedger(verified, honest, calendars, nowMs),
        ];
        falsified += 1;
        expect(found.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
    expect(falsified).toBeGreaterThan(20);
  });

  it('shows when the stop of a clock was removed', () => {
    const falsified = falsify('clock.stopped', (log, index) => {
      const event = log[index];
      // A clock that a severity has no target for stops without any other sign of it.
      return event?.type === 'clock.stopped' && event.cause !== 'no_target' ? replaced(log, index, []) : null;
    });
    expect(falsified).toBeGreaterThan(100);
  });

  it('shows when an event is missing from the sequence or stands before its time', () => {
    const { log } = play([], officePolicy, 'sev2');
    expect(differencesOf(log.filter(({ seq }) => seq !== 3))[0]).toBe('sequence number');
    expect(differencesOf(log.map((event) => (event.seq === 3 ? { ...event, atMs: 0 } : event)))[0]).toBe(
      'instant not before',
    );
  });

  it('names the clock, its cycle, the event, what was expected and what was found', () => {
    const { log } = play(
      [{ commands: [], afterMs: 7_200_000, awake: true, person: 'dana', pin: 'office' }],
      officePolicy,
      'sev2',
    );
    const breach = log.find((event) => event.type === 'clock.breached');
    if (breach?.type !== 'clock.breached') throw new Error('no breach was played');
    const changed = log.map((event) => (event === breach ? { ...breach, dueAtMs: breach.dueAtMs + 1 } : event));
    expect(verifyLog(changed, calendars).differences[0]).toEqual({
      clock: 'acknowledge',
      cycle: 1,
      seq: breach.seq,
      what: 'breach, due',
      expected: breach.dueAtMs,
      found: breach.dueAtMs + 1,
    });
  });
});
