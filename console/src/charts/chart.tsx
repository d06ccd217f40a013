import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import classes from './chart.module.css';

export interface ChartSeries {
  /** Names its values in the rows. */
  readonly name: string;
  readonly label: string;
  /** A colour of CSS, best a variable of `theme/app.css`: it has to hold in light and dark. */
  readonly color: string;
}

export interface ChartRow {
  /** Stands below its place on the axis. */
  readonly label: string;
  /** By the name of the series; one that is missing is nought. */
  readonly values: Readonly<Record<string, number>>;
}

export interface ChartProps {
  /** `bars` are stacked; `lines` join the rows in straight pieces. */
  readonly kind: 'bars' | 'lines';
  /** Says what the picture shows, for whoever does not see it. */
  readonly label: string;
  readonly series: readonly ChartSeries[];
  readonly rows: readonly ChartRow[];
  /** In CSS pixels. */
  readonly height?: number;
  /** Heads the labels of the rows in the table that stands for the picture. */
  readonly rowHeading: string;
  /** Words for a value; a plain number otherwise. */
  readonly format?: (value: number) => string;
}

const Drawing = lazy(() => import('./drawing.tsx'));
const plainNumber = (value: number): string => value.toLocaleString();

/**
 * A picture of numbers. The library that draws it is loaded after the page, into a place as high as the picture will be;
 * the same numbers stand beside it as a table for screen readers.
 */
export function Chart({ height = 180, format = plainNumber, ...props }: ChartProps) {
  const { label, rowHeading, rows, series } = props;
  return (
    <figure className={classes.figure}>
      <div style={{ height }} aria-hidden="true">
        <Suspense fallback={<Skeleton height={height} />}>
          <Drawing {...props} height={height} format={format} />
        </Suspense>
      </div>
      <table className="sr-only">
        <caption>{label}</caption>
        <thead>
          <tr>
            <th scope="col">{rowHeading}</th>
            {series.map((one) => (
              <th key={one.name} scope="col">
                {one.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.label}>
              <th scope="row">{row.label}</th>
              {series.map((one) => (
                <td key={one.name}>{format(row.values[one.name] ?? 0)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <ul className={classes.legend} aria-hidden="true">
        {series.map((one) => (
          <li key={one.name}>
            <span className={classes.swatch} style={{ background: one.color }} />
            {one.label}
          </li>
        ))}
      </ul>
    </figure>
  );
}
