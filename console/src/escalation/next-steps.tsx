import { Button, Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { messageOf } from '../api/problem.ts';
import type { EscalationDetail, Forecast } from '../api/types.ts';
import { useNames } from '../people/names.ts';
import { t } from '../strings/index.ts';
import { Instant, TimeLeft } from '../time/instant.tsx';
import { Card } from './card.tsx';
import { describeStep } from './describe-step.ts';
import { groupSteps } from './step-groups.ts';
import type { StepGroup } from './step-groups.ts';
import classes from './escalation.module.css';

const shownAtFirst = 4;

interface NextStepsProps {
  readonly record: EscalationDetail;
  readonly forecast: UseQueryResult<Forecast>;
}

/** What the desk does by itself if nobody acts, with names and times. */
export function NextSteps({ record, forecast }: NextStepsProps) {
  useNames();
  const [isLong, setLong] = useState(false);
  const steps = forecast.data?.steps ?? [];
  const hasEnded = ['closed', 'cancelled', 'merged'].includes(record.state);
  const groups = groupSteps(steps);
  const shown = isLong ? groups : groups.slice(0, shownAtFirst);
  return (
    <Card title={t.page.next} aside={steps.length > 0 ? <span className="dim">{t.page.nextLead}</span> : undefined}>
      {forecast.isPending ? <Skeleton height={64} /> : null}
      {forecast.isError && forecast.data === undefined ? <p className="dim">{messageOf(forecast.error)}</p> : null}
      {forecast.isSuccess && steps.length === 0 ? (
        <p className={classes.quiet}>{hasEnded ? t.page.nextEnded : t.page.nextNothing}</p>
      ) : null}
      {shown.length > 0 ? (
        <ol className={classes.steps}>
          {shown.map((group, index) => (
            <Step key={group.at} group={group} isFirst={index === 0} />
          ))}
        </ol>
      ) : null}
      {groups.length > shownAtFirst ? (
        <Button variant="subtle" color="gray" size="compact-xs" onClick={() => setLong(!isLong)} aria-expanded={isLong}>
          {isLong ? t.page.showLess : `${t.page.showMore} (${groups.length - shownAtFirst})`}
        </Button>
      ) : null}
    </Card>
  );
}

/** When, counted down to the second; what happens then, one line each; the time of day. Hovering shows the exact instant. */
function Step({ group, isFirst }: { readonly group: StepGroup; readonly isFirst: boolean }) {
  const atMs = Date.parse(group.at);
  return (
    <li className={classes.step} data-first={isFirst}>
      <span className={classes.stepIn}>
        <TimeLeft atMs={atMs} />
      </span>
      <span className={classes.stepText}>
        {group.steps.map((step, index) => (
          <span key={`${step.kind}-${index}`} className={classes.stepLine}>
            {describeStep(step, group.steps[index - 1])}
          </span>
        ))}
      </span>
      <span className={classes.stepTime}>
        <Instant atMs={atMs} withSeconds />
      </span>
    </li>
  );
}
