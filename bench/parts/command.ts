import { BenchStack } from '../bench-stack.ts';
import { atMost, figure } from '../figure.ts';
import type { TimingsResult } from '../load/jobs.ts';
import type { PartOutcome, PartRun } from '../part.ts';
import { rawTaskQueue } from '../raw/types.ts';
import { median, percentile } from '../stats.ts';
import { failureNotes, inTurn, medianRate, medianRatio, waitUntilIdle } from './common.ts';

async function nothing(): Promise<void> {
  // Commands leave nothing to be worked off.
}

function p50(timings: TimingsResult): number {
  return percentile(timings.latencyMs, 50);
}

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
    const ask = (count: number, concurrency: number, round: number) =>
      bench.load.timed({
        kind: 'http',
        origin: bench.origin,
        template: {
          method: 'POST',
          paths,
          bodies: [JSON.stringify({ assignee: round % 2 === 0 ? 'dana' : 'ravi' })],
          bearers: [accessToken],
        },
        total: count,
        concurrency,
      });
    const total = escalations * rounds;
    await ask(escalations, 4, 1);
    await bench.load.timed({ kind: 'update-workflow', ids: [...rawStarted.ids], total: escalations, concurrency: 4 });
    const bare = (count: number, concurrency: number) =>
      bench.load.timed({ kind: 'update-workflow', ids: [...rawStarted.ids], total: count, concurrency });
    // As many as there are paths, so that each round gives every escalation to the other person.
    const { result: single, cpuMs } = await bench.cpuDuring(() =>
      inTurn(
        rounds,
        () => bare(escalations, 1),
        (round) => ask(escalations, 1, round),
        nothing,
      ),
    );
    const many = await inTurn(
      rounds,
      () => bare(escalations, 16),
      (round) => ask(escalations, 16, rounds + round),
      nothing,
    );
    return {
      figures: [
        figure('command.p50', 'assign, one at a time, p50', median(single.own.map(p50)), 'ms'),
        figure(
          'command.p99',
          'assign, one at a time, p99',
          percentile(
            single.own.flatMap((round) => round.latencyMs),
            99,
          ),
          'ms',
        ),
        figure('command.raw.p50', 'bare update with one local activity, p50', median(single.raw.map(p50)), 'ms'),
        figure('command.of-raw', 'against the bare update, p50', medianRatio(single, p50), 'x', {
          goal: atMost(2, 'x'),
        }),
        figure('command.rate', 'assign, 16 at once', medianRate(many.own), '/s'),
        figure('command.raw.rate', 'bare updates, 16 at once', medianRate(many.raw), '/s'),
      ],
      cpu: { 'command, with as many bare updates': { operations: total, cpuMs } },
      notes: [
        ...single.own.flatMap((round) => failureNotes('command', round)),
        ...many.own.flatMap((round) => failureNotes('command, 16 at once', round)),
      ],
    };
  } finally {
    await bench.dispose();
  }
}
