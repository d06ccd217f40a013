import { statePartition } from '../../store/keys.ts';
import { BenchStack } from '../bench-stack.ts';
import { atMost, figure, type Figure } from '../figure.ts';
import type { CpuByProcess, PartOutcome, PartRun } from '../part.ts';
import { percentile } from '../stats.ts';
import { failureNotes, waitUntilIdle } from './common.ts';

/** The first page of the list, most urgent first, at three sizes of the desk. */
export async function list(run: PartRun): Promise<PartOutcome> {
  const sizes = run.quick ? [60, 120] : [1_000, 10_000, 100_000];
  const total = run.quick ? 20 : 400;
  const bench = await BenchStack.start({ run });
  try {
    const figures: Figure[] = [];
    const notes: string[] = [];
    const cpu: Record<string, { operations: number; cpuMs: CpuByProcess }> = {};
    const { accessToken } = await bench.stack.token('responder');
    const template = { method: 'GET' as const, paths: ['/v1/escalations?limit=50'], bearers: [accessToken] };
    const ask = (count: number) =>
      bench.load.timed({ kind: 'http', origin: bench.origin, template, total: count, concurrency: 1 });
    const nowMs = Date.now();
    let seeded = 0;
    for (const size of sizes) {
      run.progress(`seeding up to ${size} records`);
      const seeding = await bench.load.timed({
        kind: 'seed-records',
        from: seeded,
        until: size,
        nowMs,
      });
      notes.push(
        ...failureNotes('seeding', seeding),
        `${size - seeded} records written in ${Math.round(seeding.tookMs)} ms`,
      );
      seeded = size;
      await waitUntilIdle(bench, run, 30_000);
      // A whole round first: what is measured is a desk that has been in use, not its first minute.
      await ask(total);
      const raw = await bench.load.timed({
        kind: 'query',
        partition: statePartition('received', 0),
        limit: 20,
        total,
        concurrency: 1,
      });
      const { result, cpuMs } = await bench.cpuDuring(() => ask(total));
      notes.push(...failureNotes('list', result));
      cpu[`${size} records`] = { operations: total, cpuMs };
      figures.push(
        figure(`list.${size}.p50`, `50 most urgent of ${size}, p50`, percentile(result.latencyMs, 50), 'ms', {
          goalert: '9 / 10 ms',
          goal: atMost(10, 'ms'),
        }),
        figure(`list.${size}.p99`, `50 most urgent of ${size}, p99`, percentile(result.latencyMs, 99), 'ms', {
          goalert: '13-16 ms',
          goal: atMost(20, 'ms'),
        }),
        figure(`list.${size}.raw`, `one Query of 20 keys, ${size} records, p50`, percentile(raw.latencyMs, 50), 'ms'),
      );
    }
    const [smallest, largest] = [sizes[0], sizes.at(-1)].map(
      (size) => figures.find(({ id }) => id === `list.${size}.p50`)?.value,
    );
    figures.push(
      figure('list.flat', 'largest against smallest, p50', (largest ?? Number.NaN) / (smallest ?? Number.NaN), 'x', {
        goal: atMost(1.25, 'x'),
      }),
    );
    return { figures, notes, cpu };
  } finally {
    await bench.dispose();
  }
}
