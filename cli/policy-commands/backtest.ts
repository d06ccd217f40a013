import {
  alwaysReached,
  Backtest,
  reachedBy,
  type BacktestResult,
  type RecordedEscalation,
} from '../../contracts/policy/backtest-host.ts';
import { expandDirectory } from '../../contracts/policy/expand-directory.ts';
import { hostedCalendars } from '../../contracts/policy/forecast-host.ts';
import type { PolicySet } from '../../contracts/policy/load.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { formatInstant } from '../../zones/wall-time.ts';
import { importIncident } from '../import/incident-log.ts';
import { importPolicy, readIncidents } from '../import/read-incidents.ts';
import { UsageError } from '../run-command.ts';
import { counted, policyNamed, print, printJson } from './common.ts';
import { storedEscalations } from './stored-escalations.ts';

const dayMs = 86_400_000;
/** Calendars reach this far past the last event, so that none has to be renewed on the way. */
const reserveMs = 400 * dayMs;
const shownChanges = 15;

export interface BacktestOptions {
  readonly json: boolean;
  /** The changed policies. */
  readonly after: PolicySet;
  /** What to compare with; null: with what was recorded. */
  readonly before: PolicySet | null;
  /** Name of the policy that everything is run through; null: the one of the same name as the recorded one. */
  readonly policy: string | null;
  /** Whether pages reach those who were on call, or always somebody. */
  readonly onCall: boolean;
  readonly zone: string;
}

/** Replays recorded escalations through changed policies and prints pages and breaches added and avoided. */
export async function backtest(source: readonly string[], options: BacktestOptions): Promise<void> {
  const [kind, file] = source;
  if (kind === 'incidents' && file !== undefined) {
    const escalations = await importedEscalations(file, options.zone);
    // Nothing was promised there, so an equal name would compare nothing.
    return run(escalations, { ...options, policy: options.policy ?? 'default' });
  }
  if (kind === 'log') return storedEscalations((escalations) => run(escalations, options));
  throw new UsageError('backtest what? "log" is the log of this desk, "incidents FILE" a ServiceNow export');
}

async function importedEscalations(file: string, zone: string): Promise<readonly RecordedEscalation[]> {
  const { incidents } = await readIncidents(file, zone);
  const policy: Policy = { ...importPolicy().policy, version: 1 };
  const world = { calendars: {}, calendarPins: {} };
  return incidents.map((rows) => {
    const { escalationId, events } = importIncident(rows, policy);
    return { escalationId, log: events, policy, world };
  });
}

async function run(escalations: readonly RecordedEscalation[], options: BacktestOptions): Promise<void> {
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  const instants = escalations.flatMap(({ log }) => [log[0]?.atMs ?? Infinity, log.at(-1)?.atMs ?? -Infinity]);
  const fromMs = instants.reduce((least, atMs) => Math.min(least, atMs), Infinity);
  const untilMs = instants.reduce((most, atMs) => Math.max(most, atMs), -Infinity);
  if (escalations.length === 0) throw new Error('there is no recorded escalation to run');
  const { directory } = options.after;
  const { calendars, calendarPins } = hostedCalendars(
    directory,
    Object.keys(directory.calendars),
    fromMs,
    untilMs + reserveMs,
  );
  const inSet =
    (set: PolicySet) =>
    (recorded: RecordedEscalation): Policy | null => {
      if (options.policy !== null) return policyNamed(set, options.policy);
      return set.policies.find(({ policy }) => policy.name === recorded.policy.name)?.policy ?? null;
    };
  const test = new Backtest({
    before: options.before === null ? null : inSet(options.before),
    after: inSet(options.after),
    world: { calendars, calendarPins },
    settlePage: options.onCall ? reachedBy(expandDirectory(directory, fromMs, untilMs + dayMs)) : alwaysReached,
  });
  for (const recorded of escalations) test.add(recorded);
  const result = test.result();
  const seconds = (performance.now() - startedMs) / 1000;
  const used = process.cpuUsage(startedCpu);
  const cpuSeconds = (used.user + used.system) / 1e6;
  if (options.json) printJson({ ...result, seconds, cpuSeconds });
  else printResult(result, { seconds, cpuSeconds }, options);
}

function printResult(
  result: BacktestResult,
  took: { readonly seconds: number; readonly cpuSeconds: number },
  options: BacktestOptions,
): void {
  const range =
    result.firstAtMs === null || result.lastAtMs === null
      ? ''
      : ` from ${formatInstant(result.firstAtMs)} to ${formatInstant(result.lastAtMs)}`;
  print(
    `${counted(result.escalations, 'recorded escalation')}${range}, run in ${took.seconds.toFixed(1)} s (${took.cpuSeconds.toFixed(1)} s of processor time)`,
  );
  print(
    `reproduced event by event under the policy they were recorded under: ${result.reproduced.toLocaleString('en-US')}`,
  );
  for (const mismatch of result.mismatches.slice(0, 5)) {
    print(
      `  ${mismatch.escalationId} event ${mismatch.seq} (${mismatch.command}): recorded ${mismatch.recorded}, replayed ${mismatch.replayed}`,
    );
  }
  if (result.leftOut > 0) print(`left out, for there is no such policy: ${result.leftOut.toLocaleString('en-US')}`);
  const before = options.before === null ? 'as recorded' : 'the policies of --against';
  print(`before: ${before}; after: ${options.policy ?? 'the policy of the same name'}`);
  print();
  print('                       pages                                     breaches');
  print(
    'severity  escalations   before    after    added  avoided    moved   before    after    added  avoided    moved  differing',
  );
  for (const row of result.severities) {
    const numbers = [row.pages, row.breaches].flatMap((side) => [
      side.before,
      side.after,
      side.added,
      side.avoided,
      side.earlier + side.later,
    ]);
    print(
      [
        row.severity.padEnd(8),
        column(row.escalations, 12),
        ...numbers.map((value) => column(value, 8)),
        column(row.differing, 10),
      ].join(' '),
    );
  }
  print();
  for (const [clock, count] of Object.entries(result.breachesByClock))
    print(`breaches of the ${clock} clock: ${column(count.before, 0)} before, ${column(count.after, 0)} after`);
  if (result.changes.length === 0) print('no difference');
  else print('most frequent differences:');
  for (const change of result.changes.slice(0, shownChanges)) {
    print(
      `  ${column(change.times, 8)} ${change.severity} ${change.kind} ${change.change}: ${change.what} (first: ${change.firstEscalationId} at ${formatInstant(change.firstAtMs)})`,
    );
  }
  if (result.changes.length > shownChanges)
    print(`  … and ${counted(result.changes.length - shownChanges, 'further kind')} (--json has them all)`);
  for (const [what, times] of Object.entries(result.refused))
    print(`would have been refused: ${what} (${counted(times, 'time')})`);
}

function column(value: number, width: number): string {
  return value.toLocaleString('en-US').padStart(width);
}
