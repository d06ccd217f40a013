import type { EscalationEvent } from '../domain/escalation/events.ts';
import type { Store } from './client.ts';
import { commitFrom, type StoredCommit } from './commit-item.ts';
import { StoreError } from './errors.ts';
import { headFrom, type Head } from './head-item.ts';
import { commitPrefix, escalationIdOf, escalationPartition, keys, lastCommitKey } from './keys.ts';
import { getItem, getItems, queryItems, type RawItem } from './requests.ts';

/**
 * The record of an escalation with the copy of its title.
 * @returns null when there is none (yet)
 * @throws StoreError unavailable
 */
export async function readHead(store: Store, escalationId: string, consistent = true): Promise<Head | null> {
  const item = await getItem(store, keys.head(escalationId), consistent);
  return item === null ? null : headFrom(item);
}

/**
 * The records that exist, in the order of the ids; they may lag the last write.
 * @throws StoreError unavailable
 */
export async function readHeads(store: Store, escalationIds: readonly string[]): Promise<readonly Head[]> {
  const wanted = [...new Set(escalationIds)].map((id) => keys.head(id));
  return (await getItems(store, wanted)).map(headFrom);
}

/** The record of an escalation, with its log where that costs nothing more. */
export interface Beginning {
  readonly head: Head;
  /** All events that the record shows, where they are those of the first commit; null: the log is longer, and is to be read. */
  readonly events: readonly EscalationEvent[] | null;
}

/**
 * The records that exist and can be read, with their first commits, in the order of the ids, 50 in one request. Both may lag the last
 * write, as anything does by the time at which it is used: a commit that builds on them finds out.
 * @throws StoreError unavailable
 */
export async function readBeginnings(store: Store, escalationIds: readonly string[]): Promise<readonly Beginning[]> {
  const wanted = [...new Set(escalationIds)].flatMap((id) => [keys.head(id), keys.commit(id, 1)]);
  const found = await getItems(store, wanted);
  const firstCommits = new Map(
    found.flatMap((item) => (item['sk'] === 'HEAD' ? [] : [[escalationIdOf(String(item['pk'])), item] as const])),
  );
  return found.flatMap((item) => {
    const head = item['sk'] === 'HEAD' ? readable(item, headFrom) : null;
    if (head === null) return [];
    const commit = readable(firstCommits.get(head.record.id), commitFrom);
    return [{ head, events: commit?.lastSeq === head.record.seq ? commit.events : null }];
  });
}

/** One that can't be read keeps no other from being read: whoever reads it alone is told. */
function readable<T>(item: RawItem | undefined, from: (item: RawItem) => T): T | null {
  try {
    return item === undefined ? null : from(item);
  } catch {
    return null;
  }
}

export async function headExists(store: Store, escalationId: string): Promise<boolean> {
  return (await getItem(store, keys.head(escalationId), true)) !== null;
}

/** Puts commits one after the other and refuses a gap: a log with a hole is broken and nothing is read from it. */
function inOrder(escalationId: string, commits: readonly StoredCommit[], firstSeq: number): readonly EscalationEvent[] {
  const events: EscalationEvent[] = [];
  let nextSeq = firstSeq;
  for (const commit of commits) {
    if (commit.firstSeq !== nextSeq) {
      throw new StoreError('internal', `the log of ${escalationId} has no event ${nextSeq}`);
    }
    events.push(...commit.events);
    nextSeq = commit.lastSeq + 1;
  }
  return events;
}

export interface EscalationLog {
  readonly head: Head;
  /** All events up to the head's sequence number. */
  readonly events: readonly EscalationEvent[];
}

/**
 * The record and its events in one read. Commits past the head are left out: readers see what the record says.
 * @param options.untilSeq leaves later events out as well
 * @returns null when there is no head
 * @throws StoreError unavailable, or internal when the log has a gap
 */
export async function readLog(
  store: Store,
  escalationId: string,
  options: { readonly untilSeq?: number; readonly consistent?: boolean } = {},
): Promise<EscalationLog | null> {
  // HEAD sorts right after the commits.
  const { items } = await queryItems(store, {
    partition: escalationPartition(escalationId),
    sort: { kind: 'between', from: commitPrefix, to: keys.head(escalationId).sk },
    consistent: options.consistent ?? true,
  });
  const last: RawItem | undefined = items.at(-1);
  if (last === undefined || last['sk'] !== 'HEAD') return null;
  const head = headFrom(last);
  const commits = items.slice(0, -1).map(commitFrom);
  const untilSeq = Math.min(head.record.seq, options.untilSeq ?? head.record.seq);
  const events = inOrder(escalationId, commits, 1).filter((event) => event.seq <= untilSeq);
  const reached = events.at(-1)?.seq ?? 0;
  if (reached < untilSeq)
    throw new StoreError('internal', `the log of ${escalationId} ends at ${reached}, before its record`);
  return { head, events };
}

/**
 * Every event that was committed from `fromSeq` on, whether the record shows it yet or not: what a workflow is created
 * again from.
 * @param fromSeq the first event of a commit
 * @throws StoreError unavailable, or internal when the log has a gap
 */
export async function readWholeLog(
  store: Store,
  escalationId: string,
  fromSeq = 1,
): Promise<readonly EscalationEvent[]> {
  const { items } = await queryItems(store, {
    partition: escalationPartition(escalationId),
    sort: { kind: 'between', from: keys.commit(escalationId, fromSeq).sk, to: lastCommitKey },
    consistent: true,
  });
  return inOrder(escalationId, items.map(commitFrom), fromSeq);
}
