import { Link } from '@tanstack/react-router';
import type { Escalation } from '../api/types.ts';
import { t } from '../strings/index.ts';
import { SeverityBadge, StateBadge } from '../theme/badges.tsx';
import { Person } from '../theme/person.tsx';
import { Countdown } from '../time/instant.tsx';
import classes from './home.module.css';

/** What an account is waiting for: the update or the end that is due next. */
function waitsFor(item: Escalation): Escalation['clocks'][number] | null {
  const running = item.clocks.filter(
    (clock) => clock.status === 'running' && (clock.dueAt ?? clock.breachedAt) !== null,
  );
  const owed = running.filter((clock) => clock.clock !== 'acknowledge');
  return (
    (owed.length > 0 ? owed : running).toSorted((a, b) =>
      (a.breachedAt ?? a.dueAt ?? '') < (b.breachedAt ?? b.dueAt ?? '') ? -1 : 1,
    )[0] ?? null
  );
}

/** Each account with its open escalations and what it is waiting for. */
export function AccountTable({ items }: { readonly items: readonly Escalation[] }) {
  const accounts = Map.groupBy(items, (item) => item.accountId ?? '');
  if (items.length === 0) return <p className={classes.empty}>{t.home.accountsEmpty}</p>;
  return (
    <>
      {[...accounts].map(([account, own]) => (
        <section key={account} className={classes.board}>
          <div className={classes.boardHead}>
            <h2 className={classes.boardTitle}>
              {account === '' ? t.page.noTeam : account} <span className="dim tabular">{own.length}</span>
            </h2>
          </div>
          <ul className={classes.rows}>
            {own.map((item) => {
              const waits = waitsFor(item);
              const at = waits?.breachedAt ?? waits?.dueAt ?? null;
              return (
                <li key={item.id}>
                  <Link
                    to="/escalations/$id"
                    params={{ id: item.id }}
                    className={`${classes.row} ${classes.accountRow}`}
                  >
                    <SeverityBadge severity={item.severity} />
                    <span className={classes.rowTitle}>{item.title ?? t.titleErased}</span>
                    <span className={classes.rowState}>
                      <StateBadge state={item.state} />
                    </span>
                    <span className={classes.rowOwner}>
                      <Person id={item.assignee} />
                    </span>
                    <span className={classes.rowNext}>
                      {waits === null || at === null ? (
                        <span className="dim">–</span>
                      ) : (
                        <>
                          <span className={classes.rowClock}>{t.clock[waits.clock]}</span>
                          <Countdown
                            atMs={Date.parse(at)}
                            className={waits.breachedAt === null ? classes.soon : classes.late}
                          />
                        </>
                      )}
                    </span>
                  </Link>
                </li>
              );
            })}
          </ul>
        </section>
      ))}
    </>
  );
}
