import { compareForecasts } from '../../contracts/policy/compare-forecasts.ts';
import { policyDifferences } from '../../contracts/policy/policy-differences.ts';
import type { PolicySet } from '../../contracts/policy/load.ts';
import { localTime } from '../../contracts/policy/finding-text.ts';
import { severities, type Channel } from '../../domain/escalation/vocabulary.ts';
import { diffValues, type ValueDifference } from '../../domain/policy/diff-values.ts';
import { formatDuration } from '../../domain/policy/duration.ts';
import { counted, print, printJson } from './common.ts';

export interface DiffOptions {
  readonly json: boolean;
  readonly fromMs: number;
  /** 0: the texts only. */
  readonly days: number;
  readonly channel: Channel;
  readonly policy?: string;
}

const hourMs = 3_600_000;
/** Rows for each severity; the rest is counted. */
const shownRows = 12;

/** Prints what changed between two sets, and what that would change for the escalations of the coming days. */
export function diff(before: PolicySet, after: PolicySet, options: DiffOptions): void {
  const policies = policyDifferences(before, after);
  const directory = diffValues(before.directory, after.directory);
  const routing = diffValues(before.routing, after.routing);
  const comparison =
    options.days === 0
      ? null
      : compareForecasts(before, after, {
          fromMs: Math.ceil(options.fromMs / hourMs) * hourMs,
          days: options.days,
          everyMs: hourMs,
          channel: options.channel,
          ...(options.policy === undefined ? {} : { policy: options.policy }),
        });
  if (options.json) {
    printJson({ policies, directory, routing, forecast: comparison });
    return;
  }
  for (const { policy, change, differences } of policies) {
    print(`policy ${policy}: ${change}`);
    for (const difference of differences) print(`  ${lineOf(difference)}`);
  }
  print(`directory: ${directory.length === 0 ? 'same' : 'changed'}`);
  for (const difference of directory) print(`  ${lineOf(difference)}`);
  print(`routing: ${routing.length === 0 ? 'same' : 'changed'}`);
  for (const difference of routing) print(`  ${lineOf(difference)}`);
  if (comparison === null) return;
  print();
  print(
    `forecast of ${counted(options.days, 'day')}, one ${options.channel} escalation an hour and severity, nobody acts:`,
  );
  for (const severity of severities) {
    print(`${severity}: differs for ${comparison.differing[severity]} of ${comparison.tried}`);
    const rows = comparison.differences.filter((difference) => difference.severity === severity);
    for (const row of rows.slice(0, shownRows)) {
      const sign = row.kind === 'only_before' ? '-' : '+';
      print(`  ${sign} ${row.what}: ${counted(row.times, 'time')}, first ${localTime(row.firstAtMs, 'UTC')} UTC`);
    }
    if (rows.length > shownRows)
      print(`  … and ${counted(rows.length - shownRows, 'further difference')} (--json has them all)`);
  }
}

function lineOf({ path, before, after }: ValueDifference): string {
  return `${path}: ${valueText(path, before)} -> ${valueText(path, after)}`;
}

function valueText(path: string, value: unknown): string {
  if (value === undefined) return 'none';
  if (typeof value === 'number' && /Ms(\.|$)/.test(path)) return formatDuration(value);
  return JSON.stringify(value);
}
