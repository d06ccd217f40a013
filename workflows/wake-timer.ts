import { CancellationScope, isCancellation, proxySinks, sleep } from '@temporalio/workflow';
import type { TimerSinks } from '../contracts/workflow-messages.ts';

const { timers } = proxySinks<TimerSinks>();

/**
 * One timer for each escalation. It fires not later than asked; a wake-up that moves later leaves it alone, since a
 * wake-up too early decides nothing and costs less than arming anew at every command.
 */
export class WakeTimer {
  readonly #nowMs: () => number;
  #armedAtMs: number | null = null;
  #scope: CancellationScope | null = null;
  #fired = false;

  /** @param nowMs the time at which a timer that is armed now begins to count, as well as it is known; epoch milliseconds */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** @param atMs epoch milliseconds, or null when the system has nothing to do by itself */
  arm(atMs: number | null): void {
    if (atMs === null) return;
    if (this.#armedAtMs !== null && this.#armedAtMs <= atMs) return;
    this.#scope?.cancel();
    const scope = new CancellationScope();
    this.#scope = scope;
    this.#armedAtMs = atMs;
    // A timer counts from the completion of the task that arms it, so the delay is taken at the last moment.
    scope
      .run(() => this.#wait(atMs))
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }

  async #wait(atMs: number): Promise<void> {
    timers.armed(atMs);
    await sleep(Math.max(1, atMs - this.#nowMs()));
    this.#fired = true;
    this.#armedAtMs = null;
    this.#scope = null;
  }

  hasFired(): boolean {
    return this.#fired;
  }

  reset(): void {
    this.#fired = false;
  }

  cancel(): void {
    this.#scope?.cancel();
    this.#scope = null;
    this.#armedAtMs = null;
  }
}
