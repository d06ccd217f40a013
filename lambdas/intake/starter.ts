import { errorFields, type Logger } from '../../contracts/logger.ts';
import type { CarriedState } from '../../contracts/workflow-messages.ts';
import type { Severity } from '../../domain/escalation/vocabulary.ts';
import { TokenBuckets, type BucketRule } from '../http/token-bucket.ts';
import type { EscalationGateway } from '../temporal/escalation-gateway.ts';

/**
 * Starts at once, for an instance of the Lambda: what comes in faster is left to the worker, which starts the most severe
 * ones first. A start costs as much as the whole intake before it.
 */
const atOnce: BucketRule = { ratePerSecond: 40, burst: 8 };
/** Where as many are under way, Temporal is behind, and the rest of a burst does not wait for it. */
const mostUnderWay = 2;
/** After a failed start, Temporal is left alone for so long: intake does not wait for it in vain each time. */
const restMs = 1_000;

/**
 * Starts workflows of new escalations at once, where that is quick. What it leaves is in the list of pending ones
 * already, so nothing depends on it.
 */
export class Starter {
  readonly #bucket = new TokenBuckets(atOnce, 1);
  #underWay = 0;
  #restUntilMs = 0;

  constructor(
    private readonly gateway: Pick<EscalationGateway, 'start'>,
    private readonly nowMs: () => number,
  ) {}

  async tryStart(
    escalationId: string,
    severity: Severity,
    begun: CarriedState | undefined,
    log: Logger,
  ): Promise<void> {
    const nowMs = this.nowMs();
    if (nowMs < this.#restUntilMs || this.#underWay >= mostUnderWay || this.#bucket.take('starts', nowMs) > 0) return;
    this.#underWay += 1;
    try {
      await this.gateway.start(escalationId, severity, begun);
    } catch (error) {
      this.#restUntilMs = this.nowMs() + restMs;
      const { errorName = 'unknown' } = errorFields(error);
      log.warn('workflow.start_left_pending', { escalationId, errorName });
    } finally {
      this.#underWay -= 1;
    }
  }
}
