import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { workflowIdOf } from '../contracts/ids.ts';
import type { BookEntry, LogEntry } from '../domain/books/judge.ts';
import { decide } from '../domain/escalation/decide.ts';
import { fold, hasEnded } from '../domain/escalation/evolve.ts';
import type { Escalation } from '../domain/escalation/state.ts';
import { systemActor } from '../domain/escalation/vocabulary.ts';
import { readFirstCommit } from '../store/books.ts';
import type { Store } from '../store/client.ts';
import { StoreError } from '../store/errors.ts';
import { readCalendarsOf } from '../store/fold.ts';
import { readHead, readWholeLog } from '../store/log.ts';
import { readPointer } from '../store/pointer.ts';
import { readPolicy } from '../store/policies.ts';

/** An entry with what its repairs need. */
export interface Gathered {
  readonly entry: BookEntry;
  readonly state: Escalation | null;
  readonly dedupKey: string | null;
  readonly keyCount: number;
}

/** Start of the run that is under way; null when none is. */
async function runningSinceMs(client: Pick<Client, 'workflow'>, escalationId: string): Promise<number | null> {
  try {
    const { status, startTime } = await client.workflow.getHandle(workflowIdOf(escalationId)).describe();
    return status.name === 'RUNNING' ? startTime.getTime() : null;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** What is read, or that it can't be; a store that is away is thrown. */
async function readable<T>(reading: Promise<T>): Promise<T | 'unreadable'> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof StoreError && error.code !== 'internal') throw error;
    return 'unreadable';
  }
}

/** Whether a wake-up now would decide something, as the workflow itself would find out. */
async function isDecisionDue(store: Store, escalationId: string, state: Escalation, nowMs: number): Promise<boolean> {
  const policy = await readPolicy(store, state.policy.name, state.policy.version);
  if (policy === null) return false;
  const calendars = await readCalendarsOf(store, state);
  const calendarPins = Object.fromEntries(Object.entries(state.calendars).map(([id, { pin }]) => [id, pin.hash]));
  const context = { escalationId, nowMs, actor: systemActor, policy, calendars, calendarPins };
  try {
    const decision = decide(state, { type: 'wake' }, context);
    return decision.kind === 'accepted' && decision.events.length > 0;
  } catch {
    // A calendar that this decision would pin for the first time is known to the workflow only: something is due.
    return true;
  }
}

function logEntry(state: Escalation, decisionDue: boolean): LogEntry {
  return {
    seq: state.seq,
    status: state.status,
    begun: state.begun,
    createdAtMs: state.createdAtMs,
    lastAtMs: state.updatedAtMs,
    hasKey: state.dedupKey !== null,
    tellsYet: state.pendingPages.length > 0 || state.pendingUpdates.length > 0,
    decisionDue,
    asksSomebody: state.walk !== null || state.exhausted || state.pendingPages.length > 0,
  };
}

/**
 * Reads what the books say of one escalation: log, record, list, key and workflow.
 * @param dedupKey where it was come upon by a key, which counts only while there is no log
 * @returns `unreadable` when the log is broken
 * @throws StoreError unavailable, or Temporal's error when it does not answer
 */
export async function gather(
  ports: { readonly store: Store; readonly client: Pick<Client, 'workflow'> },
  suspect: { readonly escalationId: string; readonly dedupKey?: string },
  nowMs: number,
): Promise<Gathered | 'unreadable'> {
  const { store, client } = ports;
  const { escalationId } = suspect;
  const first = await readable(readFirstCommit(store, escalationId));
  if (first === 'unreadable') return first;
  const dedupKey = first === null ? (suspect.dedupKey ?? null) : first.dedupKey;
  const [head, pointer, since] = await Promise.all([
    readHead(store, escalationId),
    dedupKey === null ? null : readPointer(store, dedupKey),
    runningSinceMs(client, escalationId),
  ]);
  // The log last: whatever is committed between these reads shows in it, and makes it too recent to be judged.
  const state = await readable(readWholeLog(store, escalationId).then((events) => fold(events)));
  if (state === 'unreadable') return state;
  const wakeAtMs = head?.record.nextWakeAtMs ?? null;
  const overdue = state !== null && !hasEnded(state) && wakeAtMs !== null && wakeAtMs < nowMs;
  const decisionDue = overdue && (await isDecisionDue(store, escalationId, state, nowMs));
  return {
    entry: {
      log: state === null ? null : logEntry(state, decisionDue),
      record: head === null ? null : { seq: head.record.seq, nextWakeAtMs: wakeAtMs },
      listed: first?.listed ?? false,
      pointer:
        pointer === null ? null : { isOwn: pointer.escalationId === escalationId, open: pointer.state === 'open' },
      runningSinceMs: since,
    },
    state,
    dedupKey,
    keyCount: pointer?.count ?? 0,
  };
}
