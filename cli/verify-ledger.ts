import { parseArgs } from 'node:util';
import { escalationIdPattern } from '../contracts/ids.ts';
import type { Difference } from '../domain/verify/difference.ts';
import type { ClockRun } from '../domain/verify/clock-run.ts';
import { formatDuration } from './duration-text.ts';
import { openStore } from './open-store.ts';
import { runCommand, UsageError } from './run-command.ts';
import { added, nothing, verifyAll, verifyStored, type StoredVerdict, type Totals } from './verify-stored.ts';

const USAGE = `Recomputes every SLA verdict from the raw events, by code that shares nothing with the core, and compares.

  npm run -s verify-ledger -- ID [ID …]     the clocks of these escalations, and the first difference
  npm run -s verify-ledger -- --all         every escalation there is
  --json                                    one JSON object a line

Compared are elapsed and paused time, warnings and breaches with the instants at which they fell due, the record's
clocks and its next deadline. The exit code is 1 when anything differs. The table is the one that the environment
names, else that of the local stack that runs. docs/reconciler.md says what is checked.
`;

function instant(value: Difference['expected']): string {
  if (value === null) return 'none';
  return typeof value === 'number' && value > 1e11 ? new Date(value).toISOString() : String(value);
}

function differenceText(id: string, difference: Difference): string {
  const clock = difference.clock === null ? '' : ` clock ${difference.clock}`;
  const cycle = difference.cycle === null ? '' : ` cycle ${difference.cycle}`;
  const { seq, what, expected, found } = difference;
  return `${id}${clock}${cycle} event ${seq}: ${what}: expected ${instant(expected)}, found ${instant(found)}`;
}

function clockText(run: ClockRun): string {
  const verdict =
    run.breachedDueAtMs !== null
      ? `breached, due ${instant(run.breachedDueAtMs)}`
      : run.status === 'stopped'
        ? 'met'
        : run.status;
  const target = formatDuration(run.terms.targetMs);
  return `  ${run.clock} ${run.cycle}: target ${target}, ${verdict}, warnings ${run.warnings}, stretches ${run.stretches.length}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The first difference, or why nothing could be compared; null when all agrees. */
function trouble(id: string, verdict: StoredVerdict): string | null {
  if (verdict.kind === 'not_found') return `${id}: there is no such escalation`;
  if (verdict.kind === 'unreadable') return `${id}: ${verdict.reason}`;
  const [first] = verdict.differences;
  return first === undefined ? null : differenceText(id, first);
}

function report(id: string, verdict: StoredVerdict, options: { json: boolean; clocks: boolean }): void {
  if (options.json) {
    const { kind, ...more } = verdict;
    const shown = verdict.kind === 'read' ? { differences: verdict.differences } : more;
    print(JSON.stringify({ escalationId: id, ok: trouble(id, verdict) === null, kind, ...shown }));
    return;
  }
  const text = trouble(id, verdict);
  if (text !== null) print(text);
  else if (options.clocks && verdict.kind === 'read') {
    print(`${id}: ${verdict.verified.seq} events agree`);
    for (const run of verdict.verified.runs) print(clockText(run));
  }
}

function summary(totals: Totals): string {
  const { escalations, events, clocks, warnings, breaches, wrong } = totals;
  const checked = `${escalations} escalations, ${events} events, ${clocks} clocks, ${warnings} warnings, ${breaches} breaches`;
  return wrong === 0 ? `${checked}: all agree` : `${checked}: ${wrong} differ`;
}

runCommand(USAGE, async (args) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { all: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  });
  if (values.all === positionals.length > 0) throw new UsageError('name escalations, or --all');
  const unknown = positionals.find((id) => !escalationIdPattern.test(id));
  if (unknown !== undefined) throw new UsageError(`not the id of an escalation: ${unknown}`);
  const store = openStore();
  try {
    let totals = nothing;
    if (values.all) {
      totals = await verifyAll(store, Date.now, (id, verdict) =>
        report(id, verdict, { json: values.json, clocks: false }),
      );
    }
    for (const id of positionals) {
      const verdict = await verifyStored(store, id, Date.now());
      totals = added(totals, verdict);
      report(id, verdict, { json: values.json, clocks: true });
    }
    print(values.json ? JSON.stringify(totals) : summary(totals));
    if (totals.wrong > 0) process.exitCode = 1;
  } finally {
    store.close();
  }
});
