import { advance } from './decide.ts';
import type { DecisionContext } from './commands.ts';
import type { EscalationEvent } from './events.ts';
import { evolve } from './evolve.ts';
import type { Escalation } from './state.ts';
import { systemActor } from './vocabulary.ts';

/** What follows a receipt, and the state that the receipt and it lead to. */
export interface FirstDecision {
  /** From sequence number 2 on. */
  readonly events: readonly EscalationEvent[];
  readonly state: Escalation;
}

/**
 * What follows from a receipt by itself and at once: clocks start and the first tier is asked, as `begin` decides it. Intake
 * writes it with the receipt, so that the workflow has only to send what was decided.
 * @throws Error when the context lacks a calendar that a clock counts by: then the workflow begins
 */
export function decideAtReceipt(
  received: Extract<EscalationEvent, { readonly type: 'escalation.received' }>,
  context: Omit<DecisionContext, 'actor' | 'nowMs' | 'expectedRev'>,
): FirstDecision {
  const state = evolve(null, received);
  const begun = advance(state, { type: 'begin' }, { ...context, nowMs: received.atMs, actor: systemActor });
  return begun.kind === 'accepted' ? begun : { events: [], state };
}
