import { ActivityFailure, ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import type { EscalationActivities, PageRequest } from '../activities/types.ts';
import { priorityKeys } from '../contracts/temporal-names.ts';
import type { PageOutcome } from '../domain/escalation/commands.ts';
import type { Escalation, PendingPage } from '../domain/escalation/state.ts';
import type { Severity } from '../domain/escalation/vocabulary.ts';

/** A page that could not be published for this long is told as failed; the tiers have moved on long before. */
const giveUpAfterMs = 24 * 3_600_000;

function activitiesFor(severity: Severity): Pick<EscalationActivities, 'page'> {
  return proxyActivities<EscalationActivities>({
    startToCloseTimeout: 15_000,
    scheduleToCloseTimeout: giveUpAfterMs,
    retry: { initialInterval: 200, backoffCoefficient: 2, maximumInterval: 3_000 },
    priority: { priorityKey: priorityKeys[severity] },
  });
}

/** Why a page is not worth sending any more; null: it is. */
export function supersededBy(state: Escalation, page: PendingPage): string | null {
  if (!page.isStep) return null;
  const step = Number(page.pageId.split('#')[1]);
  if (state.walk === null) return state.status === 'received' ? null : 'answered_before';
  return state.walk.step === step ? null : 'tier_moved_on';
}

/** Sends pages as ordinary activities: they may take long, and none of them holds the workflow. */
export class Pager {
  readonly #underWay = new Set<string>();

  idle(): boolean {
    return this.#underWay.size === 0;
  }

  isUnderWay(pageId: string): boolean {
    return this.#underWay.has(pageId);
  }

  send(request: PageRequest, onOutcome: (pageId: string, outcome: PageOutcome) => void): void {
    const { pageId } = request.page;
    this.#underWay.add(pageId);
    const settle = (outcome: PageOutcome): void => {
      this.#underWay.delete(pageId);
      onOutcome(pageId, outcome);
    };
    activitiesFor(request.severity)
      .page(request)
      .then(settle)
      .catch((error: unknown) => settle({ kind: 'failed', reason: reasonOf(error) }));
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ActivityFailure && error.cause instanceof ApplicationFailure)
    return error.cause.type ?? 'unknown';
  return error instanceof ActivityFailure ? (error.retryState ?? 'unknown') : 'unknown';
}
