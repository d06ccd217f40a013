import type { Decision, DecisionContext, RefusalCode } from '../commands.ts';
import type { EventBody, EventType } from '../events.ts';
import { evolve } from '../evolve.ts';
import type { Escalation } from '../state.ts';

/** A decision in the making: each event is folded at once, so that the next one is decided on what it leads to. */
export interface Draft {
  readonly context: DecisionContext;
  state(): Escalation;
  emit(body: EventBody): void;
  /** Whether this decision holds such an event already. */
  emitted(type: EventType): boolean;
  accepted(): Decision;
}

export function draftOf(start: Escalation, context: DecisionContext): Draft {
  let state = start;
  const events: EventBody[] = [];
  return {
    context,
    state: () => state,
    emit: (body) => {
      events.push(body);
      state = evolve(state, { ...body, seq: state.seq + 1, atMs: context.nowMs, actor: context.actor });
    },
    emitted: (type) => events.some((event) => event.type === type),
    accepted: () => ({ kind: 'accepted', events }),
  };
}

/** `<escalation>#u<n>`: what is published bears this id, however often it is tried. */
export function nextUpdateId(draft: Draft): string {
  return `${draft.context.escalationId}#u${draft.state().updates + 1}`;
}

export function refused(code: RefusalCode, message: string): Decision {
  return { kind: 'refused', code, message };
}
