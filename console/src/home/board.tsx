import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import type { ReactNode } from 'react';
import type { Escalation } from '../api/types.ts';
import type { QueueSearch } from '../queue/filters.ts';
import { ErrorState, RowsSkeleton } from '../shell/states.tsx';
import { t } from '../strings/index.ts';
import { SeverityBadge, StateBadge, TierMark } from '../theme/badges.tsx';
import { Person } from '../theme/person.tsx';
import { Age, Countdown } from '../time/instant.tsx';
import type { Open } from './use-open.ts';
import classes from './home.module.css';

const shownRows = 6;

export function Frame({
  title,
  open,
  children,
}: {
  readonly title: string;
  readonly open: Open;
  readonly children: ReactNode;
}) {
  return (
    <div className={classes.page}>
      <h1 className={classes.title}>{title}</h1>
      {open.error === null ? null : <ErrorState error={open.error} onRetry={open.retry} />}
      {open.isPending ? <RowsSkeleton rows={10} height={44} /> : null}
      {open.error === null && !open.isPending ? children : null}
    </div>
  );
}

export interface Tile {
  readonly label: string;
  readonly count: number;
  readonly tone?: 'warn' | 'danger';
  readonly search: QueueSearch;
}

/** The numbers that matter, each leading to the queue that it counts. */
export function Tiles({ tiles, isPartial }: { readonly tiles: readonly Tile[]; readonly isPartial: boolean }) {
  return (
    <div className={classes.tiles}>
      {tiles.map((tile) => (
        <Link key={tile.label} to="/queue" search={tile.search} className={classes.tile}>
          <span className={`${classes.tileCount} tabular`} data-tone={tile.count > 0 ? tile.tone : undefined}>
            {t.queue.countPlain(tile.count, isPartial)}
          </span>
          <span className={classes.tileLabel}>{tile.label}</span>
        </Link>
      ))}
    </div>
  );
}

interface BoardProps {
  readonly title: string;
  readonly items: readonly Escalation[];
  readonly empty: string;
  readonly search: QueueSearch;
}

/** A short list with a way to the long one. */
export function Board({ title, items, empty, search }: BoardProps) {
  const id = useId();
  return (
    <section className={classes.board} aria-labelledby={id}>
      <div className={classes.boardHead}>
        <h2 id={id} className={classes.boardTitle}>
          {title} <span className="dim tabular">{items.length > 0 ? items.length.toLocaleString() : ''}</span>
        </h2>
        {items.length > shownRows ? (
          <Link to="/queue" search={search} className="link" aria-label={`${t.home.seeAll}: ${title}`}>
            {t.home.seeAll}
          </Link>
        ) : null}
      </div>
      {items.length === 0 ? <p className={classes.empty}>{empty}</p> : null}
      <ul className={classes.rows}>
        {items.slice(0, shownRows).map((item) => (
          <li key={item.id}>
            <Link to="/escalations/$id" params={{ id: item.id }} className={classes.row}>
              <SeverityBadge severity={item.severity} />
              <span className={classes.rowTitle}>{item.title ?? t.titleErased}</span>
              <span className={classes.rowState}>
                <StateBadge state={item.state} />
              </span>
              <span className={classes.rowTier}>
                <TierMark tier={item.tier} />
              </span>
              <span className={classes.rowOwner}>
                <Person id={item.assignee} />
              </span>
              <span className={classes.rowNext}>
                <Deadline item={item} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Deadline({ item }: { readonly item: Escalation }) {
  if (item.paused !== null) return <span className="dim">{t.queue.paused}</span>;
  if (item.nextBreach === null) return <Age sinceMs={Date.parse(item.createdAt)} className="dim" />;
  return (
    <>
      <span className={classes.rowClock}>{t.clock[item.nextBreach.clock]}</span>
      <Countdown
        atMs={Date.parse(item.nextBreach.dueAt)}
        className={item.nextBreach.breached ? classes.late : classes.soon}
      />
    </>
  );
}
