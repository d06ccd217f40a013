import type { Worker } from '@temporalio/worker';

type Runnable = Pick<Worker, 'run' | 'getState' | 'shutdown'>;

/** When all were told to end: a reconciler's round may be in hand. An orchestrator that waits for less ends the process itself. */
const longestEndMs = 50_000;
/** When only some run on: the queue of those that do not is deaf meanwhile. */
const longestFailureMs = 15_000;
const lookEveryMs = 500;

/** Asks those for no more that still run. */
export function shutDownAll(workers: readonly Runnable[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
}

/**
 * Runs the workers of one process, all or none: a queue that nobody asks is worse than a process that is begun again. As soon as
 * one of them runs no more, by a failure or because it was told to, the others are ended in order.
 *
 * @param options.before what has to end before the workers are told to
 * @param options.endWithinMs from then on, where all were told to end; real time
 * @param options.failWithinMs the same where only some have ended
 * @throws what the first of them failed with, once all have ended; `Error` where they have not by then
 */
export async function runTogether(
  workers: readonly Runnable[],
  {
    before = (): Promise<void> => Promise.resolve(),
    endWithinMs = longestEndMs,
    failWithinMs = longestFailureMs,
    everyMs = lookEveryMs,
  } = {},
): Promise<void> {
  let giveUp: NodeJS.Timeout | undefined;
  let look: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    look = setInterval(() => {
      if (workers.every((worker) => worker.getState() === 'RUNNING')) return;
      clearInterval(look);
      const withinMs = workers.some((worker) => worker.getState() === 'RUNNING') ? failWithinMs : endWithinMs;
      void before().then(() => shutDownAll(workers));
      const message = `the workers have not ended within ${withinMs} ms`;
      giveUp = setTimeout(() => reject(new Error(message)), withinMs);
    }, everyMs);
  });
  try {
    const ended = Promise.allSettled(workers.map((worker) => worker.run()));
    const failed = (await Promise.race([ended, tooLong])).find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  } finally {
    clearInterval(look);
    clearTimeout(giveUp);
  }
}
