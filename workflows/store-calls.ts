import { ActivityFailure, isCancellation, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { EscalationActivities } from '../activities/types.ts';

/** A local activity holds the workflow's task: it is short or it is given up for an ordinary one. */
const localTimeoutMs = 1_500;
/** After the store was slow, ordinary activities are used for so long. */
const slowForMs = 20_000;

const local = proxyLocalActivities<EscalationActivities>({
  startToCloseTimeout: localTimeoutMs,
  scheduleToCloseTimeout: localTimeoutMs,
  retry: { maximumAttempts: 1 },
});

/** Never given up: an escalation waits for its store rather than lose a decision. */
const ordinary = proxyActivities<EscalationActivities>({
  startToCloseTimeout: 30_000,
  retry: { initialInterval: 200, backoffCoefficient: 2, maximumInterval: 2_000 },
});

type StoreActivities = Pick<typeof local, Exclude<keyof EscalationActivities, 'page' | 'tell'>>;

/** Short store calls: local while the store is quick, ordinary with endless tries while it is slow or away. */
export class StoreCalls {
  #slowUntilMs = 0;

  async call<R>(run: (activities: StoreActivities) => Promise<R>): Promise<R> {
    if (Date.now() < this.#slowUntilMs) return run(ordinary);
    try {
      return await run(local);
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      this.#slowUntilMs = Date.now() + slowForMs;
      return run(ordinary);
    }
  }
}
