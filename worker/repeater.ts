import type { Logger } from '../contracts/logger.ts';

export interface RepeaterOptions {
  /** What a failure is logged as. */
  readonly code: string;
  /** The pause between two rounds. */
  readonly everyMs: number;
  /** The pause is shorter by what the round took, down to a tenth: rounds begin at even distances. */
  readonly isEven?: boolean;
  /** Longest wait after failures, in milliseconds. */
  readonly longestMs?: number;
  readonly logger: Logger;
  /** @returns true when there is more to do at once */
  readonly round: () => Promise<boolean | undefined>;
}

/** Does something again and again until it is stopped; a failure is logged, and tried again after a longer wait. */
export class Repeater {
  readonly #options: RepeaterOptions;
  #stopped = false;
  #wake: () => void = () => undefined;
  #loop: Promise<void> = Promise.resolve();

  constructor(options: RepeaterOptions) {
    this.#options = options;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  run(): void {
    this.#loop = this.#repeat();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#loop;
  }

  async #repeat(): Promise<void> {
    const { code, everyMs, isEven = false, logger, round } = this.#options;
    const longestMs = Math.max(everyMs, this.#options.longestMs ?? 1_000);
    let failures = 0;
    while (!this.#stopped) {
      const beganMs = performance.now();
      let isMore = false;
      try {
        isMore = (await round()) === true;
        failures = 0;
      } catch (error) {
        failures += 1;
        logger.warn(code, { errorName: error instanceof Error ? error.name : 'unknown' });
      }
      if (failures > 0) await this.#pause(Math.min(everyMs * 2 ** Math.min(failures, 4), longestMs));
      else if (!isMore) {
        const tookMs = isEven ? performance.now() - beganMs : 0;
        await this.#pause(Math.max(everyMs / 10, everyMs - tookMs));
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    // Told to while the round was under way.
    if (this.#stopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
