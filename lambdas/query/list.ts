import type { Caller } from '../../contracts/roles.ts';
import { seesAllAccounts } from '../../contracts/roles.ts';
import type { QueryOf } from '../../contracts/schemas/requests.ts';
import { isOpen } from '../../domain/escalation/record.ts';
import {
  categories,
  channels,
  escalationStates,
  isOneOf,
  severities,
  tiers,
  type EscalationState,
} from '../../domain/escalation/vocabulary.ts';
import { listEscalations as listStored, type ListFilter } from '../../store/lists.ts';
import { ApiError } from '../http/api-error.ts';
import type { Call, Reply } from '../http/lambda.ts';
import { recordView } from '../present/record-view.ts';
import type { QueryPorts } from './ports.ts';

const defaultPage = 50;
type Query = QueryOf<'listEscalations'>;

/** The words of a comma-separated list that the vocabulary knows; the schema has refused the others. */
function words<const T extends readonly unknown[]>(known: T, text: string): T[number][] {
  return text.split(',').flatMap((word) => (isOneOf(known, word) ? [word] : []));
}

function statesOf(text: string): EscalationState[] {
  const named = text.split(',');
  if (named.includes('all')) return [...escalationStates];
  return escalationStates.filter((state) => named.includes(state) || (named.includes('open') && isOpen(state)));
}

/** What account managers may list is cut to their accounts before anything is read. */
function accountsOf(caller: Caller, accountId: string | undefined): readonly string[] | undefined {
  if (seesAllAccounts(caller)) return accountId === undefined ? undefined : [accountId];
  return caller.accounts.filter((account) => accountId === undefined || account === accountId);
}

function filterOf(query: Query, caller: Caller, breachingBeforeMs: number | undefined): ListFilter {
  const accountIds = accountsOf(caller, query.accountId);
  const { assignee } = query;
  const wanted = assignee === 'none' ? null : assignee === 'me' ? caller.id : assignee;
  return {
    ...(query.state === undefined ? {} : { states: statesOf(query.state) }),
    ...(query.severity === undefined ? {} : { severities: words(severities, query.severity) }),
    ...(query.channel === undefined ? {} : { channels: words(channels, query.channel) }),
    ...(query.category === undefined ? {} : { categories: words(categories, query.category) }),
    ...(query.tier === undefined
      ? {}
      : { tiers: tiers.filter((tier) => query.tier?.split(',').includes(String(tier))) }),
    ...(query.team === undefined ? {} : { team: query.team }),
    ...(wanted === undefined ? {} : { assignee: wanted }),
    ...(accountIds === undefined ? {} : { accountIds }),
    ...(query.policy === undefined ? {} : { policy: query.policy }),
    ...(query.uncovered === undefined ? {} : { uncovered: query.uncovered === 'true' }),
    ...(breachingBeforeMs === undefined ? {} : { breachingBeforeMs }),
    ...(query.breached === undefined ? {} : { breached: query.breached === 'true' }),
    ...(query.paused === undefined ? {} : { paused: query.paused === 'true' }),
    ...(query.q === undefined ? {} : { text: query.q }),
  };
}

/**
 * "Breaching within an hour" is meant from the first page on: its cursor carries that instant along, since the store's
 * cursors hold for one filter only. What has breached was due by now, so that nothing after has to be read.
 */
function splitCursor(query: Query, nowMs: number): { breachingBeforeMs?: number; cursor?: string } {
  const { cursor } = query;
  const withinMs = withinMsOf(query);
  if (withinMs === null) return cursor === undefined ? {} : { cursor };
  if (cursor === undefined) return { breachingBeforeMs: nowMs + withinMs };
  const [, instant, rest] = /^b(\d{1,15})\.(.+)$/s.exec(cursor) ?? [];
  if (instant === undefined || rest === undefined) throw new ApiError('invalid_cursor');
  return { breachingBeforeMs: Number(instant), cursor: rest };
}

function withinMsOf({ breachingWithinSeconds, breached }: Query): number | null {
  // A breach is handled at its due instant or later: one millisecond more holds the one of this instant too.
  if (breached === 'true') return 1;
  return breachingWithinSeconds === undefined ? null : Number(breachingWithinSeconds) * 1000;
}

export async function listEscalations(
  ports: QueryPorts,
  call: Call<'listEscalations'>,
): Promise<Reply<'listEscalations'>> {
  const { query } = call.input;
  const { breachingBeforeMs, cursor } = splitCursor(query, call.nowMs);
  const page = await listStored(ports.store, {
    filter: filterOf(query, call.caller, breachingBeforeMs),
    order: query.order ?? 'urgency',
    limit: Number(query.limit ?? defaultPage),
    callerId: call.caller.id,
    ...(cursor === undefined ? {} : { cursor }),
  });
  const prefix = breachingBeforeMs === undefined ? '' : `b${breachingBeforeMs}.`;
  return {
    status: 200,
    body: {
      items: page.heads.map(({ record, title }) => recordView(record, title)),
      nextCursor: page.cursor === null ? null : `${prefix}${page.cursor}`,
    },
  };
}
