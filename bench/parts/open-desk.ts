import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchStack } from '../bench-stack.ts';
import type { PartRun } from '../part.ts';
import { rawTaskQueue } from '../raw/types.ts';
import type { Severity } from '../../domain/escalation/vocabulary.ts';
import { waitForTimers } from './common.ts';

export interface DuePlan {
  readonly open: number;
  /** How many fall due while it is measured; the others much later. */
  readonly falling: number;
  /** Over how long they fall due, evenly; 0: all at one instant. */
  readonly spreadMs: number;
  /** How many of the falling ones are sev1; the others sev3. */
  readonly urgent: number;
}

export interface DueList {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly due: readonly { readonly atMs: number; readonly severity: Severity; readonly falls: boolean }[];
}

const laterMs = 3 * 24 * 3_600_000;
const openingConcurrency = 24;
/** How much longer than the pilot the opening may take for each: the pilot meets a cold desk, so it is rather the longer one. */
const opensSlower = 1.05;

/** The same order in every run, and no order by due instant: which of them a worker has in memory is left to chance. */
function shuffled<T>(list: readonly T[]): readonly T[] {
  let seed = 42;
  return list
    .map((value) => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return { value, place: seed };
    })
    .toSorted((a, b) => a.place - b.place)
    .map(({ value }) => value);
}

function listOf(plan: DuePlan, firstMs: number): DueList {
  const falling = Array.from({ length: plan.falling }, (_, index) => ({
    atMs: Math.round(firstMs + (index * plan.spreadMs) / Math.max(1, plan.falling)),
    severity: index < plan.urgent ? ('sev1' as const) : ('sev3' as const),
    falls: true,
  }));
  const later = Array.from({ length: plan.open - plan.falling }, (_, index) => ({
    atMs: firstMs + laterMs + index,
    severity: 'sev4' as const,
    falls: false,
  }));
  return { firstMs, lastMs: firstMs + plan.spreadMs, due: shuffled([...falling, ...later]) };
}

export interface OpenDesk extends DueList {
  readonly ids: readonly string[];
  /** How much before the first due instant everything was open; negative: too late, the figures mean nothing. */
  readonly headStartMs: number;
}

/**
 * Opens so many by what a part knows to open, in time before the first falls due: a tenth of them first, which are due
 * later, to see how long that takes.
 */
async function openInTime(
  run: PartRun,
  plan: DuePlan,
  open: (due: DueList['due'], group: string) => Promise<readonly string[]>,
): Promise<OpenDesk> {
  const pilot = Math.min(plan.open - plan.falling, Math.max(20, Math.floor(plan.open / 10)));
  const startedMs = Date.now();
  const pilotCount = Math.max(pilot, 0);
  const first = listOf({ open: pilotCount, falling: 0, spreadMs: 0, urgent: 0 }, Date.now());
  const firstIds = pilotCount === 0 ? [] : await open(first.due, 'pilot');
  const eachMs = pilotCount === 0 ? 30 : (Date.now() - startedMs) / pilotCount;
  const rest = plan.open - pilotCount;
  const leadMs = Math.round(rest * eachMs * opensSlower) + 5_000;
  run.progress(`opening ${rest} more within ${Math.round(leadMs / 1_000)} s`);
  const list = listOf({ ...plan, open: rest }, Date.now() + leadMs);
  const ids = await open(list.due, 'main');
  const headStartMs = list.firstMs - Date.now();
  run.progress(`all open ${Math.round(headStartMs / 1_000)} s before the first is due`);
  return { ...list, due: [...first.due, ...list.due], ids: [...firstIds, ...ids], headStartMs };
}

/** Opens escalations on the desk. */
export function openDesk(bench: BenchStack, run: PartRun, plan: DuePlan): Promise<OpenDesk> {
  return openInTime(run, plan, async (due) => {
    const { ids } = await bench.load.open({
      kind: 'open-escalations',
      policy: 'default',
      due: due.map(({ atMs, severity }) => ({ atMs, severity })),
      concurrency: openingConcurrency,
    });
    await waitForTimers(bench, ids.slice(-10));
    return ids;
  });
}

/** Opens bare workflows with a timer each. */
export function openBare(bench: BenchStack, run: PartRun, plan: DuePlan): Promise<OpenDesk> {
  return openInTime(run, plan, async (due, group) => {
    const { ids } = await bench.load.timed({
      kind: 'start-workflow',
      workflow: 'bareTimer',
      taskQueue: rawTaskQueue,
      prefix: `${group}-`,
      args: due.map(({ atMs, severity }) => ({ dueAtMs: atMs, group: severity })),
      priorities: due.map(({ severity }) => (severity === 'sev1' ? 1 : 3)),
      total: due.length,
      concurrency: openingConcurrency,
    });
    await waitForTimers(bench, ids.slice(-10));
    return ids;
  });
}

export async function waitUntilMs(atMs: number): Promise<void> {
  await sleep(Math.max(0, atMs - Date.now()));
}
