import { errorFields, type Logger } from '../../contracts/logger.ts';
import type { Severity } from '../../domain/escalation/vocabulary.ts';
import type { EscalationGateway } from '../temporal/escalation-gateway.ts';

/** Starts under way at once. A burst beyond is left to the worker, which starts the most severe ones first. */
const maxConcurrent = 8;
/** After a failed start, Temporal is left alone for so long: intake does not wait for it in vain each time. */
const restMs = 1000;

/**
 * Starts workflows of new escalations at once, where that is quick. What it leaves is in the list of pending ones
 * already, so nothing depends on it.
 */
export class Starter {
  #underWay = 0;
  #restUntilMs = 0;

  constructor(
    private readonly gateway: EscalationGateway,
    private readonly nowMs: () => number,
  ) {}

  async tryStart(escalationId: string, severity: Severity, log: Logger): Promise<void> {
    if (this.#underWay >= maxConcurrent || this.nowMs() < this.#restUntilMs) return;
    this.#underWay += 1;
    try {
      await this.gateway.start(escalationId, severity);
    } catch (error) {
      this.#restUntilMs = this.nowMs() + restMs;
      const { errorName = 'unknown' } = errorFields(error);
      log.warn('workflow.start_left_pending', { escalationId, errorName });
    } finally {
      this.#underWay -= 1;
    }
  }
}
