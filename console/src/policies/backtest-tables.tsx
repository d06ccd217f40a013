import { Chart } from '../charts/chart.tsx';
import { t } from '../strings/index.ts';
import { SeverityBadge } from '../theme/badges.tsx';
import { stepsOfDays, type BacktestPage } from './merge-backtest.ts';
import classes from './policies.module.css';

const s = t.policies;
const mostSteps = 40;
const shownChanges = 12;

const sides = [
  { name: 'before', label: s.before, color: 'var(--tl-chart-sev4)' },
  { name: 'after', label: s.after, color: 'var(--tl-bar-run)' },
] as const;
const changes = [
  { name: 'added', label: s.added, color: 'var(--tl-bar-breach)' },
  { name: 'avoided', label: s.avoided, color: 'var(--tl-bar-met)' },
] as const;

/** What a backtest has found, as pictures and as tables. */
export function BacktestTables({ found }: { readonly found: BacktestPage }) {
  const rows = found.severities.filter(({ escalations }) => escalations > 0);
  const days = stepsOfDays(found.days, mostSteps);
  return (
    <>
      <div className={classes.scroll} tabIndex={0} role="region" aria-label={s.bySeverity}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t.queue.filters.severity}</th>
              <th scope="col">{s.escalations}</th>
              <th scope="col">{s.differing}</th>
              {[s.pages, s.breaches].flatMap((side) => [
                <th key={`${side} before`} scope="col">{`${side}, ${s.before}`}</th>,
                <th key={`${side} after`} scope="col">{`${side}, ${s.after}`}</th>,
                <th key={`${side} added`} scope="col">{`${side}, ${s.added}`}</th>,
                <th key={`${side} avoided`} scope="col">{`${side}, ${s.avoided}`}</th>,
              ])}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.severity}>
                <th scope="row">
                  <SeverityBadge severity={row.severity} />
                </th>
                {[
                  row.escalations,
                  row.differing,
                  ...[row.pages, row.breaches].flatMap((side) => [side.before, side.after, side.added, side.avoided]),
                ].map((value, index) => (
                  <td key={index} className="tabular">
                    {value.toLocaleString('en')}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {found.changes.length === 0 ? (
        <p className={classes.lead}>{s.noDifference}</p>
      ) : (
        <>
          <div className={classes.pictures}>
            <div>
              <h3 className={classes.small}>{s.pagesChanged}</h3>
              <Chart
                kind="bars"
                label={s.pagesChanged}
                rowHeading={t.queue.filters.severity}
                series={changes}
                rows={rows.map(({ severity, pages: { added, avoided } }) => ({
                  label: t.severity[severity],
                  values: { added, avoided },
                }))}
              />
            </div>
            <div>
              <h3 className={classes.small}>{s.breachesChanged}</h3>
              <Chart
                kind="bars"
                label={s.breachesChanged}
                rowHeading={t.queue.filters.severity}
                series={changes}
                rows={rows.map(({ severity, breaches: { added, avoided } }) => ({
                  label: t.severity[severity],
                  values: { added, avoided },
                }))}
              />
            </div>
            <div>
              <h3 className={classes.small}>{s.pagesOverTime}</h3>
              <Chart
                kind="lines"
                label={s.pagesOverTime}
                rowHeading={s.day}
                series={sides}
                rows={days.map(({ day, pages }) => ({ label: day, values: pages }))}
              />
            </div>
            <div>
              <h3 className={classes.small}>{s.breachesOverTime}</h3>
              <Chart
                kind="lines"
                label={s.breachesOverTime}
                rowHeading={s.day}
                series={sides}
                rows={days.map(({ day, breaches }) => ({ label: day, values: breaches }))}
              />
            </div>
          </div>
          <ul className={classes.plain}>
            {found.changes.slice(0, shownChanges).map((change) => (
              <li key={`${change.severity} ${change.kind} ${change.change} ${change.what}`}>
                {s.changed(change.times, t.severity[change.severity], s.kinds[change.kind], s.changes[change.change])}:{' '}
                {change.what.replaceAll('_', ' ')}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
