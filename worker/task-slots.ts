import type { CustomSlotSupplier, SlotPermit, SlotReserveContext, WorkflowSlotInfo } from '@temporalio/worker';
import { notBehind, waitsAfterMs, type Behind } from './pending-queue.ts';

/**
 * A task is polled for, of a workflow that this worker holds in memory or of one that it does not; or it is the first of a
 * workflow that this worker starts, and comes with the answer.
 */
type Kind = 'held' | 'new' | 'first';

/** What a permit stands for; the SDK hands back the very object that it was given. */
interface Permit extends SlotPermit {
  readonly kind: Kind;
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
/**
 * First tasks besides. Without a slot of its own a start was refused its first task more often than not: polls hold the others. Then
 * the server puts it on a list, and hands it out to a poll: a quarter of its work for an escalation. They come with a start each, of which
 * few are under way, and have no history to replay: together with the others they are done in time where 40 cold ones were not.
 */
const firstAtOnce = 28;
/** Fewer come with their start the longer others wait for theirs: from `waitsAfterMs` on, down to one of each queue. */
const fewestFirstAfterMs = 900;

/** What is taken of one task queue. */
type Taken = Record<Kind, number>;

/**
 * Who may take on another workflow task. While accepted escalations wait for their workflow to be started, tasks of
 * workflows that this worker does not hold yet give way: they are safe with the server, and the most severe of them come first.
 */
export class TaskSlots implements CustomSlotSupplier<WorkflowSlotInfo> {
  readonly type = 'custom';
  readonly #taken = new Map<string, Taken>();
  readonly #most: number;
  readonly #mostNewWhileOthersWait: number;
  readonly #mostFirst: number;
  #behind = notBehind;
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
    this.#mostFirst = Math.ceil(firstAtOnce / queues);
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

  /** @param behind how far the starts of accepted escalations are behind */
  set behind(behind: Behind) {
    this.#behind = behind;
    this.#grantWaiting();
  }

  reserveSlot(context: SlotReserveContext, abortSignal: AbortSignal): Promise<SlotPermit> {
    const permit = this.#takePolled(context);
    if (permit !== null) return Promise.resolve(permit);
    return new Promise((resolve, reject) => {
      const waiting = { context, grant: resolve };
      this.#waiting.add(waiting);
      abortSignal.addEventListener('abort', () => {
        if (this.#waiting.delete(waiting)) reject(abortSignal.reason);
      });
    });
  }

  /** Asked by the SDK for a first task that may come with the answer to a start, and for nothing else. */
  tryReserveSlot({ taskQueue }: SlotReserveContext): SlotPermit | null {
    const taken = this.#takenOf(taskQueue);
    return taken.first < this.#mostFirstNow() ? take(taken, 'first', taskQueue) : null;
  }

  markSlotUsed({ permit }: { readonly permit: SlotPermit }): void {
    this.#inHand.set(permit, this.#nowMs());
  }

  releaseSlot({ permit }: { readonly permit: SlotPermit }): void {
    if (isPermit(permit)) this.#takenOf(permit.taskQueue)[permit.kind] -= 1;
    const cameAtMs = this.#inHand.get(permit);
    this.#inHand.delete(permit);
    if (cameAtMs !== undefined) this.#answered(cameAtMs);
    this.#grantWaiting();
  }

  #takenOf(taskQueue: string): Taken {
    const known = this.#taken.get(taskQueue);
    if (known !== undefined) return known;
    const none = { held: 0, new: 0, first: 0 };
    this.#taken.set(taskQueue, none);
    return none;
  }

  #takePolled({ isSticky, taskQueue }: SlotReserveContext): Permit | null {
    const taken = this.#takenOf(taskQueue);
    if (taken.held + taken.new >= this.#most) return null;
    if (isSticky) return take(taken, 'held', taskQueue);
    const mustWait = this.#behind.tasksGiveWay && taken.new >= this.#mostNewWhileOthersWait;
    return mustWait ? null : take(taken, 'new', taskQueue);
  }

  #mostFirstNow(): number {
    const share = (fewestFirstAfterMs - this.#behind.waitedMs) / (fewestFirstAfterMs - waitsAfterMs);
    return Math.min(this.#mostFirst, Math.max(1, Math.round(this.#mostFirst * share)));
  }

  #grantWaiting(): void {
    for (const waiting of this.#waiting) {
      const permit = this.#takePolled(waiting.context);
      if (permit === null) continue;
      this.#waiting.delete(waiting);
      waiting.grant(permit);
    }
  }
}

function take(taken: Taken, kind: Kind, taskQueue: string): Permit {
  taken[kind] += 1;
  return { kind, taskQueue };
}

function isPermit(permit: SlotPermit): permit is Permit {
  return 'kind' in permit && 'taskQueue' in permit;
}
