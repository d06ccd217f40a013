import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import type { QueueSearch } from '../queue/filters.ts';
import classes from './home.module.css';

export interface BarRow {
  readonly label: string;
  readonly count: number;
  readonly search: QueueSearch;
}

/** Counts as bars: the words and numbers say it, the bars make it quick. */
export function Bars({ title, rows }: { readonly title: string; readonly rows: readonly BarRow[] }) {
  const id = useId();
  const most = Math.max(1, ...rows.map((row) => row.count));
  return (
    <section className={classes.board} aria-labelledby={id}>
      <div className={classes.boardHead}>
        <h2 id={id} className={classes.boardTitle}>
          {title}
        </h2>
      </div>
      <ul className={classes.rows}>
        {rows.map((row) => (
          <li key={row.label}>
            <Link to="/queue" search={row.search} className={classes.barRow}>
              <span>{row.label}</span>
              <span className={classes.barTrack} aria-hidden="true">
                <span className={classes.barFill} style={{ width: `${(row.count / most) * 100}%` }} />
              </span>
              <span className="tabular">{row.count.toLocaleString()}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
