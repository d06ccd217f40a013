import {
  personCommandTypes,
  type Command,
  type Decision,
  type DecisionContext,
  type PersonCommand,
} from './commands.ts';
import { decidePerson } from './decisions/person.ts';
import { decideSystem } from './decisions/system.ts';
import { Draft } from './decisions/draft.ts';
import type { EscalationEvent } from './events.ts';
import type { Escalation } from './state.ts';
import { isOneOf } from './vocabulary.ts';

export function isPersonCommand(command: Command): command is PersonCommand {
  return isOneOf(personCommandTypes, command.type);
}

/**
 * The rules: what a command leads to, or why it is refused. A refused command changes nothing. Reads no clock: the
 * instant comes with the context.
 * @throws Error only when the context lacks a calendar that a clock counts by
 */
export function decide(state: Escalation, command: Command, context: DecisionContext): Decision {
  return decideOn(draftFrom(state, context), command);
}

export type Advance =
  | {
      readonly kind: 'accepted';
      /** As they are to be written: with their place in the log, their instant and their cause. */
      readonly events: readonly EscalationEvent[];
      /** What they lead to. */
      readonly state: Escalation;
    }
  | Extract<Decision, { readonly kind: 'refused' }>;

/**
 * As `decide`, with the events as they are to be written and the state that they lead to: for those who go on from there.
 * @param commandId the command that causes them; absent for what the system decides by itself
 * @throws Error only when the context lacks a calendar that a clock counts by
 */
export function advance(state: Escalation, command: Command, context: DecisionContext, commandId?: string): Advance {
  const draft = draftFrom(state, context, commandId);
  const decision = decideOn(draft, command);
  return decision.kind === 'refused' ? decision : { kind: 'accepted', events: draft.events(), state: draft.state() };
}

function draftFrom(state: Escalation, context: DecisionContext, commandId?: string): Draft {
  const { updatedAtMs } = state;
  const fits = context.nowMs >= updatedAtMs;
  return new Draft(state, fits ? context : { ...context, nowMs: updatedAtMs }, commandId);
}

function decideOn(draft: Draft, command: Command): Decision {
  return isPersonCommand(command) ? decidePerson(draft, command) : decideSystem(draft, command);
}
