import { setTimeout as wait } from 'node:timers/promises';
import { sha256 } from '../contracts/ids.ts';
import { errorFields, type Logger } from '../contracts/logger.ts';
import { metrics } from '../contracts/metrics.ts';
import { emptyMemory } from '../contracts/reconciliation.ts';
import { reconciliation } from '../contracts/schemas/reconciliation.ts';
import { repairOf, type BookFault } from '../domain/books/faults.ts';
import { judge, usualGrace, type Grace } from '../domain/books/judge.ts';
import { isOpen } from '../domain/escalation/record.ts';
import { pageTable } from '../store/books.ts';
import { pageOpen } from '../store/lists.ts';
import { readHeads } from '../store/log.ts';
import { listPending } from '../store/orphans.ts';
import { putReconciliation, readReconciliation } from '../store/reconciliation.ts';
import { inParallel } from './in-parallel.ts';
import { gather, type Gathered } from './book-entry.ts';
import { createRepairs, type RepairPorts } from './book-repairs.ts';
import type { Audited, ReconcilerActivities, Suspect } from './reconciler-types.ts';
import { restingAfter, usualRest, type Rest } from './rest.ts';

export interface ReconcilerPorts extends RepairPorts {
  readonly logger: Logger;
  readonly grace?: Grace;
  /** What looks wrong is looked at again after this long before it is believed. Milliseconds. */
  readonly confirmAfterMs?: number;
  /** How it rests between pieces of work. */
  readonly rest?: Rest;
}

/** Escalations looked at from end to end at the same time. */
const concurrency = 2;
/** A repair may bring the next fault to light: a record written back shows a wake-up that was missed. */
const repairRounds = 4;

/** The same escalation falls to the same turn, all turns get about as many. */
function turnOf(escalationId: string, of: number): number {
  return Number.parseInt(sha256(escalationId).slice(0, 8), 16) % of;
}

/** The side effects of the reconciler. It looks at everything from outside, and repairs only what it has seen twice. */
export function createReconcilerActivities(ports: ReconcilerPorts): ReconcilerActivities {
  const { store, client, logger } = ports;
  const grace = ports.grace ?? usualGrace;
  const repairs = createRepairs(ports);
  const rested = restingAfter(ports.rest ?? usualRest);

  const look = rested(
    async (
      suspect: Suspect,
      nowMs: number,
    ): Promise<{ readonly faults: readonly BookFault[]; readonly seen: Gathered | null }> => {
      const seen = await gather({ store, client }, suspect, nowMs);
      if (seen === 'unreadable') return { faults: ['unreadable_log'], seen: null };
      return { faults: judge(seen.entry, nowMs, grace), seen };
    },
  );

  const audit = async (suspect: Suspect, nowMs: number, repair: boolean): Promise<Audited> => {
    const startedAtMs = performance.now();
    const clockMs = (): number => nowMs + Math.round(performance.now() - startedAtMs);
    const named = suspect.dedupKey === undefined ? {} : { dedupKey: suspect.dedupKey };
    const { escalationId } = suspect;
    let { faults } = await look(suspect, nowMs);
    const found = new Set<BookFault>();
    for (let round = 0; round < repairRounds && faults.length > 0; round += 1) {
      if (round === 0 && repair) await wait(ports.confirmAfterMs ?? 500);
      const again = repair ? await look(suspect, clockMs()) : { faults, seen: null };
      faults = round === 0 ? faults.filter((fault) => again.faults.includes(fault)) : again.faults;
      for (const fault of faults) {
        if (!found.has(fault)) logger.warn(`books.${fault}`, { escalationId, count: suspect.runs ?? 0 });
        found.add(fault);
      }
      const needed = new Set(faults.map((fault) => repairOf[fault]).filter((each) => each !== 'none'));
      if (!repair || again.seen === null || needed.size === 0) break;
      const patient = { suspect, seen: again.seen, nowMs: clockMs() };
      for (const each of needed) {
        // One that fails must not keep the others from being done.
        await repairs.run(each, patient).catch((error: unknown) => {
          logger.error('books.repair_failed', { escalationId, ...errorFields(error) });
        });
      }
      ({ faults } = await look(suspect, clockMs()));
      // What was nudged needs a moment: it is looked at once more at the end of the run.
      if (faults.every((fault) => found.has(fault))) break;
    }
    return { escalationId, ...named, found: [...found], left: faults };
  };

  return {
    openBooks: async () => {
      const last = await readReconciliation(store);
      const parsed = last === null ? null : reconciliation.safeParse(last.result);
      return parsed?.success === true ? parsed.data.memory : emptyMemory;
    },

    listWaiting: async ({ nowMs, limit }) => {
      const ids = await listPending(store, limit, nowMs - grace.beginMs);
      return ids.map((escalationId) => ({ escalationId }));
    },

    sweepOpen: rested(async ({ after, limit, nowMs, sample }) => {
      const page = await pageOpen(store, after, limit);
      const heads = await readHeads(store, page.ids);
      const records = new Map(heads.map(({ record }) => [record.id, record]));
      const suspects = page.ids.filter((id) => {
        const record = records.get(id);
        if (record === undefined) return true;
        const overdue = record.nextWakeAtMs !== null && record.nextWakeAtMs < nowMs - grace.wakeMs;
        // Nothing would ever wake it, and nobody was asked as often as the policy says: it may never have been begun.
        const forgotten = record.state === 'received' && record.nextWakeAtMs === null && !record.exhausted;
        return (isOpen(record.state) && (overdue || forgotten)) || turnOf(id, sample.of) === sample.turn % sample.of;
      });
      return { suspects: suspects.map((escalationId) => ({ escalationId })), seen: page.ids.length, next: page.next };
    }),

    sweepItems: rested(async ({ after, limit }) => {
      const page = await pageTable(store, after, limit);
      const byKey = page.openKeys.map(({ escalationId, dedupKey }): Suspect => ({ escalationId, dedupKey }));
      const keyed = new Set(byKey.map(({ escalationId }) => escalationId));
      const plain = page.escalationIds.filter((id) => !keyed.has(id));
      return {
        suspects: [...byKey, ...plain.map((escalationId) => ({ escalationId }))],
        seen: page.seen,
        next: page.next,
      };
    }),

    audit: ({ suspects, nowMs, repair }) =>
      inParallel(concurrency, suspects, (suspect) => audit(suspect, nowMs, repair)),

    publishBooks: async (result) => {
      await putReconciliation(store, result, result.finishedAtMs);
      logger.info(metrics.lost.code, { count: result.lost.left });
      logger.info(metrics.orphaned.code, { count: result.orphaned.found });
      logger.info(metrics.stuck.code, { count: result.stuck.found });
    },
  };
}
