import fc from 'fast-check';

import type { Command, PageOutcome } from '../../../../domain/escalation/commands.ts';
import { decide } from '../../../../domain/escalation/decide.ts';
import { stamp } from '../../../support/stamp.ts';
import type { EscalationEvent } from '../../../../domain/escalation/events.ts';
import { fold } from '../../../../domain/escalation/evolve.ts';
import { nextWakeAtMs } from '../../../../domain/escalation/next-wake.ts';
import { systemActor, type Actor } from '../../../../domain/escalation/vocabulary.ts';
import type { Policy } from '../../../../domain/policy/policy.ts';
import { hour, policy as givenPolicy, received, text } from '../../escalation/given.ts';

export interface Asked {
  readonly command: Command;
  readonly afterMs: number;
  readonly person: string;
  /** How late wakes come before this command, and page outcomes after their requests. */
  readonly lateMs: number;
  readonly outcome: PageOutcome['kind'];
}

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
    { type: 'send-update', audience: 'internal', text },
    { type: 'report-clear', source: 'monitor' },
    { type: 'merge', into: 'esc_other' },
    { type: 'cancel', reason: text },
  ),
  fc
    .constantFrom(2, 3, 4)
    .map((toTier): Command => ({ type: 'escalate', reason: text, toTier: toTier === 2 ? 2 : toTier === 3 ? 3 : 4 })),
  fc.constantFrom<Command>(
    { type: 'de-escalate', reason: text },
    { type: 'change-severity', severity: 'sev1', reason: text },
    { type: 'change-severity', severity: 'sev4', reason: text },
  ),
  fc.integer({ min: 1, max: 9 }).map((hours): Command => ({
    type: 'pause',
    reason: 'legal_hold',
    untilMs: Date.UTC(2026, 0, 5, 9) + hours * hour,
  })),
  fc.constantFrom('dana', 'omar', 'mei').map((assignee): Command => ({ type: 'assign', assignee })),
  fc.constantFrom('dana', 'mei').map((to): Command => ({ type: 'hand-off', to, note: text })),
  fc.integer({ min: 2, max: 3_000 }).map((count): Command => ({ type: 'count-occurrences', count })),
);

export const sessions: fc.Arbitrary<readonly Asked[]> = fc.array(
  fc.record({
    command: commands,
    afterMs: fc.oneof(fc.integer({ min: 0, max: 3 * hour }), fc.constantFrom(0, 300_000, 900_000)),
    person: fc.constantFrom('dana', 'omar'),
    lateMs: fc.integer({ min: 0, max: 400 }),
    outcome: fc.constantFrom<PageOutcome['kind']>('sent', 'sent', 'uncovered', 'failed', 'suppressed'),
  }),
  { maxLength: 25 },
);

const outcomes = {
  sent: { kind: 'sent', recipients: ['x'] },
  uncovered: { kind: 'uncovered' },
  failed: { kind: 'failed', reason: 'no answer' },
  suppressed: { kind: 'suppressed', reason: 'drill' },
} as const satisfies Record<PageOutcome['kind'], PageOutcome>;

/** A log as a busy host leaves it: wakes come late, and so do the outcomes of pages. */
export function recordedLog(
  asked: readonly Asked[],
  first: Policy = givenPolicy,
  next: Policy = first,
): readonly EscalationEvent[] {
  const log: EscalationEvent[] = [received('sev2')];
  let nowMs = log[0]?.atMs ?? 0;
  let policy = first;
  const run = (command: Command, actor: Actor, commandId?: string): void => {
    const state = fold(log);
    if (state === null) throw new Error('an empty log');
    const decision = decide(state, command, {
      escalationId: 'esc_test',
      policy,
      calendars: {},
      calendarPins: {},
      otherPolicies: { [next.version]: next },
      nowMs,
      actor,
    });
    if (decision.kind === 'refused') return;
    if (command.type === 'migrate-policy') policy = next;
    log.push(...stamp(state, decision.events, { nowMs, actor, ...(commandId === undefined ? {} : { commandId }) }));
  };
  const settle = (lateMs: number, outcome: PageOutcome['kind']): void => {
    for (let guard = 0; guard < 50; guard += 1) {
      const page = fold(log)?.pendingPages[0];
      if (page === undefined) return;
      nowMs += lateMs;
      run({ type: 'record-page', pageId: page.pageId, outcome: outcomes[outcome] }, systemActor);
    }
  };
  run({ type: 'begin' }, systemActor);
  for (const [index, step] of asked.entries()) {
    const untilMs = nowMs + step.afterMs;
    for (let guard = 0; guard < 60; guard += 1) {
      const state = fold(log);
      const wakeAtMs = state === null ? null : nextWakeAtMs(state, policy, {});
      // A late wake may be overtaken by the command.
      if (wakeAtMs === null || wakeAtMs + step.lateMs >= untilMs) break;
      nowMs = Math.max(nowMs, wakeAtMs + step.lateMs);
      run({ type: 'wake' }, systemActor);
      settle(step.lateMs % 7, step.outcome);
    }
    nowMs = Math.max(nowMs, untilMs);
    const isMachine =
      step.command.type === 'count-occurrences' ||
      step.command.type === 'report-clear' ||
      step.command.type === 'merge';
    if (isMachine) run(step.command, systemActor);
    else run(step.command, { kind: 'person', id: step.person }, `cmd_${index}.0123456789abcdef`);
    settle(step.lateMs % 7, step.outcome);
  }
  return log;
}
