import { queryOptions } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import type { Escalation } from '../api/types.ts';
import { likeness, searchWords } from './likeness.ts';

const minLikeness = 0.25;

/** Open escalations that may be the same thing, most alike first; those of the account come along. */
export function similarQuery(title: string, accountId: string | null) {
  const words = searchWords(title).slice(0, 3);
  return queryOptions({
    queryKey: ['similar', words.join(' '), accountId],
    queryFn: async ({ signal }): Promise<readonly Escalation[]> => {
      const asks = [
        ...words.map((q) => ({ q, limit: '20' })),
        ...(accountId === null || accountId === '' ? [] : [{ accountId, limit: '20' }]),
      ];
      const pages = await Promise.all(asks.map((query) => call('listEscalations', { query, signal })));
      const byId = new Map(pages.flatMap((page) => page.items).map((item) => [item.id, item]));
      return [...byId.values()]
        .map((item) => ({
          item,
          score:
            likeness(title, item.title ?? '') + (item.accountId !== null && item.accountId === accountId ? 0.3 : 0),
        }))
        .filter(({ score }) => score >= minLikeness)
        .toSorted((a, b) => b.score - a.score)
        .map(({ item }) => item);
    },
    enabled: words.length > 0 || (accountId !== null && accountId !== ''),
    staleTime: 15_000,
  });
}
