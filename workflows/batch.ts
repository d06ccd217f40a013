import type { CommandMessage, CommandOutcome, ProcessedCommand } from '../contracts/workflow-messages.ts';
import { eventCommandId, sameBody } from '../contracts/command-ids.ts';
import { advance } from '../domain/escalation/decide.ts';
import type { Command, DecisionContext, SystemCommand } from '../domain/escalation/commands.ts';
import type { EscalationEvent } from '../domain/escalation/events.ts';
import { nextWakeAtMs } from '../domain/escalation/next-wake.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { Escalation } from '../domain/escalation/state.ts';
import { systemActor, type Actor } from '../domain/escalation/vocabulary.ts';

/** What waits for a decision: a person's command, whose update waits for the outcome, or news for the core. */
export type Waiting =
  | { readonly kind: 'command'; readonly message: CommandMessage; outcome?: CommandOutcome }
  | { readonly kind: 'system'; readonly command: SystemCommand; readonly actor: Actor };

type DoneOutcome = Extract<CommandOutcome, { kind: 'done' }>;

export type Known = (commandId: string) => ProcessedCommand | undefined;
export type Surroundings = Pick<
  DecisionContext,
  'policy' | 'otherPolicies' | 'calendars' | 'calendarPins' | 'escalationId' | 'nowMs' | 'flags'
>;

export interface Batch {
  /** All events decided, in order; written as one commit. */
  readonly events: readonly EscalationEvent[];
  readonly state: Escalation;
  /** Outcomes that hold once the commit stands. */
  readonly done: readonly { readonly waiting: Waiting & { kind: 'command' }; readonly outcome: DoneOutcome }[];
  /** Outcomes that need no commit: refusals and repeats. */
  readonly answered: readonly { readonly waiting: Waiting & { kind: 'command' }; readonly outcome: CommandOutcome }[];
  readonly processed: readonly ProcessedCommand[];
}

/** The policy that an escalation is under, which a command of the same batch may have changed. */
export function policyOf(state: Escalation, surroundings: Surroundings): Policy {
  if (state.policy.version === surroundings.policy.version) return surroundings.policy;
  return surroundings.otherPolicies?.[state.policy.version] ?? surroundings.policy;
}

function repeatOf(before: ProcessedCommand, message: CommandMessage, rev: number): CommandOutcome {
  if (!sameBody(before.bodyHash, message.bodyHash)) {
    return { kind: 'refused', code: 'idempotency_key_reused', message: 'this key was used for another request' };
  }
  return { kind: 'done', seq: before.seq, rev, replayed: true };
}

/**
 * Decides everything that waits, on the state that the decision before leads to, so that commands that arrive together
 * share one commit; then what is due by now. Pure: the host writes it and only then believes it.
 */
export function decideBatch(
  start: Escalation,
  waiting: readonly Waiting[],
  surroundings: Surroundings,
  known: Known,
): Batch {
  const events: EscalationEvent[] = [];
  const done: Batch['done'][number][] = [];
  const answered: Batch['answered'][number][] = [];
  const processed: ProcessedCommand[] = [];
  let state = start;

  const run = (command: Command, meta: { actor: Actor; commandId?: string; expectedRev?: number }) => {
    const context: DecisionContext = {
      ...surroundings,
      policy: policyOf(state, surroundings),
      actor: meta.actor,
      ...(meta.expectedRev === undefined ? {} : { expectedRev: meta.expectedRev }),
    };
    const next = advance(state, command, context, meta.commandId);
    if (next.kind === 'refused') return next;
    events.push(...next.events);
    state = next.state;
    return next;
  };

  for (const item of waiting) {
    if (item.kind === 'system') {
      run(item.command, { actor: item.actor });
      continue;
    }
    const { message } = item;
    const before = processed.find((command) => command.commandId === message.commandId) ?? known(message.commandId);
    if (before !== undefined) {
      answered.push({ waiting: item, outcome: repeatOf(before, message, state.rev) });
      continue;
    }
    const decision = run(message.command, {
      actor: message.actor,
      commandId: eventCommandId(message.commandId, message.bodyHash),
      ...(message.expectedRev === undefined ? {} : { expectedRev: message.expectedRev }),
    });
    if (decision.kind === 'refused') {
      answered.push({ waiting: item, outcome: { kind: 'refused', code: decision.code, message: decision.message } });
      continue;
    }
    processed.push({ commandId: message.commandId, bodyHash: message.bodyHash, seq: state.seq });
    done.push({ waiting: item, outcome: { kind: 'done', seq: state.seq, rev: state.rev, replayed: false } });
  }

  const wakeAtMs = nextWakeAtMs(state, policyOf(state, surroundings), surroundings.calendars);
  if (wakeAtMs !== null && wakeAtMs <= surroundings.nowMs) run({ type: 'wake' }, { actor: systemActor });
  return { events, state, done, answered, processed };
}
