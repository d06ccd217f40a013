import { compareForecasts } from '../../contracts/policy/compare-forecasts.ts';
import type { PolicySet } from '../../contracts/policy/load.ts';
import { localTime } from '../../contracts/policy/finding-text.ts';
import { severities, type Channel } from '../../domain/escalation/vocabulary.ts';
import { diffValues, type ValueDifference } from '../../domain/policy/diff-values.ts';
import { formatDuration } from '../../domain/policy/duration.ts';
import { counted, print, printJson } from './common.ts';

interface PolicyDifference {
  readonly policy: string;
  readonly change: 'added' | 'removed' | 'changed' | 'same';
  readonly differences: readonly ValueDifference[];
}

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

function policyDifferences(before: PolicySet, after: PolicySet): readonly PolicyDifference[] {
  const names = [...new Set([...before.policies, ...after.policies].map(({ policy }) => policy.name))].toSorted();
  return names.map((name) => {
    const [was, is] = [contentOf(before, name), contentOf(after, name)];
    if (was === undefined) return { policy: name, change: 'added', differences: [] };
    if (is === undefined) return { policy: name, change: 'removed', differences: [] };
    const differences = diffValues(was, is);
    return { policy: name, change: differences.length === 0 ? 'same' : 'changed', differences };
  });
}

/** What a policy says, without the version that it says it under. */
function contentOf(set: PolicySet, name: string): unknown {
  const policy = set.policies.find((loaded) => loaded.policy.name === name)?.policy;
  if (policy === undefined) return undefined;
  const { version: _version, hash: _hash, ...content } = policy;
  return content;
}

function lineOf({ path, before, after }: ValueDifference): string {
  return `${path}: ${valueText(path, before)} -> ${valueText(path, after)}`;
}

function valueText(path: string, value: unknown): string {
  if (value === undefined) return 'none';
  if (typeof value === 'number' && /Ms(\.|$)/.test(path)) return formatDuration(value);
  return JSON.stringify(value);
}
