import type { Client } from '@temporalio/client';
import { errorFields, type Logger } from '../contracts/logger.ts';
import { escalationStart, workflowTypes } from '../contracts/temporal-names.ts';
import { mayBeHandedOver, type CarriedState } from '../contracts/workflow-messages.ts';
import type { EscalationEvent } from '../domain/escalation/events.ts';
import type { Store } from '../store/client.ts';
import { clearPending } from '../store/commit.ts';
import { readBeginnings, type Beginning } from '../store/log.ts';
import { adoptOrphan, listWaiting } from '../store/orphans.ts';
import { EagerPace } from './eager-pace.ts';
import { ForeseenBuild, type Foreseen } from './foreseen-build.ts';
import { isOutage } from './outage.ts';
import { PendingQueue, type Behind } from './pending-queue.ts';
import { Repeater } from './repeater.ts';

/**
 * How the worker starts a workflow. Where that is eager and the worker has room, the server's answer brings the first task
 * along, and nobody has to poll for it.
 */
export type WorkerStart = ReturnType<typeof escalationStart> & Foreseen & { readonly requestEagerStart: boolean };

/** What of Temporal's client is needed to start workflows; it has to stand on the worker's own connection. */
export interface StartingClient extends Pick<Client, 'withDeadline'> {
  readonly workflow: {
    start(type: string, options: WorkerStart): Promise<unknown>;
  };
}

export interface PendingStarterOptions {
  readonly store: Store;
  readonly client: StartingClient;
  readonly logger: Logger;
  /** The build of the worker, as it tells it to the server. */
  readonly buildId: string;
  /** What the log of an escalation says; it need not be read where its events are given. */
  readonly read: (escalationId: string, log?: readonly EscalationEvent[]) => Promise<CarriedState>;
  /** Told at each look how far starts are behind. */
  readonly behind?: (behind: Behind) => void;
  readonly pollEveryMs?: number;
  readonly concurrency?: number;
}

/** Most that are looked at: of more than these the most severe, and of these the oldest. */
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
  readonly #pollEveryMs: number;
  readonly #queue = new PendingQueue();
  readonly #pace = new EagerPace(() => performance.now());
  readonly #build: ForeseenBuild;
  readonly #repeater: Repeater;
  readonly #batches = new Set<Promise<void>>();
  /** What kept one from being started that is not its own. */
  #outage: { readonly error: unknown } | undefined;
  /** Told when a start has ended. */
  #ended: () => void = () => undefined;
  #listAgainAtMs = -Infinity;

  constructor(options: PendingStarterOptions) {
    this.#options = options;
    this.#concurrency = options.concurrency ?? 16;
    this.#pollEveryMs = options.pollEveryMs ?? 100;
    this.#build = new ForeseenBuild(options.buildId);
    this.#repeater = new Repeater({
      code: 'pending.poll_failed',
      everyMs: this.#pollEveryMs,
      isEven: true,
      // Who came in during an outage has waited long enough when it ends.
      longestMs: 300,
      logger: options.logger,
      round: () => this.#round(),
    });
  }

  run(): void {
    this.#repeater.run();
  }

  async stop(): Promise<void> {
    await this.#repeater.stop();
    await Promise.all(this.#batches);
  }

  /**
   * Looks at what waits, and begins as many starts as there are lanes free. It does not wait for them to end: what is due
   * at the next look goes beside what takes long.
   * @returns whether there may be more to start at once
   */
  async #round(): Promise<boolean> {
    const nowMs = performance.now();
    // Of an outage that is told by whatever else fails here nobody is told again.
    const outage = this.#outage;
    this.#outage = undefined;
    try {
      if (nowMs >= this.#listAgainAtMs) await this.#list(nowMs);
    } finally {
      // While the table is away as well: nothing gives way without end.
      this.#options.behind?.(this.#queue.behind(nowMs));
    }
    if (outage !== undefined) throw outage.error;
    const free = this.#concurrency - this.#queue.underWay;
    const room = this.#queue.room(nowMs);
    const todo = this.#queue.next({ any: Math.min(room.any, free), lesser: room.lesser }, nowMs);
    if (todo.length > 0) this.#begin(todo);
    if (todo.length < free) return false;
    await this.#halfFree();
    return true;
  }

  #begin(ids: readonly string[]): void {
    this.#queue.begin(ids);
    const batch = this.#startAll(ids).finally(() => this.#batches.delete(batch));
    this.#batches.add(batch);
  }

  /** Never throws: what is nobody's own fault is told by the next round. */
  async #startAll(ids: readonly string[]): Promise<void> {
    const found = await readBeginnings(this.#options.store, ids).catch((error: unknown) => this.#noteOutage(error));
    const beginnings = new Map(found?.map((beginning) => [beginning.head.record.id, beginning]));
    const start = async (id: string): Promise<void> => {
      try {
        if (found !== undefined && !this.#repeater.isStopped) await this.#start(id, beginnings.get(id));
      } catch (error) {
        this.#noteOutage(error);
      } finally {
        this.#queue.release(id);
        this.#ended();
      }
    };
    await Promise.all(ids.map(start));
  }

  #noteOutage(error: unknown): undefined {
    this.#outage ??= { error };
  }

  /**
   * Resolves when half of the lanes are free, and when it is time for the next look all the same: one that is more severe may have
   * come in, and what hangs in the others keeps none from the lanes that are free.
   */
  #halfFree(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#pollEveryMs);
      this.#ended = () => {
        if (this.#queue.underWay > this.#concurrency / 2) return;
        clearTimeout(timer);
        resolve();
      };
      this.#ended();
    });
  }

  async #list(nowMs: number): Promise<void> {
    const fromMs = this.#queue.readFromMs(nowMs);
    const range = { fromMs, beforeMs: endOfTimeMs };
    const lanes = await listWaiting(this.#options.store, mostListed, range, fromMs === 0);
    this.#queue.note(lanes, fromMs, nowMs);
    this.#listAgainAtMs = nowMs + lanes.reduce((sum, { ids }) => sum + ids.length, 0) / listedPerMs;
  }

  async #start(escalationId: string, beginning: Beginning | undefined): Promise<void> {
    const { client, logger } = this.#options;
    const nowMs = performance.now();
    const whole = beginning?.head.record.mergedInto === null ? beginning : undefined;
    const todo = this.#queue.learn(escalationId, whole !== undefined, nowMs);
    if (todo === 'wait') return;
    const run =
      whole === undefined
        ? () => this.#adopt(escalationId)
        : async () => {
            await this.#startWorkflow(client, escalationId, whole);
            return true;
          };
    try {
      if (await run()) this.#queue.started(escalationId, nowMs);
    } catch (error) {
      // What fails for a reason of its own is left alone for a while, so that it keeps nobody else from it. When Temporal
      // or the table is away it is nobody's own: the next round ends there, and all of them stay first in the one after it.
      if (isOutage(error)) throw error;
      this.#queue.started(escalationId, nowMs);
      logger.warn('pending.start_failed', { escalationId, ...errorFields(error) });
    }
  }

  /** @returns whether that is all there is to do; once adopted it has a record, and a later round starts it */
  async #adopt(escalationId: string): Promise<boolean> {
    const { kind } = await adoptOrphan(this.#options.store, escalationId, Date.now());
    this.#options.logger.info(`pending.orphan_${kind}`, { escalationId });
    return kind !== 'ready';
  }

  async #startWorkflow(client: StartingClient, escalationId: string, { head, events }: Beginning): Promise<void> {
    const begun = await this.#begun(escalationId, events ?? undefined);
    const options = escalationStart(escalationId, head.record.severity, begun);
    await this.#pace.run((isEager) =>
      client.withDeadline(Date.now() + startDeadlineMs, () =>
        this.#build.run((foreseen) =>
          client.workflow.start(workflowTypes.escalation, {
            ...options,
            ...foreseen,
            // Not while the workers are told to end.
            requestEagerStart: isEager && !this.#repeater.isStopped,
          }),
        ),
      ),
    );
    await clearPending(this.#options.store, escalationId);
  }

  /** What is handed over, as intake would have done it; where that can't be told now, the workflow finds out itself. */
  async #begun(escalationId: string, log: readonly EscalationEvent[] | undefined): Promise<CarriedState | undefined> {
    try {
      return mayBeHandedOver(await this.#options.read(escalationId, log));
    } catch (error) {
      if (isOutage(error)) throw error;
      return undefined;
    }
  }
}
