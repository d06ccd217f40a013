import { useQuery } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import type { Escalation } from '../api/types.ts';

/** What a home page looks at, at most: enough for its boards, bounded so that a storm does not slow it down. */
const maxPages = 5;
const everyMs = 5_000;

export interface Open {
  readonly items: readonly Escalation[];
  /** There are more than were looked at. */
  readonly isPartial: boolean;
  readonly isPending: boolean;
  readonly error: unknown;
  readonly retry: () => void;
}

/** The most urgent of what is open, kept up to date. */
export function useOpen(): Open {
  const query = useQuery({
    queryKey: ['open'],
    queryFn: async ({ signal }) => {
      const items: Escalation[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < maxPages; page += 1) {
        const answer = await call('listEscalations', {
          query: cursor === undefined ? { limit: '200' } : { limit: '200', cursor },
          signal,
        });
        items.push(...answer.items);
        cursor = answer.nextCursor ?? undefined;
        if (cursor === undefined) break;
      }
      return { items, isPartial: cursor !== undefined };
    },
    refetchInterval: everyMs,
  });
  return {
    items: query.data?.items ?? [],
    isPartial: query.data?.isPartial ?? false,
    isPending: query.isPending,
    error: query.data === undefined ? query.error : null,
    retry: () => void query.refetch(),
  };
}
