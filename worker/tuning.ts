import type { WorkerOptions } from '@temporalio/worker';
import { integerSetting } from '../contracts/env.ts';
import { firstTries, SendingPace } from './first-tries.ts';
import { heartbeats } from './heartbeats.ts';
import { TaskSlots } from './task-slots.ts';

/** Of what is not a workflow task; the SDK's own number. */
const othersAtOnce = 100;

/**
 * How a worker polls and what it keeps; `docs/performance.md` says what each was measured to do.
 * @param queues over how many task queues it is divided, each with a worker of the SDK
 */
export function workerTuning(queues = 1, pace = new SendingPace(), slots = new TaskSlots(queues)) {
  const others = { type: 'fixed-size', numSlots: Math.ceil(othersAtOnce / queues) } as const;
  return {
    maxCachedWorkflows: Math.ceil((integerSetting('workflowCache') ?? 6_000) / queues),
    // A poll that finds nothing holds a slot. The SDK's ten on each queue, eight of them for what is in memory, left too few to
    // work with; half of four are two for what is not.
    ...(queues > 1 ? { maxConcurrentWorkflowTaskPolls: 4, nonStickyToStickyPollRatio: 0.5 } : {}),
    // What a dead worker had in hand waits this long for it before another may take it. With one second the most severe of a
    // burst waited longer than that for a live one, and then once more, behind the tasks of workflows not in memory.
    stickyQueueScheduleToStartTimeout: 2_000,
    tuner: {
      workflowTaskSlotSupplier: slots,
      activityTaskSlotSupplier: others,
      localActivityTaskSlotSupplier: others,
      nexusTaskSlotSupplier: others,
    },
    shutdownGraceTime: 2_000,
    interceptors: { activity: [heartbeats, firstTries(pace)] },
    // Beats are sent as they come: a missed one must not cost an activity its time.
    maxHeartbeatThrottleInterval: 1_000,
  } satisfies Partial<WorkerOptions>;
}
