import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import type { Logger } from '../contracts/logger.ts';
import { reconcilerIds, taskQueues, workflowTypes } from '../contracts/temporal-names.ts';
import { Repeater } from './repeater.ts';

const shortestMs = 1_000;
/** The schedule is looked after for as long as a worker runs: somebody may delete it. */
const lookEveryMs = 30_000;

/** A run that a dead worker left behind must not keep the next ones from starting for longer. */
const longestRunMs = 5 * 60_000;

/**
 * Makes the schedule of the reconciler where there is none, and gives it the interval that is wanted where it has
 * another. Safe to call by every worker that starts.
 * @param everyMs milliseconds from run to run; a run that is still going on is not joined by another
 */
export async function ensureReconcilerSchedule(client: Client, everyMs: number): Promise<void> {
  const spec = { intervals: [{ every: Math.max(shortestMs, everyMs) }] };
  const action = {
    type: 'startWorkflow',
    workflowType: workflowTypes.reconciler,
    workflowId: reconcilerIds.workflow,
    taskQueue: taskQueues.reconciler,
    workflowExecutionTimeout: longestRunMs,
  } as const;
  // What was missed while the server was away is made up for by the next run.
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: 10_000 };
  try {
    await client.schedule.create({ scheduleId: reconcilerIds.schedule, spec, action, policies });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const handle = client.schedule.getHandle(reconcilerIds.schedule);
    const standing = (await handle.describe()).spec.intervals?.[0]?.every;
    if (standing !== spec.intervals[0]?.every) await handle.update((before) => ({ ...before, spec, action, policies }));
  }
}

/** Looks after the schedule in the background; with an interval of 0 there is none to look after. */
export function keepReconcilerSchedule(options: {
  readonly client: Client;
  readonly everyMs: number;
  readonly logger: Logger;
}): Repeater {
  const { client, everyMs, logger } = options;
  return new Repeater({
    code: 'reconciler.schedule_failed',
    everyMs: lookEveryMs,
    logger,
    round: async () => {
      if (everyMs > 0) await ensureReconcilerSchedule(client, everyMs);
      return false;
    },
  });
}
