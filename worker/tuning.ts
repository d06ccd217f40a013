import type { WorkerOptions } from '@temporalio/worker';
import { integerSetting } from '../contracts/env.ts';

/** How a worker polls and what it keeps; `docs/performance.md` says what each was measured to do. */
export function workerTuning() {
  return {
    maxCachedWorkflows: integerSetting('workflowCache') ?? 2_000,
    // What a dead worker had in hand waits this long for it before another may take it.
    stickyQueueScheduleToStartTimeout: 1_000,
    shutdownGraceTime: 2_000,
  } satisfies Partial<WorkerOptions>;
}
