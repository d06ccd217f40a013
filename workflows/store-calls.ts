import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  sleep,
  TemporalFailure,
} from '@temporalio/workflow';
import { PassedTime } from './passed-time.ts';
import type {
  CarryOutReply,
  CarryOutRequest,
  CommitReply,
  CommitRequest,
  EscalationActivities,
  LoadReply,
} from '../activities/types.ts';

/** A local activity holds the workflow's task: it is short or it is given up for an ordinary one. */
const localTimeoutMs = 1_500;
/** After the store was slow, ordinary activities are used for so long. */
const slowForMs = 20_000;
/** A worker that died in an ordinary activity is noticed after so long; workers beat far more often. */
export const heartbeatTimeoutMs = 4_000;
/** Longest wait between two tries of a store that is there and does not take a commit. */
const longestPauseMs = 60_000;

const local = proxyLocalActivities<EscalationActivities>({
  startToCloseTimeout: localTimeoutMs,
  scheduleToCloseTimeout: localTimeoutMs,
  retry: { maximumAttempts: 1 },
});

/** Never given up: an escalation waits for its store rather than lose a decision. */
const ordinary = proxyActivities<EscalationActivities>({
  startToCloseTimeout: 30_000,
  heartbeatTimeout: heartbeatTimeoutMs,
  retry: { initialInterval: 200, backoffCoefficient: 2, maximumInterval: 2_000 },
});

/** One try, soon: what is written late was decided too long ago. */
const once = proxyActivities<EscalationActivities>({
  scheduleToStartTimeout: 3_000,
  startToCloseTimeout: 15_000,
  heartbeatTimeout: heartbeatTimeoutMs,
  retry: { maximumAttempts: 1 },
});

type StoreActivities = Pick<typeof local, Exclude<keyof EscalationActivities, 'page' | 'tell' | 'carryOut'>>;

/**
 * Whether another try may cure it. An ordinary activity fails with an `ActivityFailure` around its cause, a local one with
 * the bare cause.
 */
export function isTemporary(error: unknown): boolean {
  if (isCancellation(error) || !(error instanceof TemporalFailure)) return false;
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return !(cause instanceof ApplicationFailure && cause.nonRetryable === true);
}

function expectTemporary(error: unknown): void {
  if (!isTemporary(error)) throw error;
}

/** Short store calls: local while the store is quick, ordinary with endless tries while it is slow or away. */
export class StoreCalls {
  /** What has passed by the last of them. */
  readonly passed = new PassedTime();
  #slowUntilMs = 0;
  #refusedCommits = 0;

  /** Whether it did not answer in time a short while ago. */
  isSlow(): boolean {
    return Date.now() < this.#slowUntilMs;
  }

  async load(escalationId: string): Promise<LoadReply> {
    const { endedAtMs, ...loaded } = await this.call((store) => store.load({ escalationId }));
    this.passed.note(endedAtMs);
    return loaded;
  }

  async call<R>(run: (activities: StoreActivities) => Promise<R>): Promise<R> {
    if (this.isSlow()) return run(ordinary);
    try {
      return await run(local);
    } catch (error) {
      this.#noteSlow(error);
      return run(ordinary);
    }
  }

  /**
   * Writes a decision while it is fresh. Where that fails it waits until the table takes writes again and answers null:
   * decide anew then, for the instant of the decision is when a tier's time begins. If the write was done all the same,
   * the new decision finds it in its slot and adopts it.
   */
  async commit(request: CommitRequest): Promise<CommitReply | null> {
    if (!this.isSlow()) {
      try {
        return this.#taken(await local.commit(request));
      } catch (error) {
        this.#noteSlow(error);
      }
    }
    try {
      return this.#taken(await once.commit(request));
    } catch (error) {
      expectTemporary(error);
    }
    this.#refusedCommits += 1;
    if (this.#refusedCommits > 1) await sleep(Math.min(longestPauseMs, 100 * 2 ** this.#refusedCommits));
    await ordinary.probe({ escalationId: request.escalationId });
    return null;
  }

  /**
   * Writes a decision and sends what it asks for. Null where that did not end in time: nothing is known then, so that the
   * decision is to be written and its pages are to be sent, each as if for the first time.
   */
  async carryOut(request: CarryOutRequest): Promise<CarryOutReply | null> {
    try {
      return this.#taken(await local.carryOut(request));
    } catch (error) {
      this.#noteSlow(error);
      return null;
    }
  }

  #noteSlow(error: unknown): void {
    expectTemporary(error);
    this.#slowUntilMs = Date.now() + slowForMs;
  }

  #taken<Reply extends CommitReply | CarryOutReply>(result: Reply): Reply {
    this.passed.note(result.endedAtMs);
    this.#refusedCommits = 0;
    return result;
  }
}
