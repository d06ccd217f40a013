import { queryOptions } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import type { ResponseOf } from '../../../contracts/schemas/responses.ts';
import { call } from '../api/client.ts';
import { refreshSchedules } from '../on-call/queries.ts';

export type Leave = ResponseOf<'listLeave'>['items'][number];

/** Who is away, from now on. */
export const leaveQuery = queryOptions({
  queryKey: ['leave'],
  queryFn: ({ signal }) => call('listLeave', { signal }),
  refetchInterval: 30_000,
});

/** Asks again for leave and for every schedule that it shows in. */
export async function refreshLeave(client: QueryClient): Promise<void> {
  await Promise.all([client.invalidateQueries({ queryKey: leaveQuery.queryKey }), refreshSchedules(client)]);
}
