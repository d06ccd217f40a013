import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { EscalationDetail } from '../api/types.ts';
import { similarQuery } from '../create/similar.ts';
import { t } from '../strings/index.ts';
import { SeverityBadge } from '../theme/badges.tsx';
import { Card } from './card.tsx';
import classes from './escalation.module.css';

/** Other open ones that may be the same thing: alike in title, or of the same account. */
export function Related({ record }: { readonly record: EscalationDetail }) {
  const found = useQuery(similarQuery(record.title ?? '', record.accountId));
  const others = (found.data ?? []).filter((other) => other.id !== record.id).slice(0, 6);
  return (
    <Card title={t.page.related}>
      {others.length === 0 ? (
        <p className={classes.quiet}>{found.isPending ? t.states.loading : t.page.relatedNone}</p>
      ) : (
        <ul className={classes.related}>
          {others.map((other) => (
            <li key={other.id}>
              <Link to="/escalations/$id" params={{ id: other.id }} className={classes.relatedLink}>
                <SeverityBadge severity={other.severity} />
                <span className={classes.relatedTitle}>{other.title ?? t.titleErased}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
