import { ActivityFailure, ApplicationFailure, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type {
  CarryOutReply,
  CarryOutRequest,
  EscalationActivities,
  PageRequest,
  TellRequest,
} from '../activities/types.ts';
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

/** What is sent together. */
export type Parcel = Pick<CarryOutRequest, 'pages' | 'updates'>;
type Outcome = Extract<CarryOutReply, { readonly kind: 'carried_out' }>['outcomes'][number];

export const nothing: Parcel = { pages: [], updates: [] };

export function isEmpty({ pages, updates }: Parcel): boolean {
  return pages.length === 0 && updates.length === 0;
}

function idOf(outcome: Outcome): string {
  return outcome.type === 'record-page' ? outcome.pageId : outcome.updateId;
}

/** It was tried within the task: not again. */
function later(now: Dispatch): Dispatch {
  return { ...now, storeIsQuick: false };
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

  /** Whether there is something that nobody sends yet, or that is not worth sending any more. */
  hasNew(state: Escalation): boolean {
    return (
      state.pendingPages.some(({ pageId }) => this.#isNew(pageId)) ||
      state.pendingUpdates.some(({ updateId }) => this.#isNew(updateId))
    );
  }

  /** Tells of what is not worth sending any more: the outcome is to be decided with whatever is decided next. */
  suppress(state: Escalation): void {
    for (const page of state.pendingPages) if (this.#isNew(page.pageId)) this.#suppressed(state, page);
    this.#forget(state);
  }

  /** Hands out what nobody sends yet: from now on it is under way, until it is settled or left. */
  take(now: Dispatch): Parcel {
    const pages = now.state.pendingPages
      .filter((page) => this.#isNew(page.pageId) && supersededBy(now.state, page) === null)
      .map((page) => this.#pageRequest(now, page));
    const updates = now.state.pendingUpdates
      .filter((update) => this.#isNew(update.updateId))
      .map((update) => this.#updateRequest(now, update));
    for (const { page } of pages) this.#underWay.add(page.pageId);
    for (const { update } of updates) this.#underWay.add(update.updateId);
    return { pages, updates };
  }

  /** Nothing is known of it: it is sent as if it had not been tried. */
  putBack({ pages, updates }: Parcel): void {
    for (const { page } of pages) this.#underWay.delete(page.pageId);
    for (const { update } of updates) this.#underWay.delete(update.updateId);
  }

  /**
   * What was handed out has been tried. What the state lists no longer has been recorded.
   * @param outcomes to be recorded; what has none and is listed is sent by ordinary activities
   */
  tried(now: Dispatch, { pages, updates }: Parcel, outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) this.#record(idOf(outcome), outcome);
    const listed = listedIn(now.state);
    const isLeft = (id: string): boolean => {
      if (!listed.has(id)) this.#underWay.delete(id);
      return this.#underWay.has(id);
    };
    for (const request of pages) if (isLeft(request.page.pageId)) void this.#sendPage(later(now), request);
    for (const request of updates) if (isLeft(request.update.updateId)) void this.#sendUpdate(later(now), request);
  }

  async #page(now: Dispatch, page: PendingPage): Promise<void> {
    if (!this.#suppressed(now.state, page)) await this.#sendPage(now, this.#pageRequest(now, page));
  }

  #suppressed(state: Escalation, page: PendingPage): boolean {
    const { pageId } = page;
    const reason = supersededBy(state, page);
    if (reason === null) return false;
    this.#record(pageId, { type: 'record-page', pageId, outcome: { kind: 'suppressed', reason } });
    return true;
  }

  #update(now: Dispatch, update: PendingUpdate): Promise<void> {
    return this.#sendUpdate(now, this.#updateRequest(now, update));
  }

  #pageRequest(now: Dispatch, page: PendingPage): PageRequest {
    return { ...this.#common(now), page, atMs: Math.max(page.requestedAtMs, now.nowMs) };
  }

  #updateRequest(now: Dispatch, update: PendingUpdate): TellRequest {
    return { ...this.#common(now), update, accountId: now.state.accountId };
  }

  async #sendPage(now: Dispatch, request: PageRequest): Promise<void> {
    const { pageId } = request.page;
    await this.#send(
      now,
      pageId,
      (activities) => activities.page(request),
      (outcome) => ({ type: 'record-page', pageId, outcome }),
    );
  }

  async #sendUpdate(now: Dispatch, request: TellRequest): Promise<void> {
    const { updateId } = request.update;
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

  #common({ escalationId, state, policy }: Pick<Dispatch, 'escalationId' | 'state' | 'policy'>) {
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
    const listed = listedIn(state);
    for (const id of this.#settled) if (!listed.has(id)) this.#settled.delete(id);
  }
}

/** What the state says is to be told. */
function listedIn({ pendingPages, pendingUpdates }: Escalation): ReadonlySet<string> {
  return new Set([...pendingPages.map(({ pageId }) => pageId), ...pendingUpdates.map(({ updateId }) => updateId)]);
}

function reasonOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) return cause.type ?? 'unknown';
  return error instanceof ActivityFailure ? (error.retryState ?? 'unknown') : 'unknown';
}
