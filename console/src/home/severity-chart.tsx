import { useId } from 'react';
import { severities } from '../../../domain/escalation/vocabulary.ts';
import { Chart } from '../charts/chart.tsx';
import { t } from '../strings/index.ts';
import { isEmpty } from './received.ts';
import type { Step } from './received.ts';
import classes from './home.module.css';

interface SeverityChartProps {
  readonly title: string;
  readonly note?: string | undefined;
  readonly empty: string;
  readonly rowHeading: string;
  readonly steps: readonly Step[];
  readonly labelOf: (startMs: number) => string;
}

const series = severities.map((severity) => ({
  name: severity,
  label: t.severity[severity],
  color: `var(--tl-chart-${severity})`,
}));

/** Counts over time, stacked by severity. */
export function SeverityChart({ title, note, empty, rowHeading, steps, labelOf }: SeverityChartProps) {
  const id = useId();
  return (
    <section className={classes.board} aria-labelledby={id}>
      <div className={classes.boardHead}>
        <h2 id={id} className={classes.boardTitle}>
          {title}
        </h2>
        {note === undefined ? null : <span className="dim">{note}</span>}
      </div>
      {isEmpty(steps) ? (
        <p className={classes.empty}>{empty}</p>
      ) : (
        <div className={classes.chart}>
          <Chart
            kind="bars"
            label={title}
            rowHeading={rowHeading}
            series={series}
            rows={steps.map((step) => ({ label: labelOf(step.startMs), values: { ...step.counts } }))}
          />
        </div>
      )}
    </section>
  );
}
