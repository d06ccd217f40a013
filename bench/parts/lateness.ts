import { setTimeout as sleep } from 'node:timers/promises';
import { BenchStack } from '../bench-stack.ts';
import { atMost, figure, type Figure } from '../figure.ts';
import { pagesOf } from '../pages.ts';
import type { CpuByProcess, PartOutcome, PartRun } from '../part.ts';
import { memoryMiBOf } from '../process-usage.ts';
import { percentile } from '../stats.ts';
import { openBare, openDesk, waitUntilMs, type DuePlan } from './open-desk.ts';

/** Slack after the last due instant in which late ones are still waited for. */
const slackMs = 8_000;

function planFor(open: number, run: PartRun): DuePlan {
  const seconds = run.quick ? 3 : open <= 600 ? 20 : 40;
  return { open, falling: Math.min(open, 20 * seconds), spreadMs: seconds * 1_000, urgent: 0 };
}

async function bare(run: PartRun, plan: DuePlan): Promise<readonly number[]> {
  const bench = await BenchStack.start({ run, raw: true, parts: ['temporal'] });
  try {
    await openBare(bench, run, plan).then(({ lastMs }) => waitUntilMs(lastMs + slackMs));
    return ((await bench.raw?.fired()) ?? []).map(({ lateMs }) => lateMs);
  } finally {
    await bench.dispose();
  }
}

interface Lateness {
  readonly decidedMs: readonly number[];
  readonly pagedMs: readonly number[];
  readonly headStartMs: number;
  readonly cpuMs: CpuByProcess;
  readonly workerMiB: number;
}

async function ofDesk(run: PartRun, plan: DuePlan): Promise<Lateness> {
  const bench = await BenchStack.start({ run });
  try {
    const desk = await openDesk(bench, run, plan);
    await waitUntilMs(desk.firstMs);
    const { cpuMs } = await bench.cpuDuring(() => sleep(plan.spreadMs));
    await sleep(slackMs);
    const dueAtMs = new Map(desk.ids.map((id, index) => [id, desk.due[index]] as const));
    const pages = pagesOf(bench.stack).filter(
      (page) => page.tier === 2 && dueAtMs.get(page.escalationId)?.falls === true,
    );
    const late = (of: (page: (typeof pages)[number]) => number): readonly number[] =>
      pages.map((page) => of(page) - (dueAtMs.get(page.escalationId)?.atMs ?? Number.NaN));
    return {
      decidedMs: late((page) => page.decidedAtMs),
      pagedMs: late((page) => page.publishedAtMs),
      headStartMs: desk.headStartMs,
      cpuMs,
      workerMiB: memoryMiBOf(bench.stack.pid('worker')).highest,
    };
  } finally {
    await bench.dispose();
  }
}

/** How late automatic escalations are, 20 due each second among 600 that are open. */
export function lateness(run: PartRun): Promise<PartOutcome> {
  return latenessAmong(run.quick ? 60 : 600, run);
}

/** The same among 10,000: a part of its own, since opening them takes minutes. */
export function latenessOfMany(run: PartRun): Promise<PartOutcome> {
  return latenessAmong(run.quick ? 80 : 10_000, run);
}

async function latenessAmong(open: number, run: PartRun): Promise<PartOutcome> {
  const plan = planFor(open, run);
  run.progress(`bare timers, ${open} open`);
  const raw = await bare(run, plan);
  run.progress(`the desk, ${open} open`);
  const own = await ofDesk(run, plan);
  const isLarge = open === 10_000;
  if (isLarge) run.shared.set('worker-mib', own.workerMiB);
  const goalert = open === 600 ? { p50: '4,970 ms', p99: '5,030 ms' } : { p50: '-', p99: '-' };
  const paged = (name: 'p50' | 'p99', percent: number, mostMs: number): Figure =>
    figure(
      `lateness.${open}.${name}`,
      `due to next tier's page at SNS, ${open} open, ${name}`,
      percentile(own.pagedMs, percent),
      'ms',
      { goalert: goalert[name], ...(isLarge ? { goal: atMost(mostMs, 'ms') } : {}) },
    );
  return {
    figures: [
      figure(`lateness.${open}.handled`, `handled of those due, ${open} open`, own.pagedMs.length / plan.falling, 'x', {
        goal: { text: '1x', atLeast: 1, atMost: 1 },
      }),
      paged('p50', 50, 200),
      paged('p99', 99, 400),
      figure(`lateness.${open}.decided.p50`, `due to decided, ${open} open, p50`, percentile(own.decidedMs, 50), 'ms'),
      figure(`lateness.${open}.decided.p99`, `due to decided, ${open} open, p99`, percentile(own.decidedMs, 99), 'ms'),
      figure(`lateness.${open}.raw.p50`, `bare timers, ${open} open, p50`, percentile(raw, 50), 'ms'),
      figure(`lateness.${open}.raw.p99`, `bare timers, ${open} open, p99`, percentile(raw, 99), 'ms'),
    ],
    notes:
      own.headStartMs < 0 ? [`${open} open: opening took ${-own.headStartMs} ms too long; figures are of no use`] : [],
    cpu: { [`${open} open`]: { operations: plan.falling, cpuMs: own.cpuMs } },
  };
}
