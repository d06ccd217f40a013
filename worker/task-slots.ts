import type { CustomSlotSupplier, SlotPermit, SlotReserveContext, WorkflowSlotInfo } from '@temporalio/worker';

/** What a permit stands for; the SDK hands back the very object that it was given. */
interface Permit extends SlotPermit {
  readonly isSticky: boolean;
}

interface Waiting {
  readonly isSticky: boolean;
  readonly grant: (permit: Permit) => void;
}

/**
 * Workflow tasks at once. A task has to be done within 2 s of being taken, or its work is thrown away and done again. After a
 * cold start on a busy machine 40 at once, the SDK's default, never were: the worker went round in circles. The rest wait
 * at the server, where waiting costs nothing. With 8 or 12, tasks that wait for the table and for SNS left the processor
 * idle.
 */
const most = 20;
/** Of these so many for workflows that are not in memory, while others wait to be started at all. */
const mostNewWhileOthersWait = 2;

/**
 * Who may take on another workflow task. While accepted escalations wait for their workflow to be started, tasks of
 * workflows that this worker does not hold yet give way: they are safe with the server, and the most severe of them come first.
 */
export class TaskSlots implements CustomSlotSupplier<WorkflowSlotInfo> {
  readonly type = 'custom';
  #taken = 0;
  #takenByNew = 0;
  #giveWay = false;
  readonly #waiting = new Set<Waiting>();
  /** When the task of each came that is not answered yet, the oldest first. */
  readonly #inHand = new Map<SlotPermit, number>();
  readonly #nowMs: () => number;
  #answered: (cameAtMs: number) => void = () => undefined;

  /** @param nowMs a monotonic clock */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Told of each task when the server has taken its answer, or refused it. Times are those of the monotonic clock. */
  set onAnswered(answered: (cameAtMs: number) => void) {
    this.#answered = answered;
  }

  /** When the oldest task in hand came, by the monotonic clock; null: there is none. */
  get oldestMs(): number | null {
    const [oldestMs] = this.#inHand.values();
    return oldestMs ?? null;
  }

  /** @param othersWait whether accepted escalations wait for their start */
  set othersWait(othersWait: boolean) {
    this.#giveWay = othersWait;
    this.#grantWaiting();
  }

  reserveSlot({ isSticky }: SlotReserveContext, abortSignal: AbortSignal): Promise<SlotPermit> {
    const permit = this.#take(isSticky);
    if (permit !== null) return Promise.resolve(permit);
    return new Promise((resolve, reject) => {
      const waiting = { isSticky, grant: resolve };
      this.#waiting.add(waiting);
      abortSignal.addEventListener('abort', () => {
        if (this.#waiting.delete(waiting)) reject(abortSignal.reason);
      });
    });
  }

  tryReserveSlot({ isSticky }: SlotReserveContext): SlotPermit | null {
    return this.#take(isSticky);
  }

  markSlotUsed({ permit }: { readonly permit: SlotPermit }): void {
    this.#inHand.set(permit, this.#nowMs());
  }

  releaseSlot({ permit }: { readonly permit: SlotPermit }): void {
    this.#taken -= 1;
    if (!isStickyIn(permit)) this.#takenByNew -= 1;
    const cameAtMs = this.#inHand.get(permit);
    this.#inHand.delete(permit);
    if (cameAtMs !== undefined) this.#answered(cameAtMs);
    this.#grantWaiting();
  }

  #take(isSticky: boolean): Permit | null {
    if (this.#taken >= most) return null;
    if (!isSticky && this.#giveWay && this.#takenByNew >= mostNewWhileOthersWait) return null;
    this.#taken += 1;
    if (!isSticky) this.#takenByNew += 1;
    return { isSticky };
  }

  #grantWaiting(): void {
    for (const waiting of this.#waiting) {
      const permit = this.#take(waiting.isSticky);
      if (permit === null) continue;
      this.#waiting.delete(waiting);
      waiting.grant(permit);
    }
  }
}

function isStickyIn(permit: SlotPermit): boolean {
  return 'isSticky' in permit && permit.isSticky === true;
}
