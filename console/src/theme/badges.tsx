import type { Escalation } from '../api/types.ts';
import { t } from '../strings/index.ts';
import classes from './badges.module.css';

/** How bad it is: always in words, the colour only helps. */
export function SeverityBadge({ severity }: { readonly severity: Escalation['severity'] }) {
  return (
    <span className={classes.severity} data-severity={severity} title={t.severityLong[severity]}>
      {t.severity[severity]}
    </span>
  );
}

/** The state with a mark that fills as the work goes on. */
export function StateBadge({ state }: { readonly state: Escalation['state'] }) {
  return (
    <span className={classes.state}>
      <StateMark state={state} />
      {t.state[state]}
    </span>
  );
}

const progress: Readonly<Record<Escalation['state'], number>> = {
  received: 0,
  acknowledged: 0.25,
  investigating: 0.5,
  resolved: 1,
  rca: 1,
  closed: 1,
  cancelled: 1,
  merged: 1,
};

function StateMark({ state }: { readonly state: Escalation['state'] }) {
  const share = progress[state];
  const around = 100;
  return (
    <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" className={classes.mark} data-state={state}>
      <circle
        cx="7"
        cy="7"
        r="5.750"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.500"
        strokeDasharray={share === 0 ? '2.4 1.6' : undefined}
      />
      <circle
        cx="7"
        cy="7"
        r="1.750"
        fill="none"
        stroke="currentColor"
        strokeWidth="3.500"
        pathLength={100}
        strokeDasharray={`${share * around} ${around}`}
        transform="rotate(-90 7 7)"
      />
    </svg>
  );
}

/** The four steps of the ladder with the one that was reached. */
export function TierMark({ tier }: { readonly tier: number }) {
  return (
    <span className={classes.tier} title={t.tier(tier)}>
      <span className={classes.steps} aria-hidden="true">
        {[1, 2, 3, 4].map((step) => (
          <span key={step} data-on={step <= tier} data-high={tier >= 3} />
        ))}
      </span>
      <span className="sr-only">{t.tier(tier)}</span>
      <span aria-hidden="true">{tier}</span>
    </span>
  );
}

export type Tone = 'plain' | 'danger' | 'warn' | 'good' | 'info';

export function Tag({
  tone,
  children,
  title,
}: {
  readonly tone: Tone;
  readonly children: string;
  readonly title?: string;
}) {
  return (
    <span className={classes.tag} data-tone={tone} title={title}>
      {children}
    </span>
  );
}
