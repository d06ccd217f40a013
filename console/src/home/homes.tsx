import { t } from '../strings/index.ts';
import type { Escalation, Me } from '../api/types.ts';
import { Board, Frame, Tiles } from './board.tsx';
import { Bars } from './bars.tsx';
import { Books } from './books.tsx';
import { DeadlinesAhead, ReceivedTrend } from './trends.tsx';
import { useOpen } from './use-open.ts';
import { AccountTable } from './account-table.tsx';
import { breachingSoon } from '../queue/views.ts';
import { severities } from '../../../domain/escalation/vocabulary.ts';
import classes from './home.module.css';

const s = t.home;
const hourMs = 3_600_000;

export function breachesWithin(record: Escalation, nowMs: number, withinMs: number): boolean {
  const next = record.nextBreach;
  return record.paused === null && next !== null && !next.breached && Date.parse(next.dueAt) - nowMs <= withinMs;
}

const isWork = (record: Escalation): boolean => ['received', 'acknowledged', 'investigating'].includes(record.state);
const isBreached = (record: Escalation): boolean => record.paused === null && record.nextBreach?.breached === true;
const oldestFirst = (a: Escalation, b: Escalation): number => (a.id < b.id ? -1 : 1);

export function ResponderHome({ me }: { readonly me: Me }) {
  const open = useOpen();
  const nowMs = Date.now();
  const mine = open.items.filter((item) => item.assignee === me.id);
  const unowned = open.items.filter((item) => item.assignee === null && isWork(item));
  const breaching = open.items.filter((item) => breachesWithin(item, nowMs, hourMs));
  return (
    <Frame title={s.greeting.responder} open={open}>
      <Tiles
        tiles={[
          { label: s.tiles.mine, count: mine.length, search: { assignee: 'me' } },
          { label: s.tiles.unowned, count: unowned.length, search: { assignee: 'none' } },
          {
            label: s.tiles.breaching,
            count: breaching.length,
            tone: 'warn',
            search: breachingSoon,
          },
          {
            label: s.tiles.breached,
            count: open.items.filter(isBreached).length,
            tone: 'danger',
            search: { breached: 'true' },
          },
        ]}
        isPartial={open.isPartial}
      />
      <Board title={s.mine} items={mine} empty={s.mineEmpty} search={{ assignee: 'me' }} />
      <Board title={s.unowned} items={unowned} empty={s.unownedEmpty} search={{ assignee: 'none' }} />
      <Board
        title={s.breachingElsewhere}
        items={breaching.filter((item) => item.assignee !== null && item.assignee !== me.id)}
        empty={s.breachingElsewhereEmpty}
        search={breachingSoon}
      />
    </Frame>
  );
}

export function AccountManagerHome() {
  const open = useOpen();
  const nowMs = Date.now();
  return (
    <Frame title={s.greeting.account_manager} open={open}>
      <Tiles
        tiles={[
          { label: s.tiles.open, count: open.items.length, search: {} },
          {
            label: s.tiles.breaching,
            count: open.items.filter((item) => breachesWithin(item, nowMs, hourMs)).length,
            tone: 'warn',
            search: breachingSoon,
          },
          {
            label: s.tiles.breached,
            count: open.items.filter(isBreached).length,
            tone: 'danger',
            search: { breached: 'true' },
          },
        ]}
        isPartial={open.isPartial}
      />
      <AccountTable items={open.items} />
    </Frame>
  );
}

export function ProgrammeHome() {
  const open = useOpen();
  const nowMs = Date.now();
  const uncovered = open.items.filter((item) => item.uncovered || item.exhausted);
  const breaching = open.items.filter((item) => breachesWithin(item, nowMs, hourMs));
  const breached = open.items.filter(isBreached);
  return (
    <Frame title={s.greeting.programme_manager} open={open}>
      <Tiles
        tiles={[
          { label: s.tiles.open, count: open.items.length, search: {} },
          { label: s.tiles.breached, count: breached.length, tone: 'danger', search: { breached: 'true' } },
          {
            label: s.tiles.breaching,
            count: breaching.length,
            tone: 'warn',
            search: breachingSoon,
          },
          { label: s.tiles.uncovered, count: uncovered.length, tone: 'danger', search: { uncovered: 'true' } },
          {
            label: s.tiles.unowned,
            count: open.items.filter((item) => item.assignee === null).length,
            search: { assignee: 'none' },
          },
          {
            label: s.tiles.paused,
            count: open.items.filter((item) => item.paused !== null).length,
            search: { paused: 'true' },
          },
        ]}
        isPartial={open.isPartial}
      />
      <div className={classes.charts}>
        <DeadlinesAhead open={open} />
        <ReceivedTrend />
      </div>
      <Books />
      <Board title={s.uncovered} items={uncovered} empty={s.uncoveredEmpty} search={{ uncovered: 'true' }} />
      <Board title={s.breached} items={breached} empty={s.breachedEmpty} search={{ breached: 'true' }} />
      <Board title={s.breaching} items={breaching} empty={s.breachingEmpty} search={breachingSoon} />
      <Board
        title={s.ageing}
        items={open.items.filter(isWork).toSorted(oldestFirst)}
        empty={s.ageingEmpty}
        search={{}}
      />
    </Frame>
  );
}

export function LeaderHome() {
  const open = useOpen();
  const top = open.items.filter((item) => isWork(item) && (item.severity === 'sev1' || item.severity === 'sev2'));
  const count = (keep: (item: Escalation) => boolean): number => open.items.filter(keep).length;
  return (
    <Frame title={s.greeting.leader} open={open}>
      <Tiles
        tiles={[
          {
            label: s.tiles.sev1,
            count: count((item) => item.severity === 'sev1' && isWork(item)),
            tone: 'danger',
            search: { severity: 'sev1' },
          },
          { label: s.tiles.tier, count: count((item) => item.tier >= 3), tone: 'warn', search: { tier: '3,4' } },
          { label: s.tiles.breached, count: count(isBreached), tone: 'danger', search: { breached: 'true' } },
          { label: s.tiles.open, count: open.items.length, search: {} },
        ]}
        isPartial={open.isPartial}
      />
      <Board title={s.top} items={top} empty={s.topEmpty} search={{ severity: 'sev1,sev2' }} />
      <ReceivedTrend />
      <div className={classes.charts}>
        <Bars
          title={s.bySeverity}
          rows={severities.map((severity) => ({
            label: t.severity[severity],
            count: count((item) => item.severity === severity),
            search: { severity },
          }))}
        />
        <Bars title={s.byChannel} rows={channelRows(open.items)} />
      </div>
    </Frame>
  );
}

function channelRows(items: readonly Escalation[]) {
  const counts = new Map<Escalation['channel'], number>();
  for (const item of items) counts.set(item.channel, (counts.get(item.channel) ?? 0) + 1);
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .map(([channel, count]) => ({ label: t.channel[channel], count, search: { channel } }));
}
