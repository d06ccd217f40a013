import { waitUntil } from '../../../local/tools/wait.ts';
import { readHeads } from '../../../store/log.ts';
import { auditBooks, comesToRest, type Finding } from './books.ts';
import type { Desk } from './desk.ts';
import type { Fault } from './faults.ts';
import { Load, type LoadOptions } from './load.ts';
import { tierMs } from './policy.ts';
import { judgeTiming, type Outage, type Timing } from './timing.ts';

export interface FaultResult {
  readonly name: string;
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
 * Puts a running stack under load, breaks it, mends it, and goes through the books.
 */
export async function runFault(desk: Desk, fault: Fault, options: FaultRunOptions): Promise<FaultResult> {
  const load = new Load(desk, { ...options.load, ...fault.load });
  await load.start();
  let outage: Outage;
  let restedInTime: boolean;
  const firstMoveMs = tierMs * 3;
  try {
    if (!(await waitUntil(() => isUnderWay(desk, load), firstMoveMs, 100))) throw new Error('the load does not move');
    outage = await fault.run(desk, options.outageMs);
    // Work goes on for a while after the recovery: what the fault broke for newcomers shows in it.
    await waitUntil(() => Date.now() > outage.untilMs + 3_000, 10_000, 50);
  } finally {
    await load.stop(20_000);
  }
  restedInTime = await comesToRest(desk, load.acceptedIds(), 30_000);
  const books = await auditBooks(desk, load, () => desk.publishedPages());
  const published = desk.publishedPages();
  const timing: Timing = judgeTiming(books.entries, published, outage, {
    nowMs: Date.now(),
    pagesMayPileUp: fault.pagesMayPileUp ?? false,
  });
  await cancelAll(desk, load.acceptedIds());
  const own = new Set(load.acceptedIds());
  const pages = [...published].filter(([pageId]) => own.has(pageId.split('#')[0] ?? ''));
  const isMeanwhile = (atMs: number): boolean => atMs >= outage.fromMs && atMs <= outage.untilMs;
  return {
    name: fault.name,
    title: fault.title,
    outageMs: outage.untilMs - outage.fromMs,
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
    cameToRest: restedInTime,
    remarks: [...books.findings.map(({ kind, text }) => `${kind}: ${text}`), ...timing.late, ...timing.walked],
  };
}
