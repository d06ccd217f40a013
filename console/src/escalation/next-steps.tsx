import { Button, Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { messageOf } from '../api/problem.ts';
import type { EscalationDetail, Forecast, ForecastStep } from '../api/types.ts';
import { useNames } from '../people/names.ts';
import { t } from '../strings/index.ts';
import { Countdown, Instant } from '../time/instant.tsx';
import { useNow } from '../time/ticker.ts';
import { Card } from './card.tsx';
import { describeStep } from './describe-step.ts';
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
  const shown = isLong ? steps : steps.slice(0, shownAtFirst);
  return (
    <Card title={t.page.next} aside={steps.length > 0 ? <span className="dim">{t.page.nextLead}</span> : undefined}>
      {forecast.isPending ? <Skeleton height={64} /> : null}
      {forecast.isError && forecast.data === undefined ? <p className="dim">{messageOf(forecast.error)}</p> : null}
      {forecast.isSuccess && steps.length === 0 ? (
        <p className={classes.quiet}>{hasEnded ? t.page.nextEnded : t.page.nextNothing}</p>
      ) : null}
      {shown.length > 0 ? (
        <ol className={classes.steps}>
          {shown.map((step, index) => (
            <Step key={`${step.at}-${step.kind}-${index}`} step={step} isFirst={index === 0} />
          ))}
        </ol>
      ) : null}
      {steps.length > shownAtFirst ? (
        <Button variant="subtle" color="gray" size="compact-xs" onClick={() => setLong(!isLong)} aria-expanded={isLong}>
          {isLong ? t.page.showLess : `${t.page.showMore} (${steps.length - shownAtFirst})`}
        </Button>
      ) : null}
    </Card>
  );
}

function Step({ step, isFirst }: { readonly step: ForecastStep; readonly isFirst: boolean }) {
  const atMs = Date.parse(step.at);
  const isPast = useNow((nowMs) => atMs < nowMs);
  return (
    <li className={classes.step} data-first={isFirst}>
      <span className={classes.stepTime}>
        <Instant atMs={atMs} />
      </span>
      <span className={classes.stepText}>{describeStep(step)}</span>
      <span className={classes.stepIn}>{isPast ? t.time.now : <Countdown atMs={atMs} />}</span>
    </li>
  );
}
