import type { BucketRule } from '../http/token-bucket.ts';

/**
 * Tells whether what comes is within a rate. Unlike a bucket of tokens it counts what it turns down as well: of a load above
 * its rate it lets nothing pass, where a bucket would let pass as much as it refills.
 */
export class Lull {
  readonly #everyMs: number;
  readonly #longestMs: number;
  /** Until then the rate is used up by what has come. */
  #usedUntilMs = -Infinity;

  constructor({ ratePerSecond, burst }: BucketRule) {
    this.#everyMs = 1_000 / ratePerSecond;
    this.#longestMs = burst * this.#everyMs;
  }

  /** To be asked once for each that comes. */
  holds(nowMs: number): boolean {
    const usedUntilMs = Math.max(this.#usedUntilMs, nowMs) + this.#everyMs;
    const endMs = nowMs + this.#longestMs;
    this.#usedUntilMs = Math.min(usedUntilMs, endMs);
    // A thousandth of a millisecond is allowed for the arithmetic.
    return usedUntilMs <= endMs + 0.001;
  }
}
