import { setTimeout as sleep } from 'node:timers/promises';
import { BenchStack } from '../bench-stack.ts';
import { atMost, figure } from '../figure.ts';
import { waitForPages } from '../pages.ts';
import type { CpuByProcess, PartOutcome, PartRun } from '../part.ts';
import { percentile, sum } from '../stats.ts';
import { openBare, openDesk, waitUntilMs, type DuePlan } from './open-desk.ts';

/** When each was done, counted from the instant at which all were due. */
interface Burst {
  readonly doneMs: readonly number[];
  readonly urgentMs: readonly number[];
  /** Opening took too long: some were due before the last was open. */
  readonly late: boolean;
}

interface OwnBurst extends Burst {
  readonly decidedMs: readonly number[];
  readonly cpuMs: CpuByProcess;
}

function lastOf(values: readonly number[]): number {
  return Math.max(...values);
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
      doneMs: fired.map(({ lateMs }) => lateMs),
      urgentMs: fired.filter(({ group }) => group === 'sev1').map(({ lateMs }) => lateMs),
      late: desk.headStartMs < 0,
    };
  } finally {
    await bench.dispose();
  }
}

async function own(run: PartRun, plan: DuePlan): Promise<OwnBurst> {
  const bench = await BenchStack.start({ run });
  try {
    const desk = await openDesk(bench, run, plan);
    await waitUntilMs(desk.firstMs);
    const quietMs = run.quick ? 3_000 : 20_000;
    const { result, cpuMs } = await bench.cpuDuring(() => waitForPages(bench.stack, plan.falling, quietMs));
    const pages = result.filter((page) => page.tier === 2);
    const urgent = pages.filter((page) => page.severity === 'sev1');
    return {
      decidedMs: pages.map((page) => page.decidedAtMs - desk.firstMs),
      doneMs: pages.map((page) => page.publishedAtMs - desk.firstMs),
      urgentMs: urgent.map((page) => page.publishedAtMs - desk.firstMs),
      cpuMs,
      late: desk.headStartMs < 0,
    };
  } finally {
    await bench.dispose();
  }
}

/**
 * Thousands due at one instant, a few of them sev1. The speed of a shared machine changes within minutes, so bare timers are
 * measured before the desk and after it, where the part's time allows it.
 */
export async function burst(run: PartRun): Promise<PartOutcome> {
  const total = run.quick ? 60 : 5_000;
  // A few more, due days later, tell how long opening takes on this machine.
  const plan: DuePlan = { open: total + total / 10, falling: total, spreadMs: 0, urgent: run.quick ? 5 : 50 };
  const startedMs = Date.now();
  run.progress('bare timers');
  const before = await bare(run, plan);
  const bareTookMs = Date.now() - startedMs;
  run.progress('the desk');
  const desk = await own(run, plan);
  const fits = Date.now() - startedMs + 1.2 * bareTookMs < run.longestMs;
  run.progress(fits ? 'bare timers again' : 'no time for bare timers again');
  const raw = fits ? [before, await bare(run, plan)] : [before];
  const rawMs = raw.map(({ doneMs }) => lastOf(doneMs));
  const rawMeanMs = sum(rawMs) / rawMs.length;
  const all = [...raw, desk];
  return {
    figures: [
      figure('burst.handled', `handled of ${total} due at once`, desk.doneMs.length / total, 'x', {
        goal: { text: '1x', atLeast: 1, atMost: 1 },
      }),
      figure('burst.decided', 'all decided after', lastOf(desk.decidedMs), 'ms'),
      figure('burst.paged', 'all paged after', lastOf(desk.doneMs), 'ms', { goalert: '30,000 ms p99' }),
      ...rawMs.map((ms, at) =>
        figure(`burst.raw.${at + 1}`, `bare timers ${at === 0 ? 'before' : 'after'}: all fired after`, ms, 'ms'),
      ),
      figure('burst.decided-of-raw', 'decided, against bare timers', lastOf(desk.decidedMs) / rawMeanMs, 'x', {
        goal: atMost(1.2, 'x'),
      }),
      figure('burst.paged-of-raw', 'paged, against bare timers', lastOf(desk.doneMs) / rawMeanMs, 'x'),
      figure('burst.urgent.p99', 'sev1 paged, p99', percentile(desk.urgentMs, 99), 'ms', {
        goalert: 'no order of urgency',
        goal: atMost(2_000, 'ms'),
      }),
      figure('burst.urgent.raw.p99', 'bare timers of priority 1, p99', percentile(before.urgentMs, 99), 'ms'),
      figure('burst.others.p50', 'the others paged, p50', percentile(desk.doneMs, 50), 'ms'),
    ],
    cpu: { burst: { operations: total, cpuMs: desk.cpuMs } },
    notes: [
      ...(all.some(({ late }) => late) ? ['opening took too long: figures are of no use'] : []),
      ...raw
        .filter(({ doneMs }) => doneMs.length < total)
        .map(({ doneMs }) => `${doneMs.length} of ${total} bare timers fired`),
    ],
  };
}
