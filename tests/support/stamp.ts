import type { EscalationEvent, EventBody } from '../../domain/escalation/events.ts';
import type { Escalation } from '../../domain/escalation/state.ts';
import type { Actor } from '../../domain/escalation/vocabulary.ts';

/** Gives events their place in the log, their instant and their cause, without asking the core for them. */
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
