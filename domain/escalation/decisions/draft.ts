import type { Decision, DecisionContext, RefusalCode } from '../commands.ts';
import type { EscalationEvent, EventBody, EventType } from '../events.ts';
import { evolve } from '../evolve.ts';
import type { Escalation } from '../state.ts';
import type { Policy } from '../../policy/policy.ts';

/** A decision in the making: each event is folded at once, so that the next one is decided on what it leads to. */
export class Draft {
  #context: DecisionContext;
  readonly #commandId: string | undefined;
  readonly #bodies: EventBody[] = [];
  readonly #events: EscalationEvent[] = [];
  #state: Escalation;

  /** @param commandId the command that causes it; absent for what the system decides by itself */
  constructor(start: Escalation, context: DecisionContext, commandId?: string) {
    this.#state = start;
    this.#context = context;
    this.#commandId = commandId;
  }

  get context(): DecisionContext {
    return this.#context;
  }

  /** What else this decision decides is decided by another policy. */
  goOnUnder(policy: Policy): void {
    this.#context = { ...this.#context, policy };
  }

  state(): Escalation {
    return this.#state;
  }

  emit(body: EventBody): void {
    const { nowMs: atMs, actor } = this.#context;
    const seq = this.#state.seq + 1;
    const event =
      this.#commandId === undefined
        ? { ...body, seq, atMs, actor }
        : { ...body, seq, atMs, actor, commandId: this.#commandId };
    this.#bodies.push(body);
    this.#events.push(event);
    this.#state = evolve(this.#state, event);
  }

  /** What was emitted, each with its place in the log, its instant and its cause. */
  events(): readonly EscalationEvent[] {
    return this.#events;
  }

  /** Whether this decision holds such an event already. */
  emitted(type: EventType): boolean {
    return this.#bodies.some((event) => event.type === type);
  }

  accepted(): Decision {
    return { kind: 'accepted', events: this.#bodies };
  }
}

/** `<escalation>#u<n>`: what is published bears this id, however often it is tried. */
export function nextUpdateId(draft: Draft): string {
  return `${draft.context.escalationId}#u${draft.state().updates + 1}`;
}

export function refused(code: RefusalCode, message: string): Decision {
  return { kind: 'refused', code, message };
}
