import type { WorkerOptions } from '@temporalio/worker';
import { integerSetting } from '../contracts/env.ts';
import { firstTries, SendingPace } from './first-tries.ts';
import { heartbeats } from './heartbeats.ts';
import { TaskSlots } from './task-slots.ts';

/** The SDK's own number, for what is not a workflow task. */
const othersAtOnce = { type: 'fixed-size', numSlots: 100 } as const;

/** How a worker polls and what it keeps; `docs/performance.md` says what each was measured to do. */
export function workerTuning(pace = new SendingPace(), slots = new TaskSlots()) {
  return {
    maxCachedWorkflows: integerSetting('workflowCache') ?? 4_500,
    // What a dead worker had in hand waits this long for it before another may take it. With one second the most severe of a
    // burst waited longer than that for a live one, and then once more, behind the tasks of workflows not in memory.
    stickyQueueScheduleToStartTimeout: 2_000,
    tuner: {
      workflowTaskSlotSupplier: slots,
      activityTaskSlotSupplier: othersAtOnce,
      localActivityTaskSlotSupplier: othersAtOnce,
      nexusTaskSlotSupplier: othersAtOnce,
    },
    shutdownGraceTime: 2_000,
    interceptors: { activity: [heartbeats, firstTries(pace)] },
    // Beats are sent as they come: a missed one must not cost an activity its time.
    maxHeartbeatThrottleInterval: 1_000,
  } satisfies Partial<WorkerOptions>;
}
