interface Bucket {
  tokens: number;
  atMs: number;
}

export interface BucketRule {
  readonly ratePerSecond: number;
  readonly burst: number;
}

/**
 * A share for each caller, kept in this process: what one Lambda instance sees. The gateway limits all callers
 * together; this keeps one of them from taking everything.
 */
export class TokenBuckets {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly rule: BucketRule,
    /** Callers remembered at most; the one seen longest ago is forgotten first. */
    private readonly capacity = 10_000,
  ) {}

  /**
   * @param weight how many requests this one stands for, at most the rule's `burst`
   * @returns 0 when the request may pass, else the seconds to wait, at least 1
   */
  take(key: string, nowMs: number, weight = 1): number {
    const { ratePerSecond, burst } = this.rule;
    const known = this.buckets.get(key);
    const idleMs = known === undefined ? 0 : Math.max(0, nowMs - known.atMs);
    const tokens = known === undefined ? burst : Math.min(burst, known.tokens + (idleMs / 1000) * ratePerSecond);
    this.buckets.delete(key);
    const passes = tokens >= weight;
    this.buckets.set(key, { tokens: passes ? tokens - weight : tokens, atMs: nowMs });
    if (this.buckets.size > this.capacity) {
      const oldest = this.buckets.keys().next();
      if (oldest.done !== true) this.buckets.delete(oldest.value);
    }
    return passes ? 0 : Math.max(1, Math.ceil((weight - tokens) / ratePerSecond));
  }
}
