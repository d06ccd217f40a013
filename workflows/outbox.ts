import { ActivityFailure, ApplicationFailure, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { EscalationActivities } from '../activities/types.ts';
import { priorityKeys } from '../contracts/temporal-names.ts';
import { stepOfPage } from '../domain/escalation/page-id.ts';
import type { SystemCommand } from '../domain/escalation/commands.ts';
import type { Escalation, PendingPage, PendingUpdate } from '../domain/escalation/state.ts';
import type { Severity } from '../domain/escalation/vocabulary.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { hasFlag } from '../contracts/behaviour-flags.ts';
import { heartbeatTimeoutMs, isTemporary } from './store-calls.ts';

/** What could not be published for this long is told as failed; the tiers have moved on long before. */
const giveUpAfterMs = 24 * 3_600_000;

/** A first try holds the workflow's task: it is short. */
const firstTryMs = 1_500;

type Sending = Pick<EscalationActivities, 'page' | 'tell'>;
type Failed = { readonly kind: 'failed'; readonly reason: string };

const withinTask = proxyLocalActivities<Sending>({
  startToCloseTimeout: firstTryMs,
  scheduleToCloseTimeout: firstTryMs,
  retry: { maximumAttempts: 1 },
});

function activitiesFor(severity: Severity): Sending {
  return proxyActivities<Sending>({
    startToCloseTimeout: 15_000,
    // Else a page in the hands of a worker that died would wait for all of that.
    heartbeatTimeout: heartbeatTimeoutMs,
    scheduleToCloseTimeout: giveUpAfterMs,
    retry: { initialInterval: 200, backoffCoefficient: 2, maximumInterval: 3_000 },
    priority: { priorityKey: priorityKeys[severity] },
  });
}

/** Why a page is not worth sending any more; null: it is. */
export function supersededBy(state: Escalation, page: PendingPage): string | null {
  if (!page.isStep) return null;
  const step = stepOfPage(page.pageId);
  if (state.walk === null) return state.status === 'received' ? null : 'answered_before';
  return state.walk.step === step ? null : 'tier_moved_on';
}

export interface Dispatch {
  readonly escalationId: string;
  readonly state: Escalation;
  readonly policy: Policy;
  /** Epoch ms: recipients are resolved at this instant, whenever the activity is tried. */
  readonly nowMs: number;
  readonly flags: readonly string[];
  /** Whether the store answers as fast as a workflow's task needs it. */
  readonly storeIsQuick: boolean;
}

/**
 * Sends what the state says is to be told: it is decided and written before it is sent. The first try is made within the
 * workflow's task, so that the outcome is written by the same task; whatever does not go at once is left to an ordinary
 * activity, which may take long and holds nobody.
 */
export class Outbox {
  readonly #underWay = new Set<string>();
  /** Settled, and on its way to being recorded. */
  readonly #settled = new Set<string>();
  readonly #tell: (command: SystemCommand) => void;

  constructor(tell: (command: SystemCommand) => void) {
    this.#tell = tell;
  }

  idle(): boolean {
    return this.#underWay.size === 0;
  }

  /**
   * Returns when everything is sent or on its way. Tries within the task are made one after the other, and nothing else is
   * done meanwhile: a history in which two local activities ran beside each other did not replay (ADR 93).
   */
  async dispatch(now: Dispatch): Promise<void> {
    for (const page of now.state.pendingPages) if (this.#isNew(page.pageId)) await this.#page(now, page);
    for (const update of now.state.pendingUpdates) if (this.#isNew(update.updateId)) await this.#update(now, update);
    this.#forget(now.state);
  }

  async #page(now: Dispatch, page: PendingPage): Promise<void> {
    const { pageId } = page;
    const superseded = supersededBy(now.state, page);
    if (superseded !== null) {
      this.#record(pageId, { type: 'record-page', pageId, outcome: { kind: 'suppressed', reason: superseded } });
      return;
    }
    const request = { ...this.#common(now), page, atMs: Math.max(page.requestedAtMs, now.nowMs) };
    await this.#send(
      now,
      pageId,
      (activities) => activities.page(request),
      (outcome) => ({ type: 'record-page', pageId, outcome }),
    );
  }

  async #update(now: Dispatch, update: PendingUpdate): Promise<void> {
    const { updateId } = update;
    const request = { ...this.#common(now), update, accountId: now.state.accountId };
    await this.#send(
      now,
      updateId,
      (activities) => activities.tell(request),
      (outcome) => ({ type: 'record-update', updateId, outcome }),
    );
  }

  /** Tries it within the task; what does not go at once is sent by an ordinary activity, which is not waited for. */
  async #send<Outcome>(
    now: Dispatch,
    id: string,
    run: (activities: Sending) => Promise<Outcome>,
    told: (outcome: Outcome | Failed) => SystemCommand,
  ): Promise<void> {
    this.#underWay.add(id);
    const fail = (error: unknown): void => this.#record(id, told({ kind: 'failed', reason: reasonOf(error) }));
    if (now.storeIsQuick && hasFlag(now.flags, 'sent_within_task')) {
      try {
        this.#record(id, told(await run(withinTask)));
        return;
      } catch (error) {
        if (!isTemporary(error)) {
          fail(error);
          return;
        }
      }
    }
    run(activitiesFor(now.state.severity))
      .then((outcome) => this.#record(id, told(outcome)))
      .catch(fail);
  }

  #common({ escalationId, state, policy }: Dispatch) {
    return { escalationId, severity: state.severity, category: state.category, drill: policy.excludedFromMetrics };
  }

  #record(id: string, command: SystemCommand): void {
    this.#underWay.delete(id);
    this.#settled.add(id);
    this.#tell(command);
  }

  #isNew(id: string): boolean {
    return !this.#underWay.has(id) && !this.#settled.has(id);
  }

  /** What the state no longer lists has been recorded. */
  #forget(state: Escalation): void {
    const listed = new Set([
      ...state.pendingPages.map(({ pageId }) => pageId),
      ...state.pendingUpdates.map(({ updateId }) => updateId),
    ]);
    for (const id of this.#settled) if (!listed.has(id)) this.#settled.delete(id);
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) return cause.type ?? 'unknown';
  return error instanceof ActivityFailure ? (error.retryState ?? 'unknown') : 'unknown';
}
