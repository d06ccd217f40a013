import { checkPolicySet, type CheckReport } from '../../contracts/policy/check.ts';
import { localTime, placeOf, sentenceOf } from '../../contracts/policy/finding-text.ts';
import { loadPolicySet, type PolicySet } from '../../contracts/policy/load.ts';
import { formatProblem } from '../../contracts/policy/parse.ts';
import { severities } from '../../domain/escalation/vocabulary.ts';
import type { Finding } from '../../domain/policy/check/finding.ts';
import { formatDuration } from '../../domain/policy/duration.ts';
import { formatInstant } from '../../zones/wall-time.ts';
import { counted, print, printJson } from './common.ts';

/** Prints every error of the files, or else what the policies would do wrong. The exit code is 1 when there is an error. */
export function check(folder: string, options: { readonly json: boolean; readonly fromMs: number }): void {
  const loaded = loadPolicySet(folder, options.fromMs);
  if (!loaded.ok) {
    process.exitCode = 1;
    if (options.json) printJson({ ok: false, errors: loaded.errors, findings: [] });
    else {
      for (const error of loaded.errors) print(formatProblem(error));
      print(`${counted(loaded.errors.length, 'error')}; the policies were not walked`);
    }
    return;
  }
  const report = checkPolicySet(loaded.set, options.fromMs);
  const errors = report.findings.filter((finding) => finding.level === 'error').length;
  if (errors > 0) process.exitCode = 1;
  if (options.json) {
    const findings = report.findings.map((finding) => ({
      ...finding,
      ...placeOf(loaded.set, finding),
      example:
        finding.example === null
          ? null
          : {
              at: formatInstant(finding.example.atMs),
              until: finding.example.untilMs === null ? null : formatInstant(finding.example.untilMs),
            },
    }));
    printJson({ ok: errors === 0, errors: [], ...report, findings });
    return;
  }
  printReport(loaded.set, report);
  print(`${counted(errors, 'error')}, ${counted(report.findings.length - errors, 'warning')}`);
}

function printReport(set: PolicySet, report: CheckReport): void {
  const { policies, directory } = set;
  const sizes = [
    counted(policies.length, 'policy', 'policies'),
    counted(Object.keys(directory.schedules).length, 'schedule'),
    counted(Object.keys(directory.calendars).length, 'calendar'),
  ];
  print(`${sizes.join(', ')} from ${formatInstant(report.fromMs)} to ${formatInstant(report.untilMs)}`);
  print(
    `walked ${counted(report.changePoints, 'stretch', 'stretches')} of on-call and ${counted(report.zoneChanges.length, 'change')} of clocks:`,
  );
  for (const change of report.zoneChanges) {
    print(
      `  ${change.zone} ${formatInstant(change.atMs)} ${change.shiftMs > 0 ? '+' : ''}${formatDuration(change.shiftMs)}`,
    );
  }
  print('longest until somebody is tried, of the time to acknowledge:');
  for (const { policy } of policies) {
    const waits = severities.flatMap((severity) => {
      const worst = report.worstWaits.find((wait) => wait.policy === policy.name && wait.severity === severity);
      if (worst === undefined) return [];
      const wait = worst.waitMs === null ? 'never' : formatDuration(worst.waitMs);
      return [`${severity} ${wait}${worst.clockMs === null ? '' : ` of ${formatDuration(worst.clockMs)}`}`];
    });
    print(`  ${policy.name}: ${waits.join(', ')}`);
  }
  for (const finding of report.findings) {
    const { file, line, column } = placeOf(set, finding);
    print(`${file}:${line}:${column}: ${finding.level} ${finding.code}: ${sentenceOf(finding)}`);
    if (finding.example !== null) print(`    proof: ${exampleOf(finding, finding.example, set)}`);
    print(`    fix: ${finding.fix}`);
  }
}

function exampleOf(finding: Finding, example: NonNullable<Finding['example']>, set: PolicySet): string {
  const until = example.untilMs === null ? '' : ` until ${formatInstant(example.untilMs)}`;
  const zones = [
    ...new Set(
      Object.values(set.directory.schedules).flatMap((schedule) => [
        schedule.timezone,
        ...schedule.layers.flatMap((layer) => layer.rotations.flatMap((rotation) => rotation.timezone ?? [])),
      ]),
    ),
  ];
  const local = zones
    .filter((zone) => !zone.endsWith('UTC'))
    .slice(0, 4)
    .map((zone) => `${localTime(example.atMs, zone)} ${zone}`);
  const times = finding.times > 1 ? `; ${counted(finding.times, 'time')}` : '';
  return `${formatInstant(example.atMs)}${until}${local.length === 0 ? '' : ` (${local.join(', ')})`}${times}`;
}
