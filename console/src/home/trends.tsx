import { useQuery } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { serverNowMs } from '../api/clock-skew.ts';
import type { Escalation } from '../api/types.ts';
import { t } from '../strings/index.ts';
import { clockTime } from '../time/format.ts';
import { deadlinesByHour, receivedByDay } from './received.ts';
import { SeverityChart } from './severity-chart.tsx';
import type { Open } from './use-open.ts';

const s = t.home;
const days = 14;
const hoursAhead = 12;
const maxPages = 5;
const everyMs = 60_000;
const dayMs = 24 * 3_600_000;
const dayLabel = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** The newest escalations, ended ones too, as far back as the picture reaches or as a bounded number of pages does. */
const receivedQuery = {
  queryKey: ['received'],
  queryFn: async ({ signal }: { readonly signal: AbortSignal }) => {
    const items: Escalation[] = [];
    const fromMs = serverNowMs() - days * dayMs;
    let cursor: string | undefined;
    for (let page = 0; page < maxPages; page += 1) {
      const answer = await call('listEscalations', {
        query: { order: 'newest', state: 'all', limit: '200', ...(cursor === undefined ? {} : { cursor }) },
        signal,
      });
      items.push(...answer.items);
      cursor = answer.nextCursor ?? undefined;
      const last = answer.items.at(-1);
      if (cursor === undefined || (last !== undefined && Date.parse(last.createdAt) < fromMs)) {
        return { items, sinceMs: 0 };
      }
    }
    return { items, sinceMs: Date.parse(items.at(-1)?.createdAt ?? '') };
  },
  refetchInterval: everyMs,
};

/** What came in, day by day. Drills are no trend. */
export function ReceivedTrend() {
  const received = useQuery(receivedQuery).data;
  if (received === undefined) return null;
  const items = received.items.filter((item) => !item.drill);
  const steps = receivedByDay(items, serverNowMs(), days, received.sinceMs);
  return (
    <SeverityChart
      title={s.received}
      note={received.sinceMs === 0 ? undefined : s.receivedPartial(items.length)}
      empty={s.receivedEmpty}
      rowHeading={s.day}
      steps={steps}
      labelOf={(startMs) => dayLabel.format(startMs)}
    />
  );
}

/** When the deadlines of what is open come, hour by hour: where help will be needed. */
export function DeadlinesAhead({ open }: { readonly open: Open }) {
  const nowMs = new Date(serverNowMs()).setMinutes(0, 0, 0);
  return (
    <SeverityChart
      title={s.ahead(hoursAhead)}
      note={open.isPartial ? s.receivedPartial(open.items.length) : undefined}
      empty={s.aheadEmpty(hoursAhead)}
      rowHeading={s.fromHour}
      steps={deadlinesByHour(open.items, nowMs, hoursAhead)}
      labelOf={clockTime}
    />
  );
}
