import { createStore, storeConfigFrom } from '../../store/client.ts';
import { readWholeLog } from '../../store/log.ts';
import { rawTaskQueue } from '../raw/types.ts';
import { BenchStack, localCredentials } from '../bench-stack.ts';
import { atLeast, atMost, figure, type Figure } from '../figure.ts';
import type { TimingsResult } from '../load/jobs.ts';
import { firstPages, waitForPages } from '../pages.ts';
import type { PartOutcome, PartRun } from '../part.ts';
import { percentile } from '../stats.ts';
import { failureNotes, perSecond, waitUntilIdle } from './common.ts';

const goalert: Readonly<Record<number, string>> = { 1: '467/s', 16: '522/s', 50: '522/s' };

/** Accepted escalations a second, each with a new key and durable before the answer; and how soon each is started. */
export async function intake(run: PartRun): Promise<PartOutcome> {
  const total = run.quick ? 60 : 2_000;
  const bench = await BenchStack.start({ run, raw: true });
  try {
    const figures: Figure[] = [];
    const notes: string[] = [];
    const cpu: Record<string, { operations: number; cpuMs: Readonly<Record<string, number>> }> = {};
    const http = async (
      prefix: string,
      concurrency: number,
      count: number,
      ratePerSecond?: number,
    ): Promise<TimingsResult> => {
      const template = await bench.intakeTemplate(prefix);
      const { result, cpuMs } = await bench.cpuDuring(() =>
        bench.load.timed({
          kind: 'http',
          origin: bench.origin,
          template,
          keepIds: true,
          total: count,
          concurrency,
          ratePerSecond,
        }),
      );
      cpu[prefix] = { operations: count, cpuMs };
      notes.push(...failureNotes(`intake at ${concurrency}`, result));
      return result;
    };
    await http('warm-up', 8, Math.min(total, 300));
    await waitUntilIdle(bench, run);

    const puts = await bench.load.timed({ kind: 'put-item', prefix: 'RAW#', total, concurrency: 16 });
    const starts = await bench.load.timed({
      kind: 'start-workflow',
      workflow: 'bareActivity',
      taskQueue: rawTaskQueue,
      prefix: 'raw-',
      args: [{}],
      total: Math.min(total, 1_000),
      concurrency: 16,
    });
    await waitUntilIdle(bench, run);
    for (const connections of [1, 16, 50]) {
      run.progress(`intake with ${connections} connections`);
      const timings = await http(`intake-${connections}`, connections, total);
      figures.push(
        figure(`intake.accepted.${connections}`, `accepted, ${connections} connections`, perSecond(timings), '/s', {
          goalert: goalert[connections] ?? '',
          ...(connections === 16 ? { goal: atLeast(522, '/s') } : {}),
        }),
        figure(
          `intake.latency.p99.${connections}`,
          `answer p99, ${connections} connections`,
          percentile(timings.latencyMs, 99),
          'ms',
        ),
      );
      if (connections === 16) {
        const ratio = perSecond(timings) / perSecond(puts);
        figures.push(
          figure('intake.of-raw-put', 'accepted against raw PutItem', ratio, 'x', { goal: atLeast(0.4, 'x') }),
        );
        figures.push(
          figure('intake.load-cpu', "load generator's own processor time for one request", timings.cpuMs / total, 'ms'),
        );
      }
      await waitUntilIdle(bench, run);
    }
    figures.push(
      figure('intake.raw.put', 'raw PutItem, 16 at once', perSecond(puts), '/s'),
      figure('intake.raw.start', 'raw workflow.start, 16 at once', perSecond(starts), '/s'),
    );
    const steady = await http('steady', 32, run.quick ? 50 : 2_000, 100);
    figures.push(...(await startedWithin(bench, steady)));
    return { figures, notes, cpu };
  } finally {
    await bench.dispose();
  }
}

/** From the sending of each request to its workflow's first decision, and to its first page. */
async function startedWithin(bench: BenchStack, timings: TimingsResult): Promise<readonly Figure[]> {
  await waitForPages(bench.stack, Number.MAX_SAFE_INTEGER, 5_000);
  const store = createStore({ ...storeConfigFrom(bench.stack.env), credentials: localCredentials });
  const delays: number[] = [];
  for (const [index, id] of timings.ids.entries()) {
    const log = await readWholeLog(store, id);
    const begun = log[1]?.atMs;
    const sent = timings.sentAtMs[index];
    if (begun !== undefined && sent !== undefined) delays.push(begun - sent);
  }
  store.close();
  const pages = firstPages(
    (await waitForPages(bench.stack, 0, 0)).filter((page) => timings.ids.includes(page.escalationId)),
  );
  return [
    figure('intake.started.count', 'started of those sent at a steady 100/s', delays.length / timings.ids.length, 'x', {
      goal: atLeast(1, 'x'),
    }),
    figure('intake.started.p50', 'sent to started, 100/s, p50', percentile(delays, 50), 'ms'),
    figure('intake.started.p99', 'sent to started, 100/s, p99', percentile(delays, 99), 'ms', {
      goal: atMost(2_000, 'ms'),
    }),
    figure('intake.paged.count', 'paged of those sent at a steady 100/s', pages.size / timings.ids.length, 'x'),
  ];
}
