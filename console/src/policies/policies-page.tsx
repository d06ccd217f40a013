import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { routes } from '../../../contracts/routes.ts';
import { meQuery } from '../api/queries.ts';
import { EmptyState, ErrorState, RowsSkeleton } from '../shell/states.tsx';
import { t } from '../strings/index.ts';
import { Tag } from '../theme/badges.tsx';
import { CheckCard } from './check-card.tsx';
import { policiesQuery } from './queries.ts';
import classes from './policies.module.css';

const s = t.policies;

/** The policies in force. */
export function PoliciesPage() {
  const policies = useQuery(policiesQuery);
  const mayCheck =
    useQuery(meQuery).data?.roles.some((role) => routes.checkPolicies.roles.some((one) => one === role)) ?? false;
  return (
    <div className={classes.page}>
      <h1 className={classes.title}>{s.title}</h1>
      <p className={classes.lead}>{s.lead}</p>
      {policies.isPending ? <RowsSkeleton rows={4} height={52} /> : null}
      {policies.isError && policies.data === undefined ? (
        <ErrorState error={policies.error} onRetry={() => void policies.refetch()} />
      ) : null}
      {policies.data?.items.length === 0 ? <EmptyState title={s.empty} /> : null}
      <ul className={classes.list}>
        {(policies.data?.items ?? []).map((policy) => (
          <li key={policy.name}>
            <Link to="/policies/$name" params={{ name: policy.name }} className={classes.item}>
              <span className={classes.itemName}>{policy.name}</span>
              <span className="dim">{s.version(policy.version)}</span>
              <span className="dim">{s.tierCount(policy.tiers)}</span>
              {policy.drill ? <Tag tone="info">{s.excluded}</Tag> : null}
              <span className={classes.hash}>{policy.hash.slice(0, 12)}</span>
            </Link>
          </li>
        ))}
      </ul>
      {mayCheck ? (
        <p className={classes.lead}>
          <Button component={Link} to="/policies/try" variant="default">
            {s.tryChange}
          </Button>
        </p>
      ) : null}
      {mayCheck ? <CheckCard /> : null}
    </div>
  );
}
