import { isOpen } from '../escalation/record.ts';
import { isOneOf, workStates, type EscalationState } from '../escalation/vocabulary.ts';
import type { BookFault } from './faults.ts';

/** All that the books say of one escalation, read from every place at about the same instant. */
export interface BookEntry {
  readonly log: LogEntry | null;
  readonly record: { readonly seq: number; readonly nextWakeAtMs: number | null } | null;
  /** Listed as waiting for its workflow to begin. */
  readonly listed: boolean;
  /** The pointer of its dedup key; null: it has no key, or the key was never claimed. */
  readonly pointer: { readonly isOwn: boolean; readonly open: boolean } | null;
  /** Start of the run that is under way; null: none runs. */
  readonly runningSinceMs: number | null;
}

export interface LogEntry {
  readonly seq: number;
  readonly status: EscalationState;
  readonly begun: boolean;
  readonly createdAtMs: number;
  readonly lastAtMs: number;
  readonly hasKey: boolean;
  /** Pages or updates wait for their outcome: a workflow stays for them after the end. */
  readonly tellsYet: boolean;
  /** A wake-up now would decide something. */
  readonly decisionDue: boolean;
  /** Somebody is being asked to acknowledge, or was asked as often as the policy says. */
  readonly asksSomebody: boolean;
}

/** How long each thing may take before it counts as not done. Milliseconds. */
export interface Grace {
  /** After a commit: the record, the key, the list and the workflow follow it. */
  readonly settleMs: number;
  /** From the acceptance of an intake to the first decision. */
  readonly beginMs: number;
  /** From a wake-up's instant to its decision. */
  readonly wakeMs: number;
  /** From the start of a run of an ended escalation: a reopening starts one before it is decided. */
  readonly reopenMs: number;
  /** From the start of a run to its first decision. */
  readonly firstMs: number;
}

export const usualGrace: Grace = { settleMs: 5_000, beginMs: 10_000, wakeMs: 5_000, reopenMs: 60_000, firstMs: 60_000 };

/**
 * What is wrong with an escalation's books, by the workflow's clock. Whatever is only just under way is not wrong.
 * @param nowMs epoch milliseconds
 */
export function judge(entry: BookEntry, nowMs: number, grace: Grace = usualGrace): readonly BookFault[] {
  const { log, record, pointer } = entry;
  if (log === null) return noLogFaults(entry);
  if (isRecent(entry, log, nowMs, grace)) return [];
  if (record === null) return ['no_record'];
  return [
    ...recordFaults(log, record),
    ...workflowFaults(entry, log, nowMs, grace),
    ...wakeFaults(entry, log, nowMs, grace),
    ...keyFaults(log, pointer),
  ];
}

/** Without a first commit there never was an intake: a record can't be explained, and a key is let go. */
function noLogFaults({ record, pointer }: BookEntry): readonly BookFault[] {
  const keyOpen = pointer?.isOwn === true && pointer.open;
  return [...(record === null ? [] : (['no_log'] as const)), ...(keyOpen ? (['key_still_open'] as const) : [])];
}

function isRecent(entry: BookEntry, log: LogEntry, nowMs: number, grace: Grace): boolean {
  const waits = waitsForWorkflow(entry, log) && isOpen(log.status);
  return (waits && log.createdAtMs > nowMs - grace.beginMs) || log.lastAtMs > nowMs - grace.settleMs;
}

/** Intake may have begun it, but only a workflow sends what was decided. */
function waitsForWorkflow(entry: BookEntry, log: LogEntry): boolean {
  return entry.listed && (entry.runningSinceMs === null || !log.begun);
}

function recordFaults(log: LogEntry, record: { readonly seq: number }): readonly BookFault[] {
  if (record.seq === log.seq) return [];
  return [record.seq < log.seq ? 'record_lags' : 'record_ahead'];
}

function workflowFaults(entry: BookEntry, log: LogEntry, nowMs: number, grace: Grace): readonly BookFault[] {
  const { listed, runningSinceMs } = entry;
  if (!isOpen(log.status)) {
    const stays =
      runningSinceMs !== null &&
      !log.tellsYet &&
      (runningSinceMs < log.lastAtMs || runningSinceMs < nowMs - grace.reopenMs);
    return [
      ...(listed ? (['listed_after_begin'] as const) : []),
      ...(stays ? (['workflow_after_end'] as const) : []),
      ...(log.tellsYet && runningSinceMs === null ? (['no_workflow'] as const) : []),
    ];
  }
  if (waitsForWorkflow(entry, log)) return ['intake_waits'];
  return [
    ...(listed ? (['listed_after_begin'] as const) : []),
    ...(runningSinceMs === null ? (['no_workflow'] as const) : []),
  ];
}

function wakeFaults(entry: BookEntry, log: LogEntry, nowMs: number, grace: Grace): readonly BookFault[] {
  const { record, runningSinceMs, listed } = entry;
  // Without a workflow there is something worse to put right, and a record that lags names an old wake-up.
  if (!isOpen(log.status) || record?.seq !== log.seq || runningSinceMs === null) return [];
  if (!log.begun) return !listed && runningSinceMs < nowMs - grace.firstMs ? ['nobody_asked'] : [];
  // A run that has only just begun, or was begun again, reads its log first.
  if (runningSinceMs > nowMs - grace.settleMs) return [];
  const { nextWakeAtMs } = record;
  if (nextWakeAtMs !== null && nextWakeAtMs < nowMs - grace.wakeMs) {
    return [log.decisionDue ? 'wake_missed' : 'calendar_runs_out'];
  }
  return nextWakeAtMs === null && log.status === 'received' && !log.asksSomebody ? ['nobody_asked'] : [];
}

function keyFaults(log: LogEntry, pointer: BookEntry['pointer']): readonly BookFault[] {
  if (!log.hasKey) return [];
  if (isOneOf(workStates, log.status)) return pointer === null || !pointer.open ? ['key_let_go'] : [];
  return pointer?.isOwn === true && pointer.open ? ['key_still_open'] : [];
}
