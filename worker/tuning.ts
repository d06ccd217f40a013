import type { WorkerOptions } from '@temporalio/worker';
import { integerSetting } from '../contracts/env.ts';
import { firstTries, SendingPace } from './first-tries.ts';
import { heartbeats } from './heartbeats.ts';

/** How a worker polls and what it keeps; `docs/performance.md` says what each was measured to do. */
export function workerTuning(pace = new SendingPace()) {
  return {
    maxCachedWorkflows: integerSetting('workflowCache') ?? 2_000,
    // What a dead worker had in hand waits this long for it before another may take it.
    stickyQueueScheduleToStartTimeout: 1_000,
    // A task has to be done within 2 s of being taken, or its work is thrown away and done again. After a cold start on
    // a busy machine 40 at once, the SDK's default, never were: the worker went round in circles. The rest wait at the
    // server, where waiting costs nothing. With 8 or 12, tasks that wait for the table and for SNS left the processor idle.
    maxConcurrentWorkflowTaskExecutions: 20,
    shutdownGraceTime: 2_000,
    interceptors: { activity: [heartbeats, firstTries(pace)] },
    // Beats are sent as they come: a missed one must not cost an activity its time.
    maxHeartbeatThrottleInterval: 1_000,
  } satisfies Partial<WorkerOptions>;
}
