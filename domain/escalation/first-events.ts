import { advance } from './decide.ts';
import type { DecisionContext } from './commands.ts';
import type { EscalationEvent } from './events.ts';
import { evolve } from './evolve.ts';
import { systemActor } from './vocabulary.ts';

/**
 * What follows from a receipt by itself and at once: clocks start and the first tier is asked, as `begin` decides it. Intake
 * writes it with the receipt, so that the workflow has only to send what was decided.
 * @throws Error when the context lacks a calendar that a clock counts by: then the workflow begins
 */
export function eventsAfterReceipt(
  received: Extract<EscalationEvent, { readonly type: 'escalation.received' }>,
  context: Omit<DecisionContext, 'actor' | 'nowMs' | 'expectedRev'>,
): readonly EscalationEvent[] {
  const begun = advance(
    evolve(null, received),
    { type: 'begin' },
    { ...context, nowMs: received.atMs, actor: systemActor },
  );
  return begun.kind === 'accepted' ? begun.events : [];
}
