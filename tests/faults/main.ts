/**
 * `npm run test:faults`: breaks a running stack of real parts in every way that it is meant to survive, under load, and
 * goes through the books after each. `--only a,b` runs some, `--outage 60` sets the seconds of an outage, `--json FILE`
 * writes the results.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { auditEntry } from './rig/books.ts';
import { Desk } from './rig/desk.ts';
import { faults } from './rig/faults.ts';
import { sendManyCommands, timesInLog } from './rig/many-commands.ts';
import { runFaults, type FaultResult } from './rig/run-fault.ts';
import { faultTable, isClean, tableLegend } from './rig/table.ts';

/** Not a fault: more commands than one run of a workflow takes. */
const manyCommands = { name: 'many-commands', count: 5_000, atOnce: 10, oldKeys: 50 } as const;
const names: readonly string[] = [...faults.map(({ name }) => name), manyCommands.name];

const usage = `usage: npm run test:faults [-- --only NAME,… --outage SECONDS --json FILE]
Names: ${names.join(', ')}
`;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Answers whether every command was done once, and whether old keys are known. */
async function tryManyCommands(desk: Desk): Promise<boolean> {
  const { count, atOnce, oldKeys } = manyCommands;
  say(`${count} commands on one escalation …`);
  const many = await sendManyCommands(desk, count, atOnce);
  const done = many.outcomes.filter(({ kind }) => kind === 'done').length;
  const notOnce = timesInLog(many).filter((times) => times !== 1).length;
  const gaps = many.events.filter(({ seq }, index) => seq !== index + 1).length;
  const { findings } = await auditEntry(desk, many.escalationId);
  let forgotten = 0;
  for (let n = 0; n < oldKeys; n += 1) {
    const first = many.outcomes[n];
    const again = await many.repeat(n);
    const isSame = first?.kind === 'done' && again.kind === 'done' && again.seq === first.seq && again.replayed;
    if (!isSame) forgotten += 1;
  }
  const text =
    `${count} commands, ${atOnce} at once: ${done} done, ${notOnce} not exactly once, ${gaps} gaps, ` +
    `${many.continuations} times continued as new, ${forgotten} of ${oldKeys} old keys not known, ` +
    `${(many.tookMs / 1_000).toFixed(0)} s (${Math.round(count / (many.tookMs / 1_000))}/s)`;
  process.stdout.write(`\n${text}\n`);
  return done === count && notOnce + gaps + forgotten + findings.length === 0 && many.continuations > 1;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      outage: { type: 'string', default: '60' },
      json: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const asked = values.only?.split(',') ?? names;
  const chosen = faults.filter(({ name }) => asked.includes(name));
  const outageSeconds = Number(values.outage);
  if (values.help || asked.some((name) => !names.includes(name)) || !(outageSeconds > 0)) {
    process.stderr.write(usage);
    return values.help ? 0 : 2;
  }
  const results: FaultResult[] = [];
  let isWhole = true;
  const desk = await Desk.open({ workers: 2, progress: say });
  let isInterrupted = false;
  process.once('SIGINT', () => {
    isInterrupted = true;
    say('Ends after this fault.');
  });
  try {
    await desk.stack.down('worker-2');
    for (const fault of chosen) {
      if (isInterrupted) break;
      say(`${fault.title} …`);
      const result = await runFaults(desk, fault.title, [fault], {
        outageMs: outageSeconds * 1_000,
        load: { atOnce: 10, intakesPerSecond: 0.5, commandsPerSecond: 2, ...fault.load },
      });
      results.push(result);
      for (const remark of result.remarks.slice(0, 20)) say(`  ${remark}`);
      if (result.remarks.length > 20) say(`  and ${result.remarks.length - 20} more`);
      if (!result.cameToRest) say('  it did not come to rest');
      if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
    }
    if (asked.includes(manyCommands.name) && !isInterrupted) isWhole = await tryManyCommands(desk);
  } finally {
    await desk.close();
  }
  if (results.length > 0) process.stdout.write(`\n${faultTable(results)}\n${tableLegend}\n`);
  return isWhole && results.every(isClean) ? 0 : 1;
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exit(1);
  },
);
