import type { Escalation } from '../domain/escalation/state.ts';
import { isOneOf, workStates } from '../domain/escalation/vocabulary.ts';
import type { StoreCalls } from './store-calls.ts';

export function inWork(state: Escalation): boolean {
  return isOneOf(workStates, state.status);
}

/**
 * The escalation's side of its dedup key. Repeats are counted on the pointer, never here: a signal is a hint, the
 * counter is read, and the key is let go only while every repeat is folded in.
 */
export class DedupPointer {
  readonly #store: StoreCalls;
  readonly #escalationId: string;

  constructor(store: StoreCalls, escalationId: string) {
    this.#store = store;
    this.#escalationId = escalationId;
  }

  /** @returns repeats not folded in yet, as the whole count; null: none */
  async newCount(state: Escalation): Promise<number | null> {
    const { dedupKey } = state;
    if (dedupKey === null || !inWork(state)) return null;
    const count = await this.#store.call((store) =>
      store.readOccurrences({ escalationId: this.#escalationId, dedupKey }),
    );
    return count !== null && count > state.occurrences ? count : null;
  }

  /**
   * Lets go of the key when work ends with this decision.
   * @returns the count, when repeats came that have to be decided first; null: go on
   */
  async letGo(before: Escalation, after: Escalation): Promise<number | null> {
    const { dedupKey } = before;
    if (dedupKey === null || !inWork(before) || inWork(after)) return null;
    const closing = await this.#store.call((store) => store.closePointer(this.#request(dedupKey, after)));
    return closing.kind === 'changed' ? closing.count : null;
  }

  /** Takes the key again for an escalation in work, unless a newer one holds it. */
  async take(state: Escalation): Promise<void> {
    const { dedupKey } = state;
    if (dedupKey === null || !inWork(state)) return;
    await this.#store.call((store) => store.reopenPointer(this.#request(dedupKey, state)));
  }

  #request(dedupKey: string, state: Escalation) {
    return {
      escalationId: this.#escalationId,
      dedupKey,
      expectedCount: state.occurrences,
      nowMs: state.updatedAtMs,
    };
  }
}
