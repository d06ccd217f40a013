import type { Client } from '@temporalio/client';
import { errorFields, type Logger } from '../contracts/logger.ts';
import { escalationStart, workflowTypes } from '../contracts/temporal-names.ts';
import { mayBeHandedOver, type CarriedState } from '../contracts/workflow-messages.ts';
import type { Severity } from '../domain/escalation/vocabulary.ts';
import type { Store } from '../store/client.ts';
import { clearPending } from '../store/commit.ts';
import { readHeads } from '../store/log.ts';
import { adoptOrphan, listPending } from '../store/orphans.ts';
import { isOutage } from './outage.ts';
import { PendingQueue } from './pending-queue.ts';
import { Repeater } from './repeater.ts';

/** What of Temporal's client is needed to start workflows. */
export interface StartingClient extends Pick<Client, 'withDeadline'> {
  readonly workflow: {
    start(type: string, options: ReturnType<typeof escalationStart>): Promise<unknown>;
  };
}

export interface PendingStarterOptions {
  readonly store: Store;
  readonly client: StartingClient;
  readonly logger: Logger;
  /** What the log of an escalation says. */
  readonly read: (escalationId: string) => Promise<CarriedState>;
  readonly pollEveryMs?: number;
  readonly concurrency?: number;
}

/** Most that are looked at: the oldest of more than these come first. */
const mostListed = 5_000;
/** Listed ones that are read in a millisecond on average, at the most: a long list is looked through less often. */
const listedPerMs = 2;
/** One that Temporal does not answer within this time is left to the next round. */
const startDeadlineMs = 2_000;
/** Beyond every id: all that is pending is listed, whatever the clocks of its intake and of this worker say. */
const endOfTimeMs = 2 ** 48 - 1;

/**
 * Starts the workflows of escalations that were accepted while Temporal was away or busy. Every accepted intake stands
 * in the `pending` list until a workflow has taken it up, so nothing else has to remember it.
 */
export class PendingStarter {
  readonly #options: PendingStarterOptions;
  readonly #concurrency: number;
  readonly #queue = new PendingQueue();
  readonly #repeater: Repeater;
  #listAgainAtMs = -Infinity;

  constructor(options: PendingStarterOptions) {
    this.#options = options;
    this.#concurrency = options.concurrency ?? 16;
    this.#repeater = new Repeater({
      code: 'pending.poll_failed',
      everyMs: options.pollEveryMs ?? 100,
      // Who came in during an outage has waited long enough when it ends.
      longestMs: 300,
      logger: options.logger,
      round: async () => {
        await this.#round();
        return false;
      },
    });
  }

  run(): void {
    this.#repeater.run();
  }

  stop(): Promise<void> {
    return this.#repeater.stop();
  }

  async #round(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs >= this.#listAgainAtMs) await this.#list(nowMs);
    const room = this.#queue.room(nowMs);
    if (room <= 0) return;
    const unknown = this.#queue.unknown(nowMs);
    if (unknown.length > 0) {
      for (const { record } of await readHeads(this.#options.store, unknown)) {
        if (record.mergedInto === null) this.#queue.learn(record.id, record.severity);
      }
    }
    const todo = [...this.#queue.next(room, nowMs)];
    const work = async (): Promise<void> => {
      for (let id = todo.shift(); id !== undefined && !this.#repeater.isStopped; id = todo.shift()) {
        await this.#start(id);
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#concurrency, todo.length) }, work));
  }

  async #list(nowMs: number): Promise<void> {
    const fromMs = this.#queue.readFromMs(nowMs);
    const listed = await listPending(this.#options.store, mostListed, endOfTimeMs, fromMs);
    this.#queue.note(listed, { fromMs, isWhole: listed.length < mostListed }, nowMs);
    this.#listAgainAtMs = nowMs + listed.length / listedPerMs;
  }

  async #start(escalationId: string): Promise<void> {
    const { store, client, logger } = this.#options;
    const severity = this.#queue.severityOf(escalationId);
    const nowMs = performance.now();
    // Once adopted it has a record, and the next round starts it.
    const run =
      severity === null
        ? async () =>
            logger.info(`pending.orphan_${(await adoptOrphan(store, escalationId, Date.now())).kind}`, { escalationId })
        : () => this.#startWorkflow(client, escalationId, severity);
    try {
      await run();
      if (severity !== null) this.#queue.started(escalationId, nowMs);
    } catch (error) {
      // What fails for a reason of its own is left alone for a while, so that it keeps nobody else from it. When Temporal
      // or the table is away it is nobody's own: the round ends, and all of them stay first in the next one.
      if (isOutage(error)) throw error;
      this.#queue.started(escalationId, nowMs);
      logger.warn('pending.start_failed', { escalationId, ...errorFields(error) });
    }
  }

  async #startWorkflow(client: StartingClient, escalationId: string, severity: Severity): Promise<void> {
    const options = escalationStart(escalationId, severity, await this.#begun(escalationId));
    await client.withDeadline(Date.now() + startDeadlineMs, () =>
      client.workflow.start(workflowTypes.escalation, options),
    );
    await clearPending(this.#options.store, escalationId);
  }

  /** What is handed over, as intake would have done it; where that can't be told now, the workflow finds out itself. */
  async #begun(escalationId: string): Promise<CarriedState | undefined> {
    try {
      return mayBeHandedOver(await this.#options.read(escalationId));
    } catch (error) {
      if (isOutage(error)) throw error;
      return undefined;
    }
  }
}
