import { ApplicationFailure, type Context } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { EscalationActivities } from '../activities/types.ts';

/** What is tried within a workflow's task first. */
const sending: ReadonlySet<string> = new Set<keyof EscalationActivities>(['page', 'tell']);
/** What takes longer than this holds workflow tasks that others wait for. */
const slowMs = 750;
/** After a slow one, or one that failed, nobody else tries within a task for so long. */
const restMs = 5_000;

/**
 * Knows for the whole worker whether sending is quick. While it is not, tries within a workflow's task are refused at
 * once, so that an outage costs one task and not each: the ordinary activity that follows waits without holding anybody.
 */
export class SendingPace {
  #restUntilMs = -Infinity;
  readonly #nowMs: () => number;

  /** @param nowMs a monotonic clock, in milliseconds */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** @throws ApplicationFailure `unavailable` where it is a try within a task and sending has been slow */
  async run<T>(isWithinTask: boolean, send: () => Promise<T>): Promise<T> {
    const startedMs = this.#nowMs();
    if (isWithinTask && startedMs < this.#restUntilMs) {
      throw ApplicationFailure.retryable('sending is slow: not within a task', 'unavailable');
    }
    try {
      const result = await (isWithinTask ? givenUp(send()) : send());
      const isSlow = this.#nowMs() - startedMs > slowMs;
      this.#restUntilMs = isSlow ? this.#nowMs() + restMs : -Infinity;
      return result;
    } catch (error) {
      this.#restUntilMs = this.#nowMs() + restMs;
      throw error;
    }
  }
}

/** Waits no longer than a task may: what is still under way goes on by itself, and is sent again under its id. */
async function givenUp<T>(sending: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(ApplicationFailure.retryable('sending takes too long', 'unavailable')), slowMs);
  });
  try {
    return await Promise.race([sending, late]);
  } finally {
    clearTimeout(timer);
  }
}

export function firstTries(pace: SendingPace): ActivityInterceptorsFactory {
  return ({ info }: Context) => ({
    inbound: {
      execute: (input, next): Promise<unknown> =>
        sending.has(info.activityType) ? pace.run(info.isLocal, () => next(input)) : next(input),
    },
  });
}
