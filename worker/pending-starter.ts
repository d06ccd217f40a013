import type { Client } from '@temporalio/client';
import type { Logger } from '../contracts/logger.ts';
import { escalationStart, workflowTypes } from '../contracts/temporal-names.ts';
import type { Store } from '../store/client.ts';
import { readHeads } from '../store/log.ts';
import { Repeater } from './repeater.ts';
import { adoptOrphan, listPending } from '../store/orphans.ts';
import type { EscalationRecord } from '../domain/escalation/record.ts';

export interface PendingStarterOptions {
  readonly store: Store;
  readonly client: Client;
  readonly logger: Logger;
  readonly pollEveryMs?: number;
  readonly concurrency?: number;
}

/** What came in a moment ago is being started by the intake that took it in. */
const leaveAloneForMs = 150;
/** A first commit without a head is being written, or its writer has died. */
const orphanedAfterMs = 3_000;
const pageSize = 200;
/** Started ones are still listed until their first decision; after this long they are started once more. */
const startAgainAfterMs = 5_000;
/**
 * Started and not begun, at most: what comes in faster waits in its list, where the most severe can pass the others, and
 * leaves the processor to those who take more in.
 */
const mostOutstanding = 48;
/** One that has not begun by then does not count against them any more: something is wrong with it. */
const outstandingForMs = 1_000;
/** One that Temporal does not answer within this time is left to the next round. */
const startDeadlineMs = 2_000;
/** Beyond every id: all that is pending is listed, whatever the clocks of its intake and of this worker say. */
const endOfTimeMs = 2 ** 48 - 1;

/**
 * Starts the workflows of escalations that were accepted while Temporal was away or busy. Every accepted intake stands
 * in the `pending` list until its workflow made its first decision, so nothing else has to remember it.
 */
export class PendingStarter {
  readonly #options: PendingStarterOptions;
  readonly #concurrency: number;
  /** By this process's monotonic clock: ages are never taken from dates, which may be wrong here or elsewhere. */
  readonly #firstSeenAtMs = new Map<string, number>();
  readonly #startedAtMs = new Map<string, number>();
  /** Of those that wait: how severe they are does not change before they begin. */
  readonly #records = new Map<string, EscalationRecord>();
  readonly #repeater: Repeater;

  constructor(options: PendingStarterOptions) {
    this.#options = options;
    this.#concurrency = options.concurrency ?? 16;
    this.#repeater = new Repeater({
      code: 'pending.poll_failed',
      everyMs: options.pollEveryMs ?? 100,
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
    const listed = await listPending(this.#options.store, pageSize, endOfTimeMs);
    this.#note(listed, nowMs);
    const todo = listed.filter(
      (id) => this.#startedForMs(id, nowMs) >= startAgainAfterMs && this.#seenForMs(id, nowMs) >= leaveAloneForMs,
    );
    const room = mostOutstanding - listed.filter((id) => this.#startedForMs(id, nowMs) < outstandingForMs).length;
    if (todo.length === 0 || room <= 0) return;
    await this.#learn(todo);
    // The most severe first: a burst is started in the order in which people are needed. Those that were started before
    // and did not begin come last, so that they keep nobody else from it.
    const rank = (id: string): string =>
      `${this.#startedAtMs.has(id) ? 1 : 0}${this.#records.get(id)?.severity ?? 'sev1'}`;
    const queue = todo.toSorted((a, b) => rank(a).localeCompare(rank(b))).slice(0, room);
    const work = async (): Promise<void> => {
      for (let id = queue.shift(); id !== undefined && !this.#repeater.isStopped; id = queue.shift()) {
        await this.#start(id, this.#records.get(id), nowMs);
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#concurrency, queue.length) }, work));
  }

  /** Reads the records of those that are new in the list: one that waits is not read again in each round. */
  async #learn(ids: readonly string[]): Promise<void> {
    const unknown = ids.filter((id) => !this.#records.has(id));
    if (unknown.length === 0) return;
    for (const { record } of await readHeads(this.#options.store, unknown)) this.#records.set(record.id, record);
  }

  #note(listed: readonly string[], nowMs: number): void {
    const pending = new Set(listed);
    for (const id of this.#firstSeenAtMs.keys()) if (!pending.has(id)) this.#firstSeenAtMs.delete(id);
    for (const id of this.#records.keys()) if (!pending.has(id)) this.#records.delete(id);
    for (const id of listed) if (!this.#firstSeenAtMs.has(id)) this.#firstSeenAtMs.set(id, nowMs);
    for (const id of this.#startedAtMs.keys()) if (!pending.has(id)) this.#startedAtMs.delete(id);
  }

  #startedForMs(escalationId: string, nowMs: number): number {
    return nowMs - (this.#startedAtMs.get(escalationId) ?? -Infinity);
  }

  #seenForMs(escalationId: string, nowMs: number): number {
    return nowMs - (this.#firstSeenAtMs.get(escalationId) ?? nowMs);
  }

  async #start(escalationId: string, record: EscalationRecord | undefined, nowMs: number): Promise<void> {
    const { store, client, logger } = this.#options;
    if (record === undefined || record.mergedInto !== null) {
      if (this.#seenForMs(escalationId, nowMs) < orphanedAfterMs) return;
      const adopted = await adoptOrphan(store, escalationId, Date.now());
      logger.info(`pending.orphan_${adopted.kind}`, { escalationId });
      return;
    }
    await client.withDeadline(Date.now() + startDeadlineMs, () =>
      client.workflow.start(workflowTypes.escalation, escalationStart(escalationId, record.severity)),
    );
    this.#startedAtMs.set(escalationId, nowMs);
  }
}
