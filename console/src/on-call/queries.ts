import { queryOptions } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { learnSchedules } from '../people/names.ts';
import type { ResponseOf } from '../../../contracts/schemas/responses.ts';

export type OnCallNow = ResponseOf<'getOnCall'>['items'][number];
export type Schedule = ResponseOf<'getSchedule'>;
export type Stretch = Schedule['stretches'][number];
export type ScheduleOverride = Schedule['overrides'][number];

export const onCallQuery = queryOptions({
  queryKey: ['on-call'],
  queryFn: async ({ signal }) => {
    const now = await call('getOnCall', { signal });
    learnSchedules(now.items);
    return now;
  },
  refetchInterval: 30_000,
});

/** @param fromMs and @param untilMs epoch milliseconds */
export function scheduleQuery(scheduleId: string, fromMs: number, untilMs: number) {
  return queryOptions({
    queryKey: ['schedule', scheduleId, fromMs, untilMs],
    queryFn: ({ signal }) =>
      call('getSchedule', {
        params: { scheduleId },
        query: { from: new Date(fromMs).toISOString(), until: new Date(untilMs).toISOString() },
        signal,
      }),
    refetchInterval: 30_000,
  });
}

/** The server may answer from what it knew a second before; then it is asked once more. In ms. */
const settledAfterMs = 1_300;

/** Asks again for everything that a change of a schedule can show in. */
export async function refreshSchedules(client: QueryClient): Promise<void> {
  const again = async (): Promise<void> => {
    await Promise.all([
      client.invalidateQueries({ queryKey: ['schedule'] }),
      client.invalidateQueries({ queryKey: ['on-call'] }),
    ]);
  };
  await again();
  window.setTimeout(() => void again(), settledAfterMs);
}
