import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../domain/escalation/decide.ts';
import { stamp } from '../../support/stamp.ts';
import type { Command } from '../../../domain/escalation/commands.ts';
import { evolve, fold } from '../../../domain/escalation/evolve.ts';
import { nextWakeAtMs } from '../../../domain/escalation/next-wake.ts';
import { elapsedMs } from '../../../domain/sla/clock.ts';
import type { Escalation } from '../../../domain/escalation/state.ts';
import { severities, tiers } from '../../../domain/escalation/vocabulary.ts';
import { hour, policy, received, startMs, text } from './given.ts';

const commands: fc.Arbitrary<Command> = fc.oneof(
  fc.constantFrom<Command>(
    { type: 'acknowledge' },
    { type: 'start-investigation' },
    { type: 'note', text },
    { type: 'resume' },
    { type: 'resolve', code: 'fixed', summary: text },
    { type: 'reopen', reason: text },
    { type: 'submit-rca', text },
    { type: 'approve-rca' },
    { type: 'close' },
    { type: 'begin' },
    { type: 'wake' },
    { type: 'send-update', audience: 'internal', text },
    { type: 'report-clear', source: 'monitor' },
  ),
  fc.constantFrom(...tiers).map((toTier): Command => ({ type: 'escalate', reason: text, toTier })),
  fc.constantFrom(...tiers).map((toTier): Command => ({ type: 'de-escalate', reason: text, toTier })),
  fc.constantFrom(...severities).map((severity): Command => ({ type: 'change-severity', severity, reason: text })),
  fc
    .integer({ min: -hour, max: 9 * hour })
    .map((ms): Command => ({ type: 'pause', reason: 'legal_hold', untilMs: startMs + ms })),
  fc.constantFrom('dana', 'omar', 'mei').map((assignee): Command => ({ type: 'assign', assignee })),
  fc.integer({ min: 0, max: 3_000 }).map((count): Command => ({ type: 'count-occurrences', count })),
  fc.record({ n: fc.integer({ min: 0, max: 5 }), sent: fc.boolean() }).map(({ n, sent }): Command => ({
    type: 'record-page',
    pageId: `esc_test#${n}#${n}`,
    outcome: sent ? { kind: 'sent', recipients: ['x'] } : { kind: 'uncovered' },
  })),
);

const steps = fc.array(
  fc.record({
    command: commands,
    afterMs: fc.integer({ min: 0, max: 3 * hour }),
    person: fc.constantFrom('dana', 'omar'),
  }),
  { maxLength: 40 },
);

interface Run {
  readonly state: Escalation;
  readonly nowMs: number;
  readonly states: readonly Escalation[];
}

function play(list: readonly { command: Command; afterMs: number; person: string }[]): Run {
  let state = evolve(null, received('sev3'));
  let nowMs = startMs;
  const states: Escalation[] = [state];
  for (const step of list) {
    nowMs += step.afterMs;
    const actor = { kind: 'person', id: step.person } as const;
    const context = { escalationId: 'esc_test', nowMs, actor, policy, calendars: {}, calendarPins: {} };
    const decision = decide(state, step.command, context);
    if (decision.kind === 'refused') {
      expect(decision.message.length).toBeGreaterThan(5);
      continue;
    }
    const before = state;
    state = fold(stamp(state, decision.events, { nowMs, actor }), state) ?? state;
    expect(state.seq).toBe(before.seq + decision.events.length);
    states.push(state);
  }
  return { state, nowMs, states };
}

describe('whatever is asked, in whatever order', () => {
  it('never throws, keeps the sequence and never goes back in time', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { states } = play(list);
        for (const [index, state] of states.entries()) {
          const before = states[index - 1];
          if (before === undefined) continue;
          expect(state.updatedAtMs).toBeGreaterThanOrEqual(before.updatedAtMs);
          expect(state.occurrences).toBeGreaterThanOrEqual(before.occurrences);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keeps every ledger whole: stretches follow one another without a gap and add up', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { state, nowMs } = play(list);
        for (const clock of [...Object.values(state.clocks), ...state.pastClocks]) {
          if (clock === undefined) continue;
          const { segments } = clock;
          for (const [index, segment] of segments.entries()) {
            const next = segments[index + 1];
            expect(segment.toMs === null).toBe(next === undefined && clock.status !== 'stopped');
            if (next !== undefined) expect(next.fromMs).toBe(segment.toMs);
          }
          const first = segments[0];
          const last = segments.at(-1);
          if (first === undefined || last === undefined) continue;
          const paused = segments
            .filter((segment) => segment.kind === 'paused')
            .reduce((sum, segment) => sum + (segment.toMs ?? nowMs) - segment.fromMs, 0);
          expect(elapsedMs(clock, {}, nowMs)).toBe((last.toMs ?? nowMs) - first.fromMs - paused);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('always has a wake-up or waits for people, and a wake that is due decides something', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { state, nowMs } = play([{ command: { type: 'begin' }, afterMs: 0, person: 'dana' }, ...list]);
        const wakeAtMs = nextWakeAtMs(state, policy, {});
        if (wakeAtMs === null) return;
        const context = {
          escalationId: 'esc_test',
          nowMs: Math.max(wakeAtMs, nowMs),
          actor: { kind: 'system', id: 'tierline' } as const,
          policy,
          calendars: {},
          calendarPins: {},
        };
        const decision = decide(state, { type: 'wake' }, context);
        expect(decision.kind === 'accepted' ? decision.events.length : 0).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  it('folds the same state in one go as step by step, and survives being stored', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { state } = play(list);
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      }),
      { numRuns: 100 },
    );
  });
});
