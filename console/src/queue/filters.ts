import type { Escalation, ListQuery, Me } from '../api/types.ts';

/** What the address of the queue may hold; every value is a text, lists are separated by commas. */
export const searchKeys = [
  'state',
  'severity',
  'tier',
  'channel',
  'category',
  'team',
  'assignee',
  'accountId',
  'policy',
  'uncovered',
  'breached',
  'paused',
  'breachingWithinSeconds',
  'order',
  'q',
  'by',
] as const;
export type SearchKey = (typeof searchKeys)[number];
export type QueueSearch = Partial<Record<SearchKey, string>>;

/** Keeps what belongs to a queue's address and drops the rest: addresses come from anywhere. */
export function parseQueueSearch(raw: Readonly<Record<string, unknown>>): QueueSearch {
  const search: QueueSearch = {};
  for (const key of searchKeys) {
    const value = raw[key];
    if (typeof value === 'string' && value !== '' && value.length <= 400) search[key] = value;
  }
  return search;
}

/** The address as text, keys in their order: equal filters have equal texts. */
export function searchText(search: QueueSearch): string {
  const parameters = new URLSearchParams();
  for (const key of searchKeys) {
    const value = search[key];
    if (value !== undefined && value !== '') parameters.set(key, value);
  }
  return parameters.toString().replaceAll('%2C', ',');
}

/** The query of the API for an address. Open ones unless a state is named. */
export function listQueryOf(search: QueueSearch): ListQuery {
  const { order, uncovered, breached, paused, by: _by, ...rest } = search;
  return {
    ...rest,
    ...(isFlag(uncovered) ? { uncovered } : {}),
    ...(isFlag(breached) ? { breached } : {}),
    ...(isFlag(paused) ? { paused } : {}),
    ...(order === 'newest' || order === 'urgency' ? { order } : {}),
  };
}

function isFlag(value: string | undefined): value is 'true' | 'false' {
  return value === 'true' || value === 'false';
}

/** Whether the list is laid out under a tab for each channel. */
export function isByChannel(search: QueueSearch): boolean {
  return search.by === 'channel';
}

/** The address of the view that a list belongs to: without what was typed, and without the tab that is open. */
export function viewText(search: QueueSearch): string {
  const { q: _q, channel, ...rest } = search;
  return searchText(isByChannel(search) || channel === undefined ? rest : { ...rest, channel });
}

const endStates: readonly string[] = ['closed', 'cancelled', 'merged'];

/**
 * Whether a record that was learnt from elsewhere (an answer to a command) still belongs to a list. Only what a command
 * can change is looked at; the rest is left to the list's next refresh.
 */
export function belongs(record: Escalation, search: QueueSearch, me: Me | undefined): boolean {
  const named = (key: SearchKey, value: string): boolean => search[key]?.split(',').includes(value) ?? true;
  if (search.state === undefined || search.state === 'open') {
    if (endStates.includes(record.state)) return false;
  } else if (search.state !== 'all' && !named('state', record.state)) return false;
  if (!named('severity', record.severity) || !named('tier', String(record.tier))) return false;
  const breached = record.paused === null && record.nextBreach?.breached === true;
  if (isFlag(search.breached) && String(breached) !== search.breached) return false;
  if (isFlag(search.paused) && String(record.paused !== null) !== search.paused) return false;
  if (search.uncovered === 'true' && !record.uncovered) return false;
  if (search.assignee === 'none') return record.assignee === null;
  if (search.assignee === 'me') return me === undefined || record.assignee === me.id;
  return search.assignee === undefined || record.assignee === search.assignee;
}
