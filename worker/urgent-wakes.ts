import type { Client } from '@temporalio/client';
import { inParallel } from '../activities/in-parallel.ts';
import { workflowIdOf } from '../contracts/ids.ts';
import { errorFields, type Logger } from '../contracts/logger.ts';
import { signalNames } from '../contracts/temporal-names.ts';
import type { EscalationRecord } from '../domain/escalation/record.ts';
import type { Store } from '../store/client.ts';
import { pageOpen } from '../store/lists.ts';
import { readHeads } from '../store/log.ts';
import { isOutage } from './outage.ts';
import { Repeater } from './repeater.ts';
import { UrgentQueue, type UrgentWake } from './urgent-queue.ts';

/** What of Temporal's client is needed to signal workflows. */
export interface SignallingClient extends Pick<Client, 'withDeadline'> {
  readonly workflow: {
    getHandle(workflowId: string): { signal(name: typeof signalNames.wake): Promise<void> };
  };
}

export interface UrgentWakesOptions {
  readonly store: Store;
  readonly client: SignallingClient;
  readonly logger: Logger;
  readonly nowMs?: () => number;
  readonly everyMs?: number;
  readonly mostKnown?: number;
}

/** Most whose records are read in one round: one batch. */
const mostInARound = 100;
const concurrency = 8;
/** One that Temporal does not answer within this time is left to a later round. */
const signalDeadlineMs = 2_000;
/** Open escalations that are looked at in one round after the start; the pause between rounds is the table's rest. */
const pageSize = 100;

/**
 * Wakes the most severe escalations by a signal where their timers do not fire in time: what falls due at one instant is
 * fired by the server in no order of urgency, but a signal makes a task of its workflow's priority at once.
 *
 * Instants are those of the workflows' clock, the server's; this worker's may be wrong by minutes. With a clock that is
 * ahead, a signal comes too early and decides nothing; it is sent once for each instant all the same, and the timer fires as
 * ever. With one that is behind, it comes when the timer has long fired, or not at all.
 */
export class UrgentWakes {
  readonly #options: UrgentWakesOptions;
  readonly #queue: UrgentQueue;
  readonly #repeater: Repeater;
  readonly #nowMs: () => number;
  /** Where the list of what is open is read on after the start; null: it has been read. */
  #fill: { readonly after: string | null } | null = { after: null };

  constructor(options: UrgentWakesOptions) {
    this.#options = options;
    this.#queue = new UrgentQueue(options.mostKnown);
    this.#nowMs = options.nowMs ?? Date.now;
    this.#repeater = new Repeater({
      code: 'wake.round_failed',
      everyMs: options.everyMs ?? 50,
      logger: options.logger,
      round: () => this.#round(),
    });
  }

  run(): void {
    this.#repeater.run();
  }

  stop(): Promise<void> {
    return this.#repeater.stop();
  }

  /**
   * Told of each escalation that this worker loads or writes.
   * @param stands false: the log holds other events in place of what was to be written
   */
  seen(record: EscalationRecord, stands: boolean): void {
    if (stands) this.#queue.note(record);
    else this.#queue.doubt(record);
  }

  /**
   * Its timer may come late: until then it is woken by a signal if it is overdue, whatever its severity.
   * @param wakeAtMs what its timer was armed for, epoch milliseconds
   * @param lateByMs by how much that may come late at the most
   */
  watch(escalationId: string, wakeAtMs: number, lateByMs: number): void {
    this.#queue.watch(escalationId, wakeAtMs, lateByMs);
  }

  async #round(): Promise<boolean> {
    const found = this.#queue.overdue(this.#nowMs(), mostInARound);
    if (found.length > 0) await this.#wake(found);
    await this.#fillOn();
    return found.length === mostInARound;
  }

  /** Whoever has moved on, perhaps by another worker's hand, is known anew by its record. */
  async #wake(found: readonly UrgentWake[]): Promise<void> {
    const heads = await readHeads(
      this.#options.store,
      found.map(({ escalationId }) => escalationId),
    );
    const records = new Map(heads.map(({ record }) => [record.id, record]));
    for (const { escalationId } of found) {
      const record = records.get(escalationId);
      if (record === undefined) this.#queue.forget(escalationId);
      else this.#queue.note(record);
    }
    const nowMs = this.#nowMs();
    const todo = found.flatMap(({ escalationId }) => this.#queue.dueOne(escalationId, nowMs) ?? []);
    await inParallel(concurrency, todo, async (wake) => {
      if (!this.#repeater.isStopped) await this.#signal(wake);
    });
  }

  async #signal(wake: UrgentWake): Promise<void> {
    const { client, logger } = this.#options;
    const { escalationId } = wake;
    const handle = client.workflow.getHandle(workflowIdOf(escalationId));
    try {
      await client.withDeadline(Date.now() + signalDeadlineMs, () => handle.signal(signalNames.wake));
      logger.info('wake.urgent', { escalationId });
    } catch (error) {
      // While Temporal is away nobody is told: all of them come first in the next round.
      if (isOutage(error)) throw error;
      logger.warn('wake.signal_failed', { escalationId, ...errorFields(error) });
    }
    this.#queue.told(wake);
  }

  /** After a restart nothing is known: the list of what is open is read once, a page in each round. */
  async #fillOn(): Promise<void> {
    if (this.#fill === null) return;
    const { store } = this.#options;
    const page = await pageOpen(store, this.#fill.after, pageSize);
    for (const { record } of await readHeads(store, page.ids)) this.#queue.note(record);
    this.#fill = page.next === null ? null : { after: page.next };
  }
}
