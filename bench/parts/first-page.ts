import { BenchStack } from '../bench-stack.ts';
import { atMost, figure } from '../figure.ts';
import { firstPages, waitForPages } from '../pages.ts';
import type { PartOutcome, PartRun } from '../part.ts';
import { percentile } from '../stats.ts';
import { failureNotes, waitUntilIdle } from './common.ts';

/** From the sending of an intake to its first page at SNS, ten a second. */
export async function firstPage(run: PartRun): Promise<PartOutcome> {
  const total = run.quick ? 20 : 600;
  const bench = await BenchStack.start({ run });
  try {
    await bench.load.timed({
      kind: 'http',
      origin: bench.origin,
      template: await bench.intakeTemplate('warm-up'),
      total: 50,
      concurrency: 4,
    });
    await waitUntilIdle(bench, run);
    const { result, cpuMs } = await bench.cpuDuring(async () =>
      bench.load.timed({
        kind: 'http',
        origin: bench.origin,
        template: await bench.intakeTemplate('paced'),
        keepIds: true,
        total,
        concurrency: 16,
        ratePerSecond: 10,
      }),
    );
    const first = firstPages(await waitForPages(bench.stack, Number.MAX_SAFE_INTEGER, 3_000));
    const delays = result.ids.flatMap((id, index) => {
      const page = first.get(id);
      const sentAtMs = result.sentAtMs[index];
      return page === undefined || sentAtMs === undefined ? [] : [page.publishedAtMs - sentAtMs];
    });
    return {
      figures: [
        figure('first-page.p50', 'sent to first page at SNS, 10/s, p50', percentile(delays, 50), 'ms', {
          goalert: '2,500 ms',
          goal: atMost(300, 'ms'),
        }),
        figure('first-page.p99', 'sent to first page at SNS, 10/s, p99', percentile(delays, 99), 'ms', {
          goalert: '4,900 ms',
          goal: atMost(1_000, 'ms'),
        }),
        figure('first-page.count', 'paged of those sent', delays.length / total, 'x', {
          goal: { text: '1x', atLeast: 1, atMost: 1 },
        }),
      ],
      cpu: { 'first-page': { operations: total, cpuMs } },
      notes: failureNotes('first page', result),
    };
  } finally {
    await bench.dispose();
  }
}
