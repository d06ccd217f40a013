import {
  personCommandTypes,
  type Command,
  type Decision,
  type DecisionContext,
  type PersonCommand,
} from './commands.ts';
import { decidePerson } from './decisions/person.ts';
import { decideSystem } from './decisions/system.ts';
import { draftOf } from './decisions/draft.ts';
import type { EscalationEvent, EventBody } from './events.ts';
import type { Escalation } from './state.ts';
import { isOneOf, type Actor } from './vocabulary.ts';

export function isPersonCommand(command: Command): command is PersonCommand {
  return isOneOf(personCommandTypes, command.type);
}

/**
 * The rules: what a command leads to, or why it is refused. A refused command changes nothing. Reads no clock: the
 * instant comes with the context.
 * @throws Error only when the context lacks a calendar that a clock counts by
 */
export function decide(state: Escalation, command: Command, context: DecisionContext): Decision {
  const draft = draftOf(state, { ...context, nowMs: Math.max(context.nowMs, state.updatedAtMs) });
  return isPersonCommand(command) ? decidePerson(draft, command) : decideSystem(draft, command);
}

/** Gives decided events their place in the log, their instant and their cause. */
export function stamp(
  state: Escalation,
  bodies: readonly EventBody[],
  meta: { readonly nowMs: number; readonly actor: Actor; readonly commandId?: string },
): readonly EscalationEvent[] {
  const atMs = Math.max(meta.nowMs, state.updatedAtMs);
  return bodies.map((body, index) => ({
    ...body,
    seq: state.seq + 1 + index,
    atMs,
    actor: meta.actor,
    ...(meta.commandId === undefined ? {} : { commandId: meta.commandId }),
  }));
}
