import { setTimeout as sleep } from 'node:timers/promises';
import { BenchStack } from '../bench-stack.ts';
import { atMost, figure } from '../figure.ts';
import { waitForPages } from '../pages.ts';
import type { PartOutcome, PartRun } from '../part.ts';
import { percentile } from '../stats.ts';
import { openBare, openDesk, waitUntilMs, type DuePlan } from './open-desk.ts';

interface Burst {
  readonly handled: number;
  readonly allMs: number;
  readonly urgentMs: readonly number[];
}

async function bare(run: PartRun, plan: DuePlan): Promise<Burst> {
  const bench = await BenchStack.start({ run, raw: true, parts: ['temporal'] });
  try {
    const desk = await openBare(bench, run, plan);
    await waitUntilMs(desk.firstMs);
    const fired: { lateMs: number; group: string }[] = [];
    for (let quiet = 0; fired.length < plan.falling && quiet < 20; quiet += 1) {
      await sleep(500);
      const more = (await bench.raw?.fired()) ?? [];
      if (more.length > 0) quiet = 0;
      fired.push(...more);
    }
    return {
      handled: fired.length,
      allMs: Math.max(...fired.map(({ lateMs }) => lateMs)),
      urgentMs: fired.filter(({ group }) => group === 'sev1').map(({ lateMs }) => lateMs),
    };
  } finally {
    await bench.dispose();
  }
}

/** Thousands due at one instant, a few of them sev1. */
export async function burst(run: PartRun): Promise<PartOutcome> {
  const total = run.quick ? 60 : 5_000;
  // A few more, due days later, tell how long opening takes on this machine.
  const plan: DuePlan = { open: total + total / 10, falling: total, spreadMs: 0, urgent: run.quick ? 5 : 50 };
  run.progress('bare timers');
  const raw = await bare(run, plan);
  run.progress('the desk');
  const bench = await BenchStack.start({ run });
  try {
    const desk = await openDesk(bench, run, plan);
    await waitUntilMs(desk.firstMs);
    const { result, cpuMs } = await bench.cpuDuring(() => waitForPages(bench.stack, total, run.quick ? 3_000 : 20_000));
    const pages = result.filter((page) => page.tier === 2);
    const decided = pages.map((page) => page.decidedAtMs - desk.firstMs);
    const paged = pages.map((page) => page.publishedAtMs - desk.firstMs);
    const urgent = pages.filter((page) => page.severity === 'sev1').map((page) => page.publishedAtMs - desk.firstMs);
    return {
      figures: [
        figure('burst.handled', `handled of ${total} due at once`, pages.length / total, 'x', {
          goal: { text: '1x', atLeast: 1, atMost: 1 },
        }),
        figure('burst.decided', 'all decided after', Math.max(...decided), 'ms'),
        figure('burst.paged', 'all paged after', Math.max(...paged), 'ms', { goalert: '30,000 ms p99' }),
        figure('burst.raw', 'bare timers: all fired after', raw.allMs, 'ms'),
        figure('burst.decided-of-raw', 'decided, against bare timers', Math.max(...decided) / raw.allMs, 'x', {
          goal: atMost(1.2, 'x'),
        }),
        figure('burst.paged-of-raw', 'paged, against bare timers', Math.max(...paged) / raw.allMs, 'x'),
        figure('burst.urgent.p99', 'sev1 paged, p99', percentile(urgent, 99), 'ms', {
          goalert: 'no order of urgency',
          goal: atMost(2_000, 'ms'),
        }),
        figure('burst.urgent.raw.p99', 'bare timers of priority 1, p99', percentile(raw.urgentMs, 99), 'ms'),
        figure('burst.others.p50', 'the others paged, p50', percentile(paged, 50), 'ms'),
      ],
      cpu: { burst: { operations: total, cpuMs } },
      notes: desk.headStartMs < 0 ? ['opening took too long: figures are of no use'] : [],
    };
  } finally {
    await bench.dispose();
  }
}
