/**
 * `npm run test:faults`: breaks a running stack of real parts in every way that it is meant to survive, under load, and
 * goes through the books after each. `--only a,b` runs some, `--outage 60` sets the seconds of an outage, `--json FILE`
 * writes the results.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Desk } from './rig/desk.ts';
import { faults } from './rig/faults.ts';
import { runFaults, type FaultResult } from './rig/run-fault.ts';
import { faultTable, isClean, tableLegend } from './rig/table.ts';

const usage = `usage: npm run test:faults [-- --only NAME,… --outage SECONDS --json FILE]
Faults: ${faults.map(({ name }) => name).join(', ')}
`;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
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
  const names = values.only?.split(',');
  const chosen = names === undefined ? faults : faults.filter(({ name }) => names.includes(name));
  const outageSeconds = Number(values.outage);
  if (values.help || chosen.length === 0 || chosen.length < (names?.length ?? 0) || !(outageSeconds > 0)) {
    process.stderr.write(usage);
    return values.help ? 0 : 2;
  }
  const results: FaultResult[] = [];
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
  } finally {
    await desk.close();
  }
  process.stdout.write(`\n${faultTable(results)}\n${tableLegend}\n`);
  return results.every(isClean) ? 0 : 1;
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exit(1);
  },
);
