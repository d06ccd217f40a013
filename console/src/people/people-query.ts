import { queryOptions } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { learnNames } from './names.ts';

/** Who there is. Asked for rarely: people come and go by the day. */
export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: async ({ signal }) => {
    const people = await call('listPeople', { signal });
    learnNames(people.items);
    return people;
  },
  staleTime: 10 * 60_000,
  refetchOnWindowFocus: false,
});
