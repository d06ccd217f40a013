import { parseArgs } from 'node:util';

import { recordOf } from '../domain/escalation/record.ts';
import { severities, type Severity } from '../domain/escalation/vocabulary.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { formatDuration } from '../domain/policy/duration.ts';
import type { Store } from '../store/client.ts';
import { putEndedEscalations } from '../store/import-escalations.ts';
import { publishOne } from '../store/publish-policies.ts';
import { isTimeZone } from '../zones/time-zone.ts';
import { importIncident, type ImportedIncident } from './import/incident-log.ts';
import { importPolicy, readIncidents } from './import/read-incidents.ts';
import { counted, print, printJson } from './policy-commands/common.ts';
import { openStore } from './open-store.ts';
import { runCommand, UsageError } from './run-command.ts';

const usage = `Brings the incidents of another system in as closed escalations.

  npm run -s import -- incidents FILE [--dry-run]

FILE is a ServiceNow incident export as CSV, gzipped or not: the event log (a line for each update), or the last state of
each incident. Every closed incident becomes an escalation with its timeline as an event log; open ones are left out.
The same incident always gets the same id, so that the import can be run again: what is there is left alone.

  --dry-run       reads and decides everything, writes nothing
  --zone ZONE     zone of the file's times (UTC)
  --json          the summary as JSON
  --errors N      row errors to print (20)

Writes to the table of the environment (AWS_ENDPOINT_URL_DYNAMODB, TIERLINE_TABLE), or else of the desk that runs here
by npm start. The exit code is 1 where lines had errors; the others are imported all the same.
`;

/** Incidents written at once. */
const batchSize = 100;

interface Summary {
  incidents: number;
  events: number;
  reopened: number;
  /** Sum and count of the times to acknowledge and to resolve, in ms. */
  acknowledged: { count: number; sumMs: number };
  resolved: { count: number; sumMs: number };
}

runCommand(usage, async (args) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      'dry-run': { type: 'boolean', default: false },
      zone: { type: 'string', default: 'UTC' },
      json: { type: 'boolean', default: false },
      errors: { type: 'string', default: '20' },
    },
  });
  const [kind, file] = positionals;
  if (kind !== 'incidents' || file === undefined)
    throw new UsageError('import what? "incidents FILE" is what there is');
  if (!isTimeZone(values.zone)) throw new UsageError(`unknown time zone: ${values.zone}`);
  const read = await readIncidents(file, values.zone);
  const { policy, text } = importPolicy();
  const store = values['dry-run'] ? null : openStore();
  try {
    const version =
      store === null
        ? 0
        : (await publishOne(store, { policy, text }, { actorId: 'import', nowMs: Date.now() })).version;
    const result = await bringIn(read.incidents, { ...policy, version }, store);
    if (read.errors.length > 0) process.exitCode = 1;
    const report = { dryRun: store === null, rows: read.rows, open: read.open, rowErrors: read.errors, ...result };
    if (values.json) printJson(report);
    else printSummary(report, Number(values.errors));
  } finally {
    store?.close();
  }
});

interface Result {
  readonly written: number;
  readonly present: number;
  readonly bySeverity: Readonly<Record<Severity, Summary>>;
  /** What the log says and this desk's rules refuse: how often, by command and reason. */
  readonly refused: Readonly<Record<string, number>>;
}

async function bringIn(
  incidents: Awaited<ReturnType<typeof readIncidents>>['incidents'],
  policy: Policy,
  store: Store | null,
): Promise<Result> {
  const bySeverity: Record<Severity, Summary> = {
    sev1: emptySummary(),
    sev2: emptySummary(),
    sev3: emptySummary(),
    sev4: emptySummary(),
  };
  const refused: Record<string, number> = {};
  let written = 0;
  let present = 0;
  for (let index = 0; index < incidents.length; index += batchSize) {
    const imported = incidents.slice(index, index + batchSize).map((rows) => importIncident(rows, policy));
    for (const incident of imported) {
      addTo(bySeverity[incident.severity], incident);
      for (const { command, code } of incident.refused)
        refused[`${command}: ${code}`] = (refused[`${command}: ${code}`] ?? 0) + 1;
    }
    if (store === null) continue;
    const put = await putEndedEscalations(
      store,
      imported.map((incident) => ({
        record: recordOf(incident.escalationId, incident.state, policy, {}),
        events: incident.events,
        texts: incident.texts,
        title: incident.texts[0]?.text ?? incident.number,
      })),
    );
    written += put.written;
    present += put.present;
  }
  return { written, present, bySeverity, refused };
}

function emptySummary(): Summary {
  return {
    incidents: 0,
    events: 0,
    reopened: 0,
    acknowledged: { count: 0, sumMs: 0 },
    resolved: { count: 0, sumMs: 0 },
  };
}

function addTo(summary: Summary, { events, state }: ImportedIncident): void {
  summary.incidents += 1;
  summary.events += events.length;
  if (state.reopenings > 0) summary.reopened += 1;
  const acknowledged = events.find((event) => event.type === 'escalation.acknowledged');
  if (acknowledged !== undefined) addTime(summary.acknowledged, acknowledged.atMs - state.createdAtMs);
  if (state.resolvedAtMs !== null) addTime(summary.resolved, state.resolvedAtMs - state.createdAtMs);
}

function addTime(total: { count: number; sumMs: number }, timeMs: number): void {
  total.count += 1;
  total.sumMs += timeMs;
}

function printSummary(
  report: Result & {
    readonly dryRun: boolean;
    readonly rows: number;
    readonly open: number;
    readonly rowErrors: readonly { line: number; column: string; message: string }[];
  },
  shownErrors: number,
): void {
  for (const error of report.rowErrors.slice(0, shownErrors)) {
    print(`line ${error.line}${error.column === '' ? '' : `, ${error.column}`}: ${error.message}`);
  }
  if (report.rowErrors.length > shownErrors)
    print(`… and ${counted(report.rowErrors.length - shownErrors, 'further error')}`);
  const total = severities.reduce((sum, severity) => sum + report.bySeverity[severity].incidents, 0);
  print(
    `${counted(report.rows, 'line')} read, ${counted(report.rowErrors.length, 'error')}; ${counted(total, 'closed incident')}, ${report.open.toLocaleString('en-US')} left open and left out`,
  );
  print('severity  incidents   events  reopened  mean to acknowledge  mean to resolve');
  for (const severity of severities) {
    const row = report.bySeverity[severity];
    print(
      [
        severity.padEnd(8),
        row.incidents.toLocaleString('en-US').padStart(10),
        row.events.toLocaleString('en-US').padStart(8),
        row.reopened.toLocaleString('en-US').padStart(9),
        meanOf(row.acknowledged).padStart(20),
        meanOf(row.resolved).padStart(16),
      ].join(' '),
    );
  }
  for (const [what, times] of Object.entries(report.refused))
    print(`left out, for this desk's rules refuse it: ${what} (${counted(times, 'time')})`);
  print(
    report.dryRun
      ? 'dry run: nothing was written'
      : `${counted(report.written, 'escalation')} written, ${report.present.toLocaleString('en-US')} were there already`,
  );
}

function meanOf({ count, sumMs }: { readonly count: number; readonly sumMs: number }): string {
  return count === 0 ? '-' : formatDuration(Math.round(sumMs / count / 60_000) * 60_000);
}
