import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { clockNames, severities } from '../../../domain/escalation/vocabulary.ts';
import type { Policy } from '../../../domain/policy/policy.ts';
import { routes } from '../../../contracts/routes.ts';
import { meQuery } from '../api/queries.ts';
import { targetName } from '../escalation/describe.ts';
import { useNames } from '../people/names.ts';
import { EmptyState, ErrorState, RowsSkeleton } from '../shell/states.tsx';
import { t } from '../strings/index.ts';
import { SeverityBadge, Tag } from '../theme/badges.tsx';
import { duration } from '../time/format.ts';
import { MigrationCard } from './migration-card.tsx';
import { PreviewCard } from './preview-card.tsx';
import { SituationCard } from './situation-card.tsx';
import { policyQuery } from './queries.ts';
import classes from './policies.module.css';

const s = t.policies;

/** One policy as tables, and what it does as a picture. */
export function PolicyPage() {
  const { name } = useParams({ from: '/policies/$name' });
  const query = useQuery(policyQuery(name));
  useNames();
  const mayMove =
    useQuery(meQuery).data?.roles.some((role) => routes.previewMigration.roles.some((one) => one === role)) ?? false;
  if (query.data === undefined) {
    return query.isError ? (
      <ErrorState isPage error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <RowsSkeleton rows={8} height={44} />
    );
  }
  const { detail, policy } = query.data;
  return (
    <div className={classes.page}>
      <p className={classes.crumb}>
        <Link to="/policies" className="link">
          {s.title}
        </Link>
      </p>
      <h1 className={classes.title}>
        {detail.name} <span className={classes.version}>{s.version(detail.version)}</span>{' '}
        {detail.drill ? <Tag tone="info">{s.excluded}</Tag> : null}
      </h1>
      {policy === null ? <EmptyState title={s.unknownShape} /> : <Loaded policy={policy} />}
      {mayMove ? <MigrationCard name={detail.name} version={detail.version} /> : null}
    </div>
  );
}

function Loaded({ policy }: { readonly policy: Policy }) {
  return (
    <>
      <PreviewCard policy={policy} />
      <SituationCard name={policy.name} />
      <h2 className={classes.heading}>{s.tiers}</h2>
      <p className={classes.lead}>
        {s.repeats(policy.repeats)} {s.fallback}: {policy.fallback.map(targetName).join(', ')}.
      </p>
      <Tiers policy={policy} />
      <h2 className={classes.heading}>{s.clocks}</h2>
      <Clocks policy={policy} />
      {policy.volumeRules.length === 0 ? null : (
        <>
          <h2 className={classes.heading}>{s.volume}</h2>
          <ul className={classes.plain}>
            {policy.volumeRules.map((rule) => (
              <li key={rule.atCount}>{s.volumeRule(rule.atCount, t.severity[rule.raiseTo])}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function SeverityHeads() {
  return severities.map((severity) => (
    <th key={severity} scope="col">
      <SeverityBadge severity={severity} />
    </th>
  ));
}

function Tiers({ policy }: { readonly policy: Policy }) {
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={s.tiers}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{s.tier}</th>
            <th scope="col">{s.tierTarget}</th>
            <SeverityHeads />
          </tr>
        </thead>
        <tbody>
          {policy.tiers.map((rule) => (
            <tr key={rule.tier}>
              <th scope="row">{t.tier(rule.tier)}</th>
              <td>{rule.targets.map(targetName).join(', ')}</td>
              {severities.map((severity) => (
                <td key={severity} className="tabular">
                  {duration(rule.acknowledgeWithinMs[severity])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Clocks({ policy }: { readonly policy: Policy }) {
  const used = clockNames.filter((name) =>
    severities.some((severity) => policy.severities[severity].clocks[name] !== undefined),
  );
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={s.clocks}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{s.clock}</th>
            <SeverityHeads />
          </tr>
        </thead>
        <tbody>
          {used.map((name) => (
            <tr key={name}>
              <th scope="row">{t.clock[name]}</th>
              {severities.map((severity) => {
                const rule = policy.severities[severity].clocks[name];
                return (
                  <td key={severity} className="tabular">
                    {rule === undefined ? (
                      <span className="dim">–</span>
                    ) : (
                      <>
                        {duration(rule.targetMs)}
                        {rule.calendar === 'always' ? null : <span className={classes.sub}>{rule.calendar}</span>}
                        {rule.warnAtPercent.length === 0 ? null : (
                          <span className={classes.sub}>{s.warnsAt(rule.warnAtPercent)}</span>
                        )}
                      </>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
          <tr>
            <th scope="row">{s.rca}</th>
            {severities.map((severity) => (
              <td key={severity}>{policy.severities[severity].rcaRequired ? s.yes : s.no}</td>
            ))}
          </tr>
          <tr>
            <th scope="row">{s.idle}</th>
            {severities.map((severity) => {
              const after = policy.severities[severity].repageIdleAfterMs;
              return (
                <td key={severity} className="tabular">
                  {after === null ? <span className="dim">–</span> : duration(after)}
                </td>
              );
            })}
          </tr>
        </tbody>
      </table>
    </div>
  );
}
