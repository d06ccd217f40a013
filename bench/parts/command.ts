import { BenchStack } from '../bench-stack.ts';
import { atMost, figure } from '../figure.ts';
import type { PartOutcome, PartRun } from '../part.ts';
import { rawTaskQueue } from '../raw/types.ts';
import { percentile } from '../stats.ts';
import { failureNotes, waitUntilIdle } from './common.ts';

/** One operator's command at a time, from the request to the answer after its commit. */
export async function command(run: PartRun): Promise<PartOutcome> {
  const escalations = run.quick ? 10 : 100;
  const bench = await BenchStack.start({ run, raw: true });
  try {
    const template = await bench.intakeTemplate('command');
    const made = await bench.load.timed({
      kind: 'http',
      origin: bench.origin,
      template,
      keepIds: true,
      total: escalations,
      concurrency: 4,
    });
    const rawStarted = await bench.load.timed({
      kind: 'start-workflow',
      workflow: 'bareUpdate',
      taskQueue: rawTaskQueue,
      prefix: 'raw-',
      args: [{}],
      total: escalations,
      concurrency: 4,
    });
    await waitUntilIdle(bench, run);
    const { accessToken } = await bench.stack.token('responder');
    // Every escalation is assigned to one and then to the other, so that each command changes something.
    const rounds = run.quick ? 2 : 4;
    const paths = made.ids.map((id) => `/v1/escalations/${id}/assign`);
    const bodies = ['dana', 'ravi'].flatMap((assignee) => paths.map(() => JSON.stringify({ assignee })));
    const ask = (total: number, concurrency: number) =>
      bench.load.timed({
        kind: 'http',
        origin: bench.origin,
        template: { method: 'POST', paths, bodies, bearers: [accessToken] },
        total,
        concurrency,
      });
    const total = escalations * rounds;
    await ask(total / 2, 1);
    await bench.load.timed({ kind: 'update-workflow', ids: [...rawStarted.ids], total: total / 2, concurrency: 1 });
    const raw = await bench.load.timed({ kind: 'update-workflow', ids: [...rawStarted.ids], total, concurrency: 1 });
    const { result, cpuMs } = await bench.cpuDuring(() => ask(total, 1));
    const many = await ask(total, 16);
    const manyRaw = await bench.load.timed({
      kind: 'update-workflow',
      ids: [...rawStarted.ids],
      total,
      concurrency: 16,
    });
    const [own, bare] = [result, raw].map((timings) => percentile(timings.latencyMs, 50));
    return {
      figures: [
        figure('command.p50', 'assign, one at a time, p50', own ?? Number.NaN, 'ms'),
        figure('command.p99', 'assign, one at a time, p99', percentile(result.latencyMs, 99), 'ms'),
        figure('command.raw.p50', 'bare update with one local activity, p50', bare ?? Number.NaN, 'ms'),
        figure('command.of-raw', 'against the bare update, p50', (own ?? Number.NaN) / (bare ?? Number.NaN), 'x', {
          goal: atMost(2, 'x'),
        }),
        figure('command.rate', 'assign, 16 at once', (many.latencyMs.length * 1_000) / many.tookMs, '/s'),
        figure(
          'command.raw.rate',
          'bare updates, 16 at once',
          (manyRaw.latencyMs.length * 1_000) / manyRaw.tookMs,
          '/s',
        ),
      ],
      cpu: { command: { operations: total, cpuMs } },
      notes: [...failureNotes('command', result), ...failureNotes('command, 16 at once', many)],
    };
  } finally {
    await bench.dispose();
  }
}
