import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { channels } from '../../../domain/escalation/vocabulary.ts';
import type { Channel } from '../../../domain/escalation/vocabulary.ts';
import { call } from '../api/client.ts';
import type { ListQuery } from '../api/types.ts';
import { t } from '../strings/index.ts';
import { listQueryOf, searchText } from './filters.ts';
import type { QueueSearch } from './filters.ts';
import classes from './queue.module.css';

const maxPages = 5;
const everyMs = 6_000;

interface Counts {
  readonly byChannel: ReadonlyMap<Channel, number>;
  readonly all: number;
  /** There are more than were looked at. */
  readonly isPartial: boolean;
}

/** Counts what the filters find, channel by channel, within a bounded number of pages. */
function countsQuery(query: ListQuery) {
  return {
    queryKey: ['channel-counts', query],
    queryFn: async ({ signal }: { readonly signal: AbortSignal }): Promise<Counts> => {
      const byChannel = new Map<Channel, number>();
      let all = 0;
      let cursor: string | undefined;
      for (let page = 0; page < maxPages; page += 1) {
        const answer = await call('listEscalations', {
          query: { ...query, limit: '200', ...(cursor === undefined ? {} : { cursor }) },
          signal,
        });
        for (const { channel } of answer.items) byChannel.set(channel, (byChannel.get(channel) ?? 0) + 1);
        all += answer.items.length;
        cursor = answer.nextCursor ?? undefined;
        if (cursor === undefined) break;
      }
      return { byChannel, all, isPartial: cursor !== undefined };
    },
    refetchInterval: everyMs,
    placeholderData: keepPreviousData,
  };
}

/** One tab for each channel, in the address as any filter is; those without anything stand back. */
export function ChannelTabs({ search }: { readonly search: QueueSearch }) {
  const { channel: _channel, ...others } = search;
  const counts = useQuery(countsQuery(listQueryOf(others))).data;
  const tab = (name: string, count: number | undefined, to: QueueSearch) => {
    const isHere = searchText(to) === searchText(search);
    const shown = count === undefined ? '' : t.queue.countPlain(count, counts?.isPartial ?? false);
    return (
      <li key={name}>
        <Link
          to="/queue"
          search={to}
          replace
          className={classes.tab}
          data-active={isHere}
          data-none={count === 0}
          aria-current={isHere ? 'true' : undefined}
        >
          {name}{' '}
          <span className={`${classes.tabCount} tabular`}>
            {shown}
            {shown === '' ? null : <span className="sr-only"> {t.queue.openOnes}</span>}
          </span>
        </Link>
      </li>
    );
  };
  return (
    <nav aria-label={t.queue.channels}>
      <ul className={classes.tabs}>
        {tab(t.queue.allChannels, counts?.all, others)}
        {channels.map((one) =>
          tab(t.channel[one], counts === undefined ? undefined : (counts.byChannel.get(one) ?? 0), {
            ...others,
            channel: one,
          }),
        )}
      </ul>
    </nav>
  );
}
