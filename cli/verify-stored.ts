import type { EscalationEvent } from '../domain/escalation/events.ts';
import { fold } from '../domain/escalation/evolve.ts';
import { elapsedMs, type ClockState } from '../domain/sla/clock.ts';
import type { OpenHours } from '../domain/calendar/open-hours.ts';
import { compareLedger, compareRecord, type ToldLedger } from '../domain/verify/compare.ts';
import type { Difference } from '../domain/verify/difference.ts';
import { verifyLog, type Verified } from '../domain/verify/verify-log.ts';
import { readCalendar } from '../store/calendars.ts';
import type { Store } from '../store/client.ts';
import { pageAll } from '../store/lists.ts';
import { readLog } from '../store/log.ts';

/** What fell due so recently may still be on its way into the log. */
const tellingMs = 30_000;
const pageSize = 100;

export type StoredVerdict =
  | { readonly kind: 'not_found' }
  /** The log can't be read: it has a gap, or names a calendar that is not stored. */
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'read'; readonly verified: Verified; readonly differences: readonly Difference[] };

async function calendarsNamedBy(
  store: Store,
  events: readonly EscalationEvent[],
): Promise<Readonly<Record<string, OpenHours>>> {
  const hashes = new Set(
    events.flatMap((event) => ('calendar' in event && event.calendar.id !== 'always' ? [event.calendar.hash] : [])),
  );
  const calendars: Record<string, OpenHours> = {};
  for (const hash of hashes) {
    const hours = await readCalendar(store, hash);
    if (hours !== null) calendars[hash] = hours;
  }
  return calendars;
}

function ledgerOf(clock: ClockState, calendars: Readonly<Record<string, OpenHours>>, atMs: number): ToldLedger {
  const pauses = clock.segments.filter(({ kind }) => kind === 'paused');
  return {
    clock: clock.clock,
    cycle: clock.cycle,
    elapsedMs: elapsedMs(clock, calendars, atMs),
    pausedMs: pauses.reduce((sum, { fromMs, toMs }) => sum + (toMs ?? atMs) - fromMs, 0),
  };
}

/**
 * Holds the verifier's own results against the log's verdicts, the record's clocks and the core's sums.
 * @param nowMs epoch milliseconds; what fell due half a minute before has to stand in the log
 * @throws StoreError unavailable
 */
export async function verifyStored(store: Store, escalationId: string, nowMs: number): Promise<StoredVerdict> {
  try {
    const log = await readLog(store, escalationId);
    if (log === null) return { kind: 'not_found' };
    const calendars = await calendarsNamedBy(store, log.events);
    const atMs = Math.max(nowMs, log.events.at(-1)?.atMs ?? nowMs);
    const verified = verifyLog(log.events, calendars, { toldUntilMs: nowMs - tellingMs });
    const state = fold(log.events);
    const clocks = state === null ? [] : [...state.pastClocks, ...Object.values(state.clocks)];
    const ledger = clocks.map((clock) => ledgerOf(clock, calendars, atMs));
    return {
      kind: 'read',
      verified,
      differences: [
        ...verified.differences,
        ...compareRecord(verified, log.head.record, calendars),
        ...compareLedger(verified, ledger, calendars, atMs),
      ],
    };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'unavailable') throw error;
    return { kind: 'unreadable', reason: error instanceof Error ? error.message : String(error) };
  }
}

export interface Totals {
  readonly escalations: number;
  readonly events: number;
  readonly clocks: number;
  readonly warnings: number;
  readonly breaches: number;
  /** Escalations that are not as they should be. */
  readonly wrong: number;
}

export const nothing: Totals = { escalations: 0, events: 0, clocks: 0, warnings: 0, breaches: 0, wrong: 0 };

export function added(totals: Totals, verdict: StoredVerdict): Totals {
  const runs = verdict.kind === 'read' ? verdict.verified.runs : [];
  return {
    escalations: totals.escalations + 1,
    events: totals.events + (verdict.kind === 'read' ? verdict.verified.seq : 0),
    clocks: totals.clocks + runs.length,
    warnings: totals.warnings + runs.reduce((sum, run) => sum + run.warnings, 0),
    breaches: totals.breaches + runs.filter((run) => run.breachedDueAtMs !== null).length,
    wrong: totals.wrong + (verdict.kind === 'read' && verdict.differences.length === 0 ? 0 : 1),
  };
}

/** Verifies every escalation there is, oldest first, and hands each verdict on. */
export async function verifyAll(
  store: Store,
  nowMs: () => number,
  onVerdict: (escalationId: string, verdict: StoredVerdict) => void,
): Promise<Totals> {
  let totals = nothing;
  let after: string | null = null;
  do {
    const { ids, next }: Awaited<ReturnType<typeof pageAll>> = await pageAll(store, after, pageSize);
    for (const id of ids) {
      const verdict = await verifyStored(store, id, nowMs());
      totals = added(totals, verdict);
      onVerdict(id, verdict);
    }
    after = next;
  } while (after !== null);
  return totals;
}
