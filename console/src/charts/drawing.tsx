import { BarChart, LineChart } from '@mantine/charts';
import { assertNever } from '../../../domain/assert-never.ts';
import type { ChartProps } from './chart.tsx';
import '@mantine/charts/styles.css';

type DrawingProps = ChartProps & Required<Pick<ChartProps, 'height' | 'format'>>;

const margin = { top: 6, right: 4, bottom: 0, left: 0 } as const;

/** The picture itself; the only importer of the chart library. */
export default function Drawing({ kind, series, rows, height, format }: DrawingProps) {
  const common = {
    h: height,
    data: rows.map((row) => ({
      label: row.label,
      ...Object.fromEntries(series.map(({ name }) => [name, row.values[name] ?? 0])),
    })),
    dataKey: 'label',
    series: series.map(({ name, label, color }) => ({ name, label, color })),
    valueFormatter: format,
    tickLine: 'none',
    gridAxis: 'x',
    strokeDasharray: '2 4',
    yAxisProps: { width: 34, allowDecimals: false },
    xAxisProps: { minTickGap: 14, interval: 'preserveStartEnd' },
    // Its tooltip moves within the picture; nothing of it is needed by keyboard, the table has it all.
    tooltipAnimationDuration: 0,
  } as const;
  switch (kind) {
    case 'bars':
      return (
        <BarChart
          {...common}
          data={[...common.data]}
          series={[...common.series]}
          type="stacked"
          maxBarWidth={26}
          barProps={{ isAnimationActive: false }}
          barChartProps={{ accessibilityLayer: false, margin }}
        />
      );
    case 'lines':
      return (
        <LineChart
          {...common}
          data={[...common.data]}
          series={[...common.series]}
          curveType="linear"
          withDots={false}
          strokeWidth={1.75}
          lineProps={{ isAnimationActive: false }}
          lineChartProps={{ accessibilityLayer: false, margin }}
        />
      );
    default:
      return assertNever(kind);
  }
}
