import { queryOptions } from '@tanstack/react-query';
import type { ResponseOf } from '../../../contracts/schemas/responses.ts';
import { call } from '../api/client.ts';

export type IntegrationKey = ResponseOf<'listIntegrationKeys'>['items'][number];

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: ({ signal }) => call('listIntegrationKeys', { signal }),
  refetchInterval: 30_000,
});
