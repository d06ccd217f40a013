import { shown, type Figure } from './figure.ts';
import type { PartName, PartOutcome } from './part.ts';
import { rounded, sum } from './stats.ts';

export interface PartReport extends PartOutcome {
  readonly name: PartName;
  readonly tookSeconds: number;
  /** Load average of the machine when the part began: of others, since the benchmark was not running. */
  readonly loadBefore: number;
  /** Why the part could not be measured. */
  readonly failure?: string;
}

/** What `--json` writes. */
export interface Report {
  readonly version: 1;
  readonly at: string;
  readonly quick: boolean;
  readonly machine: {
    readonly processors: number;
    readonly model: string;
    readonly memoryMiB: number;
    readonly node: string;
  };
  readonly parts: readonly PartReport[];
}

function verdict(figure: Figure): string {
  return figure.met === null ? '' : figure.met ? 'yes' : 'NO';
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Processor time of one operation by process, the greatest first. */
function cpuLines(part: PartReport): readonly string[] {
  return Object.entries(part.cpu ?? {}).map(([stretch, { operations, cpuMs }]) => {
    const shares = Object.entries(cpuMs)
      .filter(([, ms]) => ms > 0)
      .toSorted(([, a], [, b]) => b - a)
      .map(([name, ms]) => `${name} ${rounded(ms / operations)}`);
    return `  ${stretch}: ${rounded(sum(Object.values(cpuMs)) / operations)} ms of processor time each (${shares.join(', ')})`;
  });
}

/** The readable table of parts: each figure beside GoAlert's and its target. */
export function table(parts: readonly PartReport[]): string {
  const header = ['figure', 'measured', 'GoAlert', 'target', 'met'];
  const rows = parts.flatMap((part) =>
    part.figures.map((each) => [
      `${part.name}: ${each.what}`,
      shown(each.value, each.unit),
      each.goalert ?? '',
      each.target ?? '',
      verdict(each),
    ]),
  );
  const below = parts.flatMap((part) => [
    `${part.name} took ${Math.round(part.tookSeconds)} s; load average before it ${rounded(part.loadBefore)}`,
    ...cpuLines(part),
    ...(part.notes ?? []).map((note) => `  ${note}`),
    ...(part.failure === undefined ? [] : [`  FAILED: ${part.failure}`]),
  ]);
  return `${rows.length === 0 ? '' : `${columns([header, ...rows])}\n\n`}${below.join('\n')}\n`;
}
