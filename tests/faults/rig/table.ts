import type { FaultResult } from './run-fault.ts';

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

const columns: readonly (readonly [string, (result: FaultResult) => string])[] = [
  ['fault', ({ title }) => title],
  ['down s', ({ outageMs }) => seconds(outageMs)],
  ['accepted', ({ accepted, acceptedMeanwhile }) => `${accepted} (${acceptedMeanwhile})`],
  ['repeats', ({ counted }) => String(counted)],
  ['commands', ({ commandsDone }) => String(commandsDone)],
  ['moves', ({ moves, dueMeanwhile }) => `${moves} (${dueMeanwhile})`],
  ['pages', ({ pages, pagesRepeated }) => `${pages} (${pagesRepeated})`],
  ['lost', ({ lost }) => String(lost)],
  ['doubled', ({ doubled }) => String(doubled)],
  ['differ', ({ disagreements }) => String(disagreements)],
  ['late', ({ late }) => String(late)],
  ['walked', ({ walked }) => String(walked)],
  ['recovery s', ({ recoveryMs }) => seconds(recoveryMs)],
];

/** The results as a Markdown table. */
export function faultTable(results: readonly FaultResult[]): string {
  const rows = [columns.map(([name]) => name), ...results.map((result) => columns.map(([, cell]) => cell(result)))];
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, index) => (index === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  const [head = [], ...rest] = rows;
  return [line(head), rule, ...rest.map(line)].join('\n');
}

/** What the figures in parentheses are. */
export const tableLegend =
  'In parentheses: accepted during the outage; moves that fell due during it; pages that SNS got more than once under one id.';

/** Whether a fault did any harm. */
export function isClean(result: FaultResult): boolean {
  const { lost, doubled, disagreements, late, walked, cameToRest } = result;
  return cameToRest && lost + doubled + disagreements + late + walked === 0;
}
