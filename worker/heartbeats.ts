import { Context } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';

const beatEveryMs = 1_000;

/**
 * Says once a second that an activity is still being worked on, so that a dead worker's share is given to another after
 * seconds. An activity that is done within the first second, as nearly all are, sends none.
 */
export const heartbeats: ActivityInterceptorsFactory = (context: Context) => ({
  inbound: {
    execute: async (input, next): Promise<unknown> => {
      // A local activity is given up within a workflow task.
      if (context.info.isLocal) return next(input);
      const beat = setInterval(() => context.heartbeat(), beatEveryMs);
      try {
        return await next(input);
      } finally {
        clearInterval(beat);
      }
    },
  },
});
