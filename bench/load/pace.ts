import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Pace {
  readonly total: number;
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Sent by the clock, whether answers come or not; absent: as fast as answers come. */
  readonly ratePerSecond?: number | undefined;
}

export interface Timings {
  readonly startedAtMs: number;
  readonly tookMs: number;
  /** Epoch ms at which each request was to be sent, by its number. */
  readonly sentAtMs: readonly number[];
  /** From that instant to its answer, so that waiting for a free connection counts. */
  readonly latencyMs: readonly number[];
  readonly failures: Readonly<Record<string, number>>;
  /** Processor time of this process meanwhile. */
  readonly cpuMs: number;
}

/** Runs an operation so often and at such a pace. */
export async function paced(pace: Pace, run: (index: number, lane: number) => Promise<void>): Promise<Timings> {
  const { total, concurrency, ratePerSecond } = pace;
  const sentAtMs = Array.from({ length: total }, () => 0);
  const latencyMs = Array.from({ length: total }, () => Number.NaN);
  const failures: Record<string, number> = {};
  const cpuBefore = process.cpuUsage();
  const startedAtMs = Date.now();
  const started = performance.now();
  let next = 0;
  const lane = async (number: number): Promise<void> => {
    for (let index = next++; index < total; index = next++) {
      const dueMs = ratePerSecond === undefined ? performance.now() - started : (index * 1_000) / ratePerSecond;
      const waitMs = started + dueMs - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      sentAtMs[index] = startedAtMs + dueMs;
      try {
        await run(index, number);
        latencyMs[index] = performance.now() - started - dueMs;
      } catch (error) {
        const name = error instanceof Error ? error.message.slice(0, 80) : 'unknown';
        failures[name] = (failures[name] ?? 0) + 1;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, total) }, (_, number) => lane(number)));
  const tookMs = performance.now() - started;
  const cpu = process.cpuUsage(cpuBefore);
  const answered = latencyMs.filter((ms) => !Number.isNaN(ms));
  return { startedAtMs, tookMs, sentAtMs, latencyMs: answered, failures, cpuMs: (cpu.user + cpu.system) / 1_000 };
}

/** Keeps so many under way for so long; what is done is told by a count that grows. */
export async function closedLoop(
  limits: { readonly inFlight: number; readonly warmUpMs: number; readonly measureMs: number },
  begin: () => Promise<void>,
  countDone: () => number,
): Promise<{
  readonly perSecond: number;
  readonly done: number;
  readonly begun: number;
  readonly failures: number;
  readonly cpuMs: number;
}> {
  const startedMs = performance.now();
  const endMs = startedMs + limits.warmUpMs + limits.measureMs;
  let begun = 0;
  let failures = 0;
  let measuredFrom: { readonly ms: number; readonly done: number } | undefined;
  const cpuBefore = process.cpuUsage();
  const pending = new Set<Promise<void>>();
  for (;;) {
    const done = countDone();
    const nowMs = performance.now();
    if (measuredFrom === undefined && nowMs >= startedMs + limits.warmUpMs) measuredFrom = { ms: nowMs, done };
    if (nowMs >= endMs && measuredFrom !== undefined) {
      await Promise.all(pending);
      const cpu = process.cpuUsage(cpuBefore);
      const perSecond = ((done - measuredFrom.done) * 1_000) / (nowMs - measuredFrom.ms);
      return { perSecond, done, begun, failures, cpuMs: (cpu.user + cpu.system) / 1_000 };
    }
    for (let free = limits.inFlight - (begun - failures - done); free > 0; free -= 1) {
      begun += 1;
      const one: Promise<void> = begin()
        .catch(() => void (failures += 1))
        .finally(() => void pending.delete(one));
      pending.add(one);
    }
    await sleep(5);
  }
}
