import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { call } from '../api/client.ts';
import { messageOf } from '../api/problem.ts';
import { t } from '../strings/index.ts';
import { Tag } from '../theme/badges.tsx';
import { Instant } from '../time/instant.tsx';
import classes from './home.module.css';

const s = t.home;
const everyMs = 30_000;

/** Whether the reconciler's books agree: what it found, repaired and left at its last check. */
export function Books() {
  const id = useId();
  const books = useQuery({
    queryKey: ['reconciler'],
    queryFn: ({ signal }) => call('getReconciler', { signal }),
    refetchInterval: everyMs,
  });
  const run = books.data?.lastRun ?? null;
  return (
    <section className={classes.board} aria-labelledby={id}>
      <div className={classes.boardHead}>
        <h2 id={id} className={classes.boardTitle}>
          {s.books}
        </h2>
        {run === null ? null : (
          <span className="dim">
            {s.booksAt} <Instant atMs={Date.parse(run.finishedAt)} />
          </span>
        )}
      </div>
      {books.isError && books.data === undefined ? <p className={classes.empty}>{messageOf(books.error)}</p> : null}
      {books.data !== undefined && run === null ? <p className={classes.empty}>{s.booksNever}</p> : null}
      {run === null ? null : (
        <>
          <dl className={classes.books}>
            {(['lost', 'orphaned', 'stuck'] as const).map((name) => (
              <div key={name}>
                <dt>{s.booksNames[name]}</dt>
                <dd>
                  <Tag tone={run[name].left > 0 ? 'danger' : 'good'}>{s.booksLeft(run[name].left)}</Tag>{' '}
                  <span className="dim">{s.booksFound(run[name].found, run[name].repaired)}</span>
                </dd>
              </div>
            ))}
          </dl>
          <ul className={classes.rows}>
            {run.left.map((left) => (
              <li key={left.escalationId}>
                <Link to="/escalations/$id" params={{ id: left.escalationId }} className="link">
                  {left.escalationId}
                </Link>{' '}
                <span className="dim">{left.faults.join(', ').replaceAll('_', ' ')}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
