import { errorFields, type Logger } from '../../contracts/logger.ts';
import type { CarriedState } from '../../contracts/workflow-messages.ts';
import type { Severity } from '../../domain/escalation/vocabulary.ts';
import { TokenBuckets, type BucketRule } from '../http/token-bucket.ts';
import { Lull } from './lull.ts';
import type { EscalationGateway } from '../temporal/escalation-gateway.ts';

/**
 * Where more intakes are under way in this process, it is a burst: it is taken in first, and started by the worker. A start
 * costs more than the whole intake before it, so who makes both at once takes in at the rate of the starts.
 */
const mostInCalm = 8;
/** A burst comes in waves: it is over when so many were not under way for this long. */
const calmAfterMs = 250;
/**
 * What one process starts in calm, the most severe ones left out. A load that goes on is left to the worker, which starts it
 * for less. A lone intake, and a few together, are within it.
 */
const ordinary: BucketRule = { ratePerSecond: 12, burst: 10 };
/** The most severe ones are started at once in calm, and of a burst as many of them. */
const urgent: BucketRule = { ratePerSecond: 40, burst: 8 };
/** Where as many are under way, Temporal is behind, and nobody else waits for it. */
const mostUnderWay = 6;
/** After a failed start, Temporal is left alone for so long: intake does not wait for it in vain each time. */
const restMs = 1_000;

export interface StarterPorts {
  readonly gateway: Pick<EscalationGateway, 'start'>;
  /** Takes it off the list of those that wait for their workflow. */
  readonly clearPending: (escalationId: string) => Promise<void>;
  readonly nowMs: () => number;
}

/**
 * Starts workflows of new escalations at once, where that is quick. What it leaves is in the list of pending ones
 * already, so nothing depends on it.
 */
export class Starter {
  readonly #ports: StarterPorts;
  readonly #lull = new Lull(ordinary);
  readonly #urgent = new TokenBuckets(urgent, 1);
  #takingIn = 0;
  #burstUntilMs = 0;
  #underWay = 0;
  #restUntilMs = 0;

  constructor(ports: StarterPorts) {
    this.#ports = ports;
  }

  /** Runs an intake and counts it as under way until it ends. */
  async during<T>(takeIn: () => Promise<T>): Promise<T> {
    this.#takingIn += 1;
    if (this.#takingIn > mostInCalm) this.#burstUntilMs = this.#ports.nowMs() + calmAfterMs;
    try {
      return await takeIn();
    } finally {
      this.#takingIn -= 1;
    }
  }

  async tryStart(
    escalationId: string,
    severity: Severity,
    begun: CarriedState | undefined,
    log: Logger,
  ): Promise<void> {
    const { gateway, clearPending, nowMs } = this.#ports;
    if (!this.#mayStart(severity, nowMs())) return;
    this.#underWay += 1;
    try {
      await gateway.start(escalationId, severity, begun);
    } catch (error) {
      this.#restUntilMs = nowMs() + restMs;
      return leftPending(log, 'workflow.start_left_pending', escalationId, error);
    } finally {
      this.#underWay -= 1;
    }
    // Where this fails, the worker finds it listed, and starts it once more, which changes nothing.
    await clearPending(escalationId).catch((error: unknown) =>
      leftPending(log, 'workflow.started_left_pending', escalationId, error),
    );
  }

  #mayStart(severity: Severity, nowMs: number): boolean {
    if (nowMs < this.#restUntilMs || this.#underWay >= mostUnderWay) return false;
    const isCalm = this.#takingIn <= mostInCalm && nowMs >= this.#burstUntilMs;
    if (severity === 'sev1') return isCalm || this.#urgent.take('starts', nowMs) === 0;
    return isCalm && this.#lull.holds(nowMs);
  }
}

function leftPending(log: Logger, code: string, escalationId: string, error: unknown): void {
  const { errorName = 'unknown' } = errorFields(error);
  log.warn(code, { escalationId, errorName });
}
