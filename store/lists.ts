import { isOpen, pausedUrgency, urgencyBefore } from '../domain/escalation/record.ts';
import {
  escalationStates,
  type Category,
  type Channel,
  type EscalationState,
  type Severity,
  type Tier,
} from '../domain/escalation/vocabulary.ts';
import type { Store } from './client.ts';
import { openCursor, sealCursor } from './cursor.ts';
import type { Head } from './head-item.ts';
import {
  accountPartition,
  assigneePartition,
  endedPrefix,
  escalationPartition,
  openPrefix,
  openStates,
  statePartition,
  teamPartition,
  timePartition,
  urgencyPosition,
} from './keys.ts';
import { readLanes, type Lane, type LaneEntry } from './lanes.ts';
import { readHeads } from './log.ts';
import { indexAttributes, indexNames } from './table-definition.ts';

export interface ListFilter {
  /** Absent: every state with the order `newest`, the open ones with the order `urgency`. */
  readonly states?: readonly EscalationState[];
  readonly team?: string;
  /** null: nobody's. */
  readonly assignee?: string | null;
  /** Only these accounts; an empty list finds nothing. */
  readonly accountIds?: readonly string[];
  readonly severities?: readonly Severity[];
  readonly channels?: readonly Channel[];
  readonly categories?: readonly Category[];
  readonly tiers?: readonly Tier[];
  readonly uncovered?: boolean;
  /** Name of the policy. */
  readonly policy?: string;
  /** The next deadline is missed, or falls before this instant (epoch milliseconds). */
  readonly breachingBeforeMs?: number;
  /** A deadline was missed and is not met; what is paused has not breached. */
  readonly breached?: boolean;
  readonly paused?: boolean;
  /** Part of the title, in any case, or of the id. */
  readonly text?: string;
}

export interface ListQuery {
  readonly filter: ListFilter;
  readonly order: 'urgency' | 'newest';
  /** At least 1. */
  readonly limit: number;
  readonly cursor?: string;
  readonly callerId: string;
  /** What a cursor is bound to, where the filter itself moves with the clock; else filter and order. */
  readonly question?: unknown;
}

export interface ListPage {
  /** May be fewer than asked for, even none, while there is a cursor. */
  readonly heads: readonly Head[];
  readonly cursor: string | null;
}

/** Records that one page looks at, at most; what a filter leaves out counts too. */
const examinedPerPage = 200;
/** Open escalations of one person or account that are sorted in memory; where there are more, the long list is filtered. */
const sortedInMemory = 200;

function within<T>(wanted: readonly T[] | undefined, value: T): boolean {
  return wanted?.includes(value) ?? true;
}

/** Whether a record as it is now belongs in the list: indexes lag, so even what they selected by is looked at again. */
function matches(head: Head, filter: ListFilter, states: readonly EscalationState[]): boolean {
  const { record, title } = head;
  const breaching = (beforeMs: number): boolean =>
    record.pause === null && record.nextBreach !== null && record.nextBreach.dueAtMs < beforeMs;
  const breached = record.pause === null && record.nextBreach?.breached === true;
  const text = filter.text?.toLocaleLowerCase('en');
  return (
    states.includes(record.state) &&
    (filter.team === undefined || record.team === filter.team) &&
    (filter.assignee === undefined || record.assignee === filter.assignee) &&
    (filter.accountIds === undefined || (record.accountId !== null && filter.accountIds.includes(record.accountId))) &&
    within(filter.severities, record.severity) &&
    within(filter.channels, record.channel) &&
    within(filter.categories, record.category) &&
    within(filter.tiers, record.tier) &&
    (filter.uncovered === undefined || record.uncovered === filter.uncovered) &&
    (filter.policy === undefined || record.policy.name === filter.policy) &&
    (filter.breachingBeforeMs === undefined || breaching(filter.breachingBeforeMs)) &&
    (filter.breached === undefined || breached === filter.breached) &&
    (filter.paused === undefined || (record.pause !== null) === filter.paused) &&
    (text === undefined ||
      (title !== null && title.toLocaleLowerCase('en').includes(text)) ||
      record.id.toLocaleLowerCase('en').includes(text))
  );
}

function shards(store: Store): readonly number[] {
  return Array.from({ length: store.indexShards }, (_, shard) => shard);
}

function stateLanes(store: Store, states: readonly EscalationState[]): readonly Lane[] {
  return states.flatMap((state) =>
    shards(store).map((shard) => ({
      index: indexNames.byState,
      partitionName: indexAttributes.statePartition,
      sortName: indexAttributes.urgency,
      partition: statePartition(state, shard),
      prefix: '',
    })),
  );
}

function teamLane(team: string): Lane {
  return {
    index: indexNames.byTeam,
    partitionName: indexAttributes.teamPartition,
    sortName: indexAttributes.urgency,
    partition: teamPartition(team),
    prefix: '',
  };
}

function timeLanes(store: Store): readonly Lane[] {
  return shards(store).map((shard) => ({
    index: indexNames.byTime,
    partitionName: indexAttributes.timePartition,
    sortName: 'pk',
    partition: timePartition(shard),
    prefix: escalationPartition(''),
  }));
}

/** Lanes of people or accounts: the position is the id, so that open and ended ones merge by time. */
function ownedLanes(filter: ListFilter, states: readonly EscalationState[]): readonly Lane[] | null {
  const prefixes = [...(states.some(isOpen) ? [openPrefix] : []), ...(states.every(isOpen) ? [] : [endedPrefix])];
  const lanesOf = (index: Lane['index'], partitionName: string, partition: string): readonly Lane[] =>
    prefixes.map((prefix) => ({ index, partitionName, sortName: indexAttributes.openThenId, partition, prefix }));
  if (filter.assignee !== undefined && filter.assignee !== null) {
    return lanesOf(indexNames.byAssignee, indexAttributes.assigneePartition, assigneePartition(filter.assignee));
  }
  if (filter.accountIds !== undefined) {
    const accounts = [...new Set(filter.accountIds)];
    return accounts.flatMap((account) =>
      lanesOf(indexNames.byAccount, indexAttributes.accountPartition, accountPartition(account)),
    );
  }
  return null;
}

/**
 * A page of escalations, most urgent or newest first. It may lag the last writes. What no index holds is filtered within
 * a bounded number of records, so a page can be short, or empty, and still have a cursor.
 * @throws StoreError invalid_cursor when the cursor is another caller's or another list's; unavailable
 */
export async function listEscalations(store: Store, query: ListQuery): Promise<ListPage> {
  const { filter, order } = query;
  const scope = { callerId: query.callerId, question: query.question ?? { filter, order } };
  const after = query.cursor === undefined ? null : openCursor(store, scope, query.cursor);
  const states = filter.states ?? (order === 'urgency' ? openStates : escalationStates);
  const owned = ownedLanes(filter, states);
  // Nobody has an ended one in front of them by urgency: those are listed by time in any case.
  const byUrgency = order === 'urgency' && states.some(isOpen);
  if (owned !== null && owned.length === 0) return { heads: [], cursor: null };
  if (owned !== null && byUrgency) {
    const page = await sortOwned(store, query, owned, states, after);
    if (page !== null) return sealed(store, scope, page);
  }
  const lanes = byUrgency ? urgencyLanes(store, filter, states) : (owned ?? newestLanes(store, states));
  return sealed(store, scope, await filterLanes(store, query, lanes, states, after, !byUrgency));
}

function urgencyLanes(store: Store, filter: ListFilter, states: readonly EscalationState[]): readonly Lane[] {
  const lanes = filter.team !== undefined && states.every(isOpen) ? [teamLane(filter.team)] : stateLanes(store, states);
  const range = rangeOf(filter);
  return range === null ? lanes : lanes.map((lane) => ({ ...lane, range }));
}

/** The part of the order of urgency that holds everything the filter can find: the rest need not be read. */
function rangeOf({ paused, breachingBeforeMs }: ListFilter): Lane['range'] | null {
  if (paused === true) return pausedUrgency;
  return breachingBeforeMs === undefined ? null : urgencyBefore(breachingBeforeMs);
}

function newestLanes(store: Store, states: readonly EscalationState[]): readonly Lane[] {
  return states.some(isOpen) ? timeLanes(store) : stateLanes(store, states);
}

interface Page {
  readonly heads: readonly Head[];
  /** null: the end. */
  readonly position: string | null;
}

function sealed(store: Store, scope: Parameters<typeof sealCursor>[1], page: Page): ListPage {
  return { heads: page.heads, cursor: page.position === null ? null : sealCursor(store, scope, page.position) };
}

/** Reads on until the page is full, the lanes end or enough was looked at. */
async function filterLanes(
  store: Store,
  query: ListQuery,
  lanes: readonly Lane[],
  states: readonly EscalationState[],
  after: string | null,
  backwards: boolean,
): Promise<Page> {
  const heads: Head[] = [];
  let position = after;
  for (let examined = 0; examined < examinedPerPage;) {
    const wanted = Math.min(examined === 0 ? query.limit : examinedPerPage, examinedPerPage - examined);
    const { entries, complete } = await readLanes(store, lanes, position, wanted, backwards);
    const byId = await headsOf(store, entries);
    for (const entry of entries) {
      position = entry.position;
      const head = byId.get(entry.escalationId);
      if (head !== undefined && matches(head, query.filter, states)) heads.push(head);
      if (heads.length === query.limit) {
        const last = complete && entry === entries.at(-1);
        return { heads, position: last ? null : position };
      }
    }
    if (complete) return { heads, position: null };
    examined += entries.length;
  }
  return { heads, position };
}

/** The records of entries, from the index where it holds them. */
async function headsOf(store: Store, entries: readonly LaneEntry[]): Promise<ReadonlyMap<string, Head>> {
  const heads = entries.flatMap((entry) => entry.head() ?? []);
  const held = new Set(heads.map((head) => head.record.id));
  const missing = entries.map((entry) => entry.escalationId).filter((id) => !held.has(id));
  const read = missing.length === 0 ? [] : await readHeads(store, missing);
  return new Map([...heads, ...read].map((head) => [head.record.id, head]));
}

/**
 * Open escalations of a person or of accounts, by urgency: these indexes sort by time, so that a moving deadline does not
 * cost a write in each; the few there are get sorted here. null: there are too many.
 */
async function sortOwned(
  store: Store,
  query: ListQuery,
  owned: readonly Lane[],
  states: readonly EscalationState[],
  after: string | null,
): Promise<Page | null> {
  const { entries, complete } = await readLanes(store, owned, null, sortedInMemory, true);
  if (!complete) return null;
  const read = await readHeads(
    store,
    entries.map((entry) => entry.escalationId),
  );
  const sorted = read
    .filter((head) => matches(head, query.filter, states))
    .map((head) => ({ head, position: urgencyPosition(head.record) }))
    .filter(({ position }) => after === null || position > after)
    .toSorted((a, b) => (a.position < b.position ? -1 : 1));
  const page = sorted.slice(0, query.limit);
  const last = page.at(-1);
  const more = sorted.length > page.length && last !== undefined;
  return { heads: page.map(({ head }) => head), position: more ? last.position : null };
}

/**
 * Ids of open escalations in the order of urgency, page by page, for those who look at all of them. One that moves while
 * the pages are read may be seen twice or not at all.
 */
export async function pageOpen(
  store: Store,
  after: string | null,
  limit: number,
): Promise<{ readonly ids: readonly string[]; readonly next: string | null }> {
  return idsOf(await readLanes(store, stateLanes(store, openStates), after, limit, false));
}

/** Ids of all escalations there ever were, oldest first, page by page. */
export async function pageAll(
  store: Store,
  after: string | null,
  limit: number,
): Promise<{ readonly ids: readonly string[]; readonly next: string | null }> {
  return idsOf(await readLanes(store, timeLanes(store), after, limit, false));
}

function idsOf(page: Awaited<ReturnType<typeof readLanes>>): { ids: readonly string[]; next: string | null } {
  const next = page.complete ? null : (page.entries.at(-1)?.position ?? null);
  return { ids: page.entries.map((entry) => entry.escalationId), next };
}
