import type { CustomSlotSupplier, SlotPermit, SlotReserveContext, WorkflowSlotInfo } from '@temporalio/worker';

/** What a permit stands for; the SDK hands back the very object that it was given. */
interface Permit extends SlotPermit {
  readonly isSticky: boolean;
  readonly taskQueue: string;
}

interface Waiting {
  readonly context: SlotReserveContext;
  readonly grant: (permit: Permit) => void;
}

/**
 * Workflow tasks at once. A task has to be done within 2 s of being taken, or its work is thrown away and done again. After a
 * cold start on a busy machine 40 at once, the SDK's default, never were: the worker went round in circles. The rest wait
 * at the server, where waiting costs nothing. With 8 or 12 on one queue, or 20 on two, of which polls hold some, tasks that wait
 * for the table and for SNS left the processor idle.
 */
const tasksAtOnce = 28;
/** Of these so many for workflows that are not in memory, while others wait to be started at all. */
const newWhileOthersWait = 2;

/** What is taken of one task queue. */
interface Taken {
  all: number;
  /** Of these for workflows that are not in memory. */
  ofNew: number;
}

/**
 * Who may take on another workflow task. While accepted escalations wait for their workflow to be started, tasks of
 * workflows that this worker does not hold yet give way: they are safe with the server, and the most severe of them come first.
 */
export class TaskSlots implements CustomSlotSupplier<WorkflowSlotInfo> {
  readonly type = 'custom';
  readonly #taken = new Map<string, Taken>();
  readonly #most: number;
  readonly #mostNewWhileOthersWait: number;
  #giveWay = false;
  readonly #waiting = new Set<Waiting>();
  /** When the task of each came that is not answered yet, the oldest first. */
  readonly #inHand = new Map<SlotPermit, number>();
  readonly #nowMs: () => number;
  #answered: (cameAtMs: number) => void = () => undefined;

  /**
   * @param queues over how many task queues the slots are divided, evenly: polls that find nothing hold theirs
   * @param nowMs a monotonic clock
   */
  constructor(queues = 1, nowMs: () => number = () => performance.now()) {
    this.#most = Math.ceil(tasksAtOnce / queues);
    this.#mostNewWhileOthersWait = Math.ceil(newWhileOthersWait / queues);
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

  reserveSlot(context: SlotReserveContext, abortSignal: AbortSignal): Promise<SlotPermit> {
    const permit = this.#take(context);
    if (permit !== null) return Promise.resolve(permit);
    return new Promise((resolve, reject) => {
      const waiting = { context, grant: resolve };
      this.#waiting.add(waiting);
      abortSignal.addEventListener('abort', () => {
        if (this.#waiting.delete(waiting)) reject(abortSignal.reason);
      });
    });
  }

  tryReserveSlot(context: SlotReserveContext): SlotPermit | null {
    return this.#take(context);
  }

  markSlotUsed({ permit }: { readonly permit: SlotPermit }): void {
    this.#inHand.set(permit, this.#nowMs());
  }

  releaseSlot({ permit }: { readonly permit: SlotPermit }): void {
    if (isPermit(permit)) {
      const taken = this.#takenOf(permit.taskQueue);
      taken.all -= 1;
      if (!permit.isSticky) taken.ofNew -= 1;
    }
    const cameAtMs = this.#inHand.get(permit);
    this.#inHand.delete(permit);
    if (cameAtMs !== undefined) this.#answered(cameAtMs);
    this.#grantWaiting();
  }

  #takenOf(taskQueue: string): Taken {
    const known = this.#taken.get(taskQueue);
    if (known !== undefined) return known;
    const none = { all: 0, ofNew: 0 };
    this.#taken.set(taskQueue, none);
    return none;
  }

  #take({ isSticky, taskQueue }: SlotReserveContext): Permit | null {
    const taken = this.#takenOf(taskQueue);
    if (taken.all >= this.#most) return null;
    if (!isSticky && this.#giveWay && taken.ofNew >= this.#mostNewWhileOthersWait) return null;
    taken.all += 1;
    if (!isSticky) taken.ofNew += 1;
    return { isSticky, taskQueue };
  }

  #grantWaiting(): void {
    for (const waiting of this.#waiting) {
      const permit = this.#take(waiting.context);
      if (permit === null) continue;
      this.#waiting.delete(waiting);
      waiting.grant(permit);
    }
  }
}

function isPermit(permit: SlotPermit): permit is Permit {
  return 'isSticky' in permit && 'taskQueue' in permit;
}
