import type { ClockName } from '../escalation/vocabulary.ts';
import type { StoredCalendars } from './clock-run.ts';
import type { Difference } from './difference.ts';
import type { Verified } from './verify-log.ts';

/** What a record says of one clock. */
export interface ToldClock {
  readonly clock: ClockName;
  readonly cycle: number;
  readonly status: string;
  readonly targetMs: number;
  readonly dueAtMs: number | null;
  readonly breachedAtMs: number | null;
}

/** What a record says of all of them. */
export interface ToldRecord {
  readonly seq: number;
  readonly clocks: readonly ToldClock[];
  readonly nextBreach: { readonly clock: ClockName; readonly dueAtMs: number; readonly breached: boolean } | null;
}

/** What a ledger says of one cycle of one clock, with its sums at an instant. */
export interface ToldLedger {
  readonly clock: ClockName;
  readonly cycle: number;
  readonly elapsedMs: number | null;
  readonly pausedMs: number;
}

/**
 * Where a record and the log behind it disagree about the clocks.
 * @param verified of the log up to the record's sequence number
 */
export function compareRecord(
  verified: Verified,
  record: ToldRecord,
  calendars: StoredCalendars,
): readonly Difference[] {
  const differences: Difference[] = [];
  const differ = (
    clock: ClockName | null,
    cycle: number | null,
    what: string,
    expected: Difference['expected'],
    found: Difference['found'],
  ): void => {
    if (expected !== found)
      differences.push({ clock, cycle, seq: record.seq, what: `record: ${what}`, expected, found });
  };
  differ(null, null, 'sequence number', verified.seq, record.seq);
  const latest = new Map(verified.runs.map((run) => [run.clock, run]));
  for (const told of record.clocks) {
    if (!latest.has(told.clock)) differ(told.clock, told.cycle, 'clock', 'none', 'there');
  }
  for (const [clock, run] of latest) {
    const told = record.clocks.find((candidate) => candidate.clock === clock);
    const say = (what: string, expected: Difference['expected'], found: Difference['found']): void =>
      differ(clock, run.cycle, what, expected, found);
    if (told === undefined) {
      say('clock', 'there', 'none');
      continue;
    }
    say('cycle', run.cycle, told.cycle);
    say('status', run.status, told.status);
    say('target', run.terms.targetMs, told.targetMs);
    say('due', run.dueAtMs(calendars), told.dueAtMs);
    say('breach, due', run.breachedDueAtMs, told.breachedAtMs);
  }
  const next = nextDeadline(verified, calendars);
  differ(record.nextBreach?.clock ?? null, null, 'next deadline', next, record.nextBreach?.dueAtMs ?? null);
  return differences;
}

/** The earliest deadline missed on a clock under way, else the earliest to come. */
function nextDeadline(verified: Verified, calendars: StoredCalendars): number | null {
  const underWay = [...new Map(verified.runs.map((run) => [run.clock, run])).values()].filter(
    (run) => run.status !== 'stopped',
  );
  const missed = underWay.flatMap((run) => run.breachedDueAtMs ?? []);
  if (missed.length > 0) return Math.min(...missed);
  const coming = underWay.flatMap((run) => run.dueAtMs(calendars) ?? []);
  return coming.length > 0 ? Math.min(...coming) : null;
}

/** Where a ledger's sums at `atMs` and those of the events disagree. A ledger may leave out old cycles. */
export function compareLedger(
  verified: Verified,
  ledger: readonly ToldLedger[],
  calendars: StoredCalendars,
  atMs: number,
): readonly Difference[] {
  return ledger.flatMap((told): readonly Difference[] => {
    const run = verified.runs.find((candidate) => candidate.clock === told.clock && candidate.cycle === told.cycle);
    const place = { clock: told.clock, cycle: told.cycle, seq: verified.seq };
    if (run === undefined) return [{ ...place, what: 'ledger: clock', expected: 'none', found: 'there' }];
    const sums = [
      { what: 'ledger: elapsed milliseconds', expected: run.elapsedMs(calendars, atMs), found: told.elapsedMs },
      { what: 'ledger: paused milliseconds', expected: run.pausedMs(atMs), found: told.pausedMs },
    ];
    return sums.filter(({ expected, found }) => expected !== found).map((sum) => ({ ...place, ...sum }));
  });
}
