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
  'breachingWithinSeconds',
  'order',
  'q',
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
  const { order, uncovered, ...rest } = search;
  return {
    ...rest,
    ...(uncovered === 'true' || uncovered === 'false' ? { uncovered } : {}),
    ...(order === 'newest' || order === 'urgency' ? { order } : {}),
  };
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
  if (search.assignee === 'none') return record.assignee === null;
  if (search.assignee === 'me') return me === undefined || record.assignee === me.id;
  if (search.assignee !== undefined && record.assignee !== search.assignee) return false;
  return search.uncovered !== 'true' || record.uncovered;
}
