/** A start that takes longer than this to be answered may soon be one that is not answered in time. */
const quickWithinMs = 500;
/** So long are starts plain after one that was slow or failed. */
const plainForMs = 5_000;

/**
 * Whether starts may be eager. The answer to an eager start carries the workflow's first task: where it is lost, because the
 * server is away or answers too late, the task counts as taken until it has timed out. A plain start loses nothing.
 */
export class EagerPace {
  readonly #nowMs: () => number;
  #plainUntilMs = -Infinity;

  /** @param nowMs a monotonic clock */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  async run<T>(start: (isEager: boolean) => Promise<T>): Promise<T> {
    const fromMs = this.#nowMs();
    let isQuick = false;
    try {
      const answer = await start(fromMs >= this.#plainUntilMs);
      isQuick = this.#nowMs() - fromMs <= quickWithinMs;
      return answer;
    } finally {
      if (!isQuick) this.#plainUntilMs = this.#nowMs() + plainForMs;
    }
  }
}
