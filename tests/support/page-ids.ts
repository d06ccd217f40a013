import type { Escalation } from '../../domain/escalation/state.ts';

/** The pages that were decided and have no outcome yet. */
export function pageIds(state: Escalation): readonly string[] {
  return state.pendingPages.map((page) => page.pageId);
}
