import { setTimeout as sleep } from 'node:timers/promises';
import type { NativeConnection, Worker } from '@temporalio/worker';
import { errorFields, type Logger } from '../contracts/logger.ts';

/** A worker and the connection that is its own. */
export interface Hosted {
  readonly worker: Worker;
  readonly connection: NativeConnection;
}

export interface RenewingWorkerOptions {
  readonly create: () => Promise<Hosted>;
  /** Whether the server takes connections. */
  readonly isReachable: () => Promise<boolean>;
  readonly logger: Logger;
}

const watchEveryMs = 1_000;
const watchAwayEveryMs = 200;
/** After a shorter absence the SDK's own polls come back soon enough. */
const renewAfterMs = 2_000;
const longestFarewellMs = 5_000;

/**
 * Runs a worker, and another in its place once the server was away. The SDK's polls wait up to 12 s between two tries
 * by then, which can't be set; a new worker polls at once. What the old one still has in hand it brings to an end.
 */
export class RenewingWorker {
  readonly #options: RenewingWorkerOptions;
  #current: Hosted;
  #isStopping = false;
  readonly #ended: Promise<void>;
  #end: () => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  readonly #retired = new Set<Promise<void>>();

  private constructor(options: RenewingWorkerOptions, first: Hosted) {
    this.#options = options;
    this.#current = first;
    this.#ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
  }

  static async create(options: RenewingWorkerOptions): Promise<RenewingWorker> {
    return new RenewingWorker(options, await options.create());
  }

  /** The worker that polls now. */
  get worker(): Worker {
    return this.#current.worker;
  }

  /** Ends after `shutdown`. Throws when the worker fails for good. */
  async run(): Promise<void> {
    this.#follow(this.#current);
    const watching = this.#watch();
    await this.#ended;
    await Promise.race([Promise.all([watching, ...this.#retired]), sleep(longestFarewellMs)]);
    await this.#current.connection.close();
  }

  shutdown(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    if (this.#current.worker.getState() === 'RUNNING') this.#current.worker.shutdown();
  }

  #follow(hosted: Hosted): void {
    const isCurrent = (): boolean => hosted === this.#current;
    hosted.worker
      .run()
      .then(() => (isCurrent() ? this.#end() : undefined))
      .catch((error: unknown) => {
        if (isCurrent()) this.#fail(error);
        else this.#options.logger.warn('worker.retired_failed', errorFields(error));
      });
  }

  async #watch(): Promise<void> {
    let awaySinceMs: number | null = null;
    while (!this.#isStopping) {
      if (!(await this.#options.isReachable())) {
        awaySinceMs ??= performance.now();
      } else if (awaySinceMs !== null) {
        const isRenewed = performance.now() - awaySinceMs < renewAfterMs || (await this.#renew());
        if (isRenewed) awaySinceMs = null;
      }
      await sleep(awaySinceMs === null ? watchEveryMs : watchAwayEveryMs, undefined, { ref: false });
    }
  }

  async #renew(): Promise<boolean> {
    const { create, logger } = this.#options;
    try {
      const next = await create();
      const old = this.#current;
      this.#current = next;
      this.#follow(next);
      if (this.#isStopping) next.worker.shutdown();
      const retired = this.#retire(old);
      this.#retired.add(retired);
      void retired.finally(() => this.#retired.delete(retired));
      logger.info('worker.renewed');
      return true;
    } catch (error) {
      logger.warn('worker.renewal_failed', errorFields(error));
      return false;
    }
  }

  async #retire({ worker, connection }: Hosted): Promise<void> {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    while (worker.getState() !== 'STOPPED' && worker.getState() !== 'FAILED')
      await sleep(100, undefined, { ref: false });
    await connection.close().catch(() => undefined);
  }
}
