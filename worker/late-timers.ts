import type { InjectedSinks } from '@temporalio/worker';
import { taskTimeoutMs } from '../contracts/temporal-names.ts';
import type { TimerSinks } from '../contracts/workflow-messages.ts';
import type { TaskSlots } from './task-slots.ts';

/** A timer that comes late by less than this is as good as in time. Milliseconds. */
const littleLateMs = 1_000;
/** Where a task was slow among so many others, it was this worker that was slow, and the server did not take its answer. */
const manyAtOnce = 20;

/** From one answer to the next, longer than a task may take. By the monotonic clock. */
interface Silence {
  readonly fromMs: number;
  readonly untilMs: number;
}

interface Armed {
  readonly escalationId: string;
  /** Epoch milliseconds. */
  readonly wakeAtMs: number;
  /** When the workflow asked for it, by the monotonic clock. */
  readonly askedAtMs: number;
}

/**
 * Finds the timers that come late because the answer that asks for them did.
 *
 * A timer counts from the moment at which the server takes the answer to the task. While the server is away the SDK holds
 * answers, for half a minute at most, and a server that comes back takes them when it has not yet found that their time
 * was over: what was to fire in ten minutes fires in ten and a half.
 *
 * A task that was in hand for longer than the server gives it had such an answer, or one that was refused (or the SDK had a
 * second task follow in the same slot). It is not known whose task it was. So every timer is meant that was asked for since
 * it came, long enough ago to be late; unless these are many and other tasks were answered while it was in hand, as when
 * thousands are opened or fall due at once.
 */
export class LateTimers {
  readonly #slots: TaskSlots;
  readonly #nowMs: () => number;
  /** Asked for by tasks that may be in hand still, the oldest first. */
  readonly #armed = new Map<string, Armed>();
  /** When the last task was answered. */
  #answeredAtMs: number;
  /** Those within which a task in hand may have come. */
  #silences: readonly Silence[] = [];

  /**
   * @param found told of each timer that may come late, what it was armed for (epoch milliseconds) and by how much it may
   *   be late at the most (milliseconds)
   * @param nowMs the monotonic clock of the slots
   */
  constructor(
    slots: TaskSlots,
    found: (escalationId: string, wakeAtMs: number, lateByMs: number) => void,
    nowMs: () => number = () => performance.now(),
  ) {
    this.#slots = slots;
    this.#nowMs = nowMs;
    this.#answeredAtMs = nowMs();
    slots.onAnswered = (cameAtMs) => {
      const nowMs = this.#nowMs();
      this.#noteAnswer(cameAtMs, nowMs);
      if (nowMs - cameAtMs <= taskTimeoutMs) return;
      const late = [...this.#armed.values()].filter(
        ({ askedAtMs }) => askedAtMs >= cameAtMs && nowMs - askedAtMs > littleLateMs,
      );
      if (late.length > manyAtOnce && !this.#wasSilent(cameAtMs)) return;
      // A workflow counts from the start of its task, which is a little before it asks.
      for (const { escalationId, wakeAtMs } of late) found(escalationId, wakeAtMs, nowMs - cameAtMs);
    };
  }

  /** Whichever of those in hand is answered first ends the silence for all of them. */
  #noteAnswer(cameAtMs: number, nowMs: number): void {
    const oldestMs = Math.min(cameAtMs, this.#slots.oldestMs ?? nowMs);
    this.#silences = this.#silences.filter(({ untilMs }) => untilMs > oldestMs);
    if (nowMs - this.#answeredAtMs > taskTimeoutMs)
      this.#silences = [...this.#silences, { fromMs: this.#answeredAtMs, untilMs: nowMs }];
    this.#answeredAtMs = nowMs;
  }

  /** Whether no task at all was answered for longer than the server waits for one, since a task came. */
  #wasSilent(cameAtMs: number): boolean {
    return this.#silences.some(({ fromMs, untilMs }) => untilMs - Math.max(fromMs, cameAtMs) > taskTimeoutMs);
  }

  /** What workflows tell, before the answer to their task is sent. */
  get sinks(): InjectedSinks<TimerSinks> {
    return {
      timers: {
        armed: { fn: ({ workflowId }, wakeAtMs) => this.note(workflowId, wakeAtMs), callDuringReplay: false },
      },
    };
  }

  /** @param wakeAtMs epoch milliseconds */
  note(escalationId: string, wakeAtMs: number): void {
    const askedAtMs = this.#nowMs();
    this.#armed.delete(escalationId);
    this.#armed.set(escalationId, { escalationId, wakeAtMs, askedAtMs });
    const oldestMs = this.#slots.oldestMs ?? askedAtMs;
    for (const armed of this.#armed.values()) {
      if (armed.askedAtMs >= oldestMs) break;
      this.#armed.delete(armed.escalationId);
    }
  }

  /** How many are remembered. */
  get size(): number {
    return this.#armed.size;
  }
}
