import { rawTaskQueue } from '../raw/types.ts';
import { BenchStack } from '../bench-stack.ts';
import { atLeast, figure } from '../figure.ts';
import type { PartOutcome, PartRun } from '../part.ts';
import { waitUntilIdle } from './common.ts';

const inFlight = 48;
/** A quarter of a minute after a worker's first escalation V8 still compiles much of what it does, and a desk is up for weeks. */
const warmUpMs = 60_000;

/** New escalations a second from intake to the first page at SNS, kept up: each one paged lets in the next. */
export async function pipeline(run: PartRun): Promise<PartOutcome> {
  const limits = { inFlight, warmUpMs: run.quick ? 500 : warmUpMs, measureMs: run.quick ? 2_000 : 60_000 };
  const bench = await BenchStack.start({ run, raw: true });
  try {
    run.progress('bare workflows with one activity');
    const raw = await bench.cpuDuring(() =>
      bench.load.loop({
        kind: 'workflow-loop',
        workflow: 'bareActivity',
        taskQueue: rawTaskQueue,
        prefix: 'raw-',
        doneFile: bench.rawDoneFile,
        ...limits,
      }),
    );
    await waitUntilIdle(bench, run);
    run.progress('the whole pipeline');
    const template = await bench.intakeTemplate('pipeline');
    const own = await bench.cpuDuring(() =>
      bench.load.loop({ kind: 'http-loop', origin: bench.origin, template, doneFile: bench.publishedFile, ...limits }),
    );
    const { result } = own;
    return {
      figures: [
        figure(
          'pipeline.rate',
          `intake to first page, sustained ${limits.measureMs / 1_000} s`,
          result.perSecond,
          '/s',
          {
            goalert: "about 100/s (its engine's cap)",
            goal: atLeast(70, '/s'),
          },
        ),
        figure('pipeline.raw', 'bare workflows with one activity', raw.result.perSecond, '/s'),
        figure('pipeline.of-raw', 'against bare workflows', result.perSecond / raw.result.perSecond, 'x', {
          goal: atLeast(0.6, 'x'),
        }),
        figure(
          'pipeline.load-cpu',
          "load generator's own processor time for one escalation",
          result.cpuMs / result.begun,
          'ms',
        ),
      ],
      cpu: {
        pipeline: { operations: result.done, cpuMs: own.cpuMs },
        raw: { operations: raw.result.done, cpuMs: raw.cpuMs },
      },
      notes: result.failures > 0 ? [`pipeline: ${result.failures} intakes failed`] : [],
    };
  } finally {
    await bench.dispose();
  }
}
