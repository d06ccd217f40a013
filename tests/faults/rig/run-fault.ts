import { waitUntil } from '../../../local/tools/wait.ts';
import { readHeads } from '../../../store/log.ts';
import { auditBooks, comesToRest, type Finding } from './books.ts';
import type { Desk } from './desk.ts';
import type { Fault } from './faults.ts';
import { Load, type LoadOptions } from './load.ts';
import { tierMs } from './policy.ts';
import { judgeTiming, type Outage } from './timing.ts';

export interface FaultResult {
  readonly title: string;
  readonly outageMs: number;
  /** Intakes answered 201. */
  readonly accepted: number;
  /** Of those, during the outage. */
  readonly acceptedMeanwhile: number;
  /** Repeats answered 200. */
  readonly counted: number;
  readonly commandsDone: number;
  /** Commands whose outcome the client never learnt. */
  readonly commandsUnsettled: number;
  readonly lost: number;
  readonly doubled: number;
  readonly disagreements: number;
  readonly late: number;
  readonly walked: number;
  readonly moves: number;
  readonly dueMeanwhile: number;
  readonly pages: number;
  /** Pages that SNS got more than once, under one id. */
  readonly pagesRepeated: number;
  readonly recoveryMs: number;
  readonly cameToRest: boolean;
  /** Everything that was found, in words. */
  readonly remarks: readonly string[];
}

export interface FaultRunOptions {
  readonly outageMs: number;
  readonly load: LoadOptions;
}

function count(findings: readonly Finding[], kind: Finding['kind']): number {
  return findings.filter((finding) => finding.kind === kind).length;
}

/** Some escalation of the load has moved a tier up: timers run. */
async function isUnderWay(desk: Desk, load: Load): Promise<boolean> {
  const heads = await readHeads(desk.store, load.acceptedIds().slice(0, 20));
  return heads.some(({ record }) => record.tier > 1);
}

/** Ends what the load has opened, so that the next fault starts with a quiet desk. */
async function cancelAll(desk: Desk, ids: readonly string[]): Promise<void> {
  const queue = [...ids];
  const work = async (): Promise<void> => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      await desk.cancel(id);
    }
  };
  await Promise.all(Array.from({ length: 4 }, work));
}

/**
 * Puts a running stack under load, breaks and mends it, once for each fault, and goes through the books at the end.
 */
export async function runFaults(
  desk: Desk,
  title: string,
  faults: readonly Fault[],
  options: FaultRunOptions,
): Promise<FaultResult> {
  const load = new Load(desk, options.load);
  const outages: Outage[] = [];
  await load.start();
  try {
    if (!(await waitUntil(() => isUnderWay(desk, load), tierMs * 3, 100))) throw new Error('the load does not move');
    for (const fault of faults) {
      const pagesMayPileUp = fault.pagesMayPileUp ?? false;
      const broken = await fault.run(desk, options.outageMs);
      outages.push(...broken.map((outage) => ({ ...outage, pagesMayPileUp })));
      const mendedAtMs = Date.now();
      // Work goes on for a while after the recovery: what the fault broke for newcomers shows in it.
      await waitUntil(() => Date.now() > mendedAtMs + 2_500, 10_000, 50);
      await comesToRest(desk, load.acceptedIds(), 10_000);
    }
  } finally {
    await load.stop(20_000);
  }
  const cameToRest = await comesToRest(desk, load.acceptedIds(), 30_000);
  const books = await auditBooks(desk, load, () => desk.publishedPages());
  const published = desk.publishedPages();
  const timing = judgeTiming(books.entries, published, outages, Date.now());
  await cancelAll(desk, load.acceptedIds());
  const own = new Set(load.acceptedIds());
  const pages = [...published].filter(([pageId]) => own.has(pageId.split('#')[0] ?? ''));
  const isMeanwhile = (atMs: number): boolean =>
    outages.some(({ fromMs, untilMs }) => atMs >= fromMs && atMs <= untilMs);
  return {
    title,
    outageMs: outages.reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0),
    accepted: own.size,
    acceptedMeanwhile: books.entries.filter(({ state }) => isMeanwhile(state.createdAtMs)).length,
    counted: load.intakes.filter(({ outcome }) => outcome?.kind === 'counted').length,
    commandsDone: load.commands.filter(({ status }) => status === 200).length,
    commandsUnsettled: load.commands.filter(({ status }) => status === null || status === 202 || status >= 500).length,
    lost: count(books.findings, 'lost'),
    doubled: count(books.findings, 'doubled'),
    disagreements: count(books.findings, 'disagrees'),
    late: timing.late.length,
    walked: timing.walked.length,
    moves: timing.moves,
    dueMeanwhile: timing.dueMeanwhile,
    pages: pages.length,
    pagesRepeated: pages.filter(([, { times }]) => times > 1).length,
    recoveryMs: timing.recoveryMs,
    cameToRest,
    remarks: [...books.findings.map(({ kind, text }) => `${kind}: ${text}`), ...timing.late, ...timing.walked],
  };
}
