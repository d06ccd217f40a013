import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { call } from '../api/client.ts';
import { liveEveryMs } from '../api/queries.ts';
import { onRecord } from '../api/record-bus.ts';
import type { Me } from '../api/types.ts';
import { belongs, listQueryOf, searchText } from './filters.ts';
import type { QueueSearch } from './filters.ts';
import { LiveList } from './live-list.ts';
import type { ListState } from './live-list.ts';

const pageSize = '200';
const firstPageSize = '60';

export interface LiveListHandle {
  readonly state: ListState;
  readonly loadMore: () => void;
  readonly retry: () => void;
  /** Tells which rows are on the screen, so that those stay fresh. */
  readonly look: (first: number, last: number) => void;
}

/** The list behind an address of the queue, kept up to date while the page is shown. */
export function useLiveList(search: QueueSearch, me: Me | undefined): LiveListHandle {
  const key = searchText(search);
  const latest = useRef({ search, me });
  latest.current = { search, me };
  const list = useMemo(() => {
    const query = listQueryOf(latest.current.search);
    return new LiveList(
      (cursor, signal) =>
        call('listEscalations', {
          query: cursor === undefined ? { ...query, limit: firstPageSize } : { ...query, limit: pageSize, cursor },
          signal,
        }),
      query.order ?? 'urgency',
      (record) => belongs(record, latest.current.search, latest.current.me),
    );
    // The address is the list's identity.
  }, [key]);
  const range = useRef({ first: 0, last: 0 });

  useEffect(() => {
    void list.start();
    const refresh = (): void => {
      if (document.visibilityState === 'visible') void list.refresh(range.current.first, range.current.last);
    };
    const timer = window.setInterval(refresh, liveEveryMs);
    const forget = onRecord((record) => list.merge(record));
    document.addEventListener('visibilitychange', refresh);
    window.addEventListener('online', refresh);
    return () => {
      window.clearInterval(timer);
      forget();
      document.removeEventListener('visibilitychange', refresh);
      window.removeEventListener('online', refresh);
      list.close();
    };
  }, [list]);

  const state = useSyncExternalStore(list.subscribe, list.snapshot);
  return useMemo(
    () => ({
      state,
      loadMore: () => void list.loadMore(),
      retry: () => void list.start(),
      look: (first, last) => {
        range.current = { first, last };
      },
    }),
    [state, list],
  );
}
