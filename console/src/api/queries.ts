import { QueryClient, queryOptions } from '@tanstack/react-query';
import { call } from './client.ts';
import { ApiProblem, isPassing } from './problem.ts';
import type { EscalationDetail, ListQuery, TimelineEntry } from './types.ts';

/** How often what is on the screen is asked for again, in ms: well within the five seconds promised. */
export const liveEveryMs = 3_000;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      refetchOnWindowFocus: true,
      retry: (failures, error) => isPassing(error) && failures < 2,
      retryDelay: (failures, error) =>
        (error instanceof ApiProblem ? error.retryAfterMs : null) ?? Math.min(1_000 * 2 ** failures, 8_000),
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => call('getMe', { signal }),
  staleTime: 5 * 60_000,
});

export function escalationQuery(id: string) {
  return queryOptions({
    queryKey: ['escalation', id],
    queryFn: async ({ signal, client }): Promise<EscalationDetail> => {
      const next = await call('getEscalation', { params: { id }, signal });
      // A read may lag a write whose answer we have: the newer one stays.
      const known = client.getQueryData<EscalationDetail>(['escalation', id]);
      return known !== undefined && known.seq > next.seq ? { ...next, ...known } : next;
    },
    refetchInterval: liveEveryMs,
  });
}

/** Every event, oldest first. Pages that are full never change; asking anew starts from what is known. */
export function timelineQuery(id: string) {
  return queryOptions({
    queryKey: ['timeline', id],
    queryFn: async ({ signal }): Promise<readonly TimelineEntry[]> => {
      const entries: TimelineEntry[] = [];
      let cursor: string | undefined;
      do {
        const page = await call('getTimeline', {
          params: { id },
          query: cursor === undefined ? { limit: '500' } : { limit: '500', cursor },
          signal,
        });
        entries.push(...page.entries);
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined && entries.length < 5_000);
      return entries;
    },
    staleTime: Infinity,
  });
}

export function ledgerQuery(id: string) {
  return queryOptions({
    queryKey: ['ledger', id],
    queryFn: ({ signal }) => call('getLedger', { params: { id }, signal }),
    staleTime: Infinity,
  });
}

export function forecastQuery(id: string) {
  return queryOptions({
    queryKey: ['forecast', id],
    queryFn: ({ signal }) => call('getForecast', { params: { id }, signal }),
    staleTime: Infinity,
  });
}

export function actionsQuery(id: string) {
  return queryOptions({
    queryKey: ['actions', id],
    queryFn: ({ signal }) => call('getActions', { params: { id }, signal }),
    staleTime: Infinity,
  });
}

/** One page of a list, for boards and suggestions. */
export function listQuery(query: ListQuery) {
  return queryOptions({
    queryKey: ['list', query],
    queryFn: ({ signal }) => call('listEscalations', { query, signal }),
  });
}
