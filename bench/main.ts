/** `npm run bench`: the two promises and what they cost, measured beside the raw parts. `--help` lists the options. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { parseOptions, usage } from './options.ts';
import { disposeAll } from './bench-stack.ts';
import type { PartName, PartOutcome, PartRun, RunPart } from './part.ts';
import { burst } from './parts/burst.ts';
import { command } from './parts/command.ts';
import { firstPage } from './parts/first-page.ts';
import { intake } from './parts/intake.ts';
import { lateness, latenessOfMany } from './parts/lateness.ts';
import { lifecycle } from './parts/lifecycle.ts';
import { list } from './parts/list.ts';
import { memory } from './parts/memory.ts';
import { pipeline } from './parts/pipeline.ts';
import { backtest, policyCheck } from './parts/policy.ts';
import { storm } from './parts/storm.ts';
import { table, type PartReport, type Report } from './report.ts';

const parts: Readonly<Record<PartName, RunPart>> = {
  intake,
  storm,
  'first-page': firstPage,
  lateness,
  'lateness-10000': latenessOfMany,
  burst,
  list,
  command,
  lifecycle,
  memory,
  pipeline,
  'policy-check': policyCheck,
  backtest,
};

/** So that a part that hangs, or a machine that is much too slow, never hides the parts after it. */
async function withinTime(part: Promise<PartOutcome>, longestPartMs: number): Promise<PartOutcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${longestPartMs / 1_000} s`)), longestPartMs);
  });
  try {
    return await Promise.race([part, late]);
  } finally {
    clearTimeout(timer);
    await disposeAll();
  }
}

async function runPart(name: PartName, run: PartRun, longestPartMs: number): Promise<PartReport> {
  const startedMs = Date.now();
  const loadBefore = loadavg()[0] ?? 0;
  try {
    const outcome = await withinTime(parts[name](run), longestPartMs);
    return { name, tookSeconds: (Date.now() - startedMs) / 1_000, loadBefore, ...outcome };
  } catch (error) {
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { name, tookSeconds: (Date.now() - startedMs) / 1_000, loadBefore, figures: [], failure };
  }
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options.kind === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  if (options.kind === 'wrong') {
    process.stderr.write(`${options.message}\n${usage}`);
    return 2;
  }
  const { quick, only, json, profileDir, longestPartMs } = options;
  if (profileDir !== undefined) mkdirSync(profileDir, { recursive: true });
  const shared = new Map<string, number>();
  const reports: PartReport[] = [];
  const report = (): Report => ({
    version: 1,
    at: new Date().toISOString(),
    quick,
    machine: {
      processors: cpus().length,
      model: cpus()[0]?.model ?? 'unknown',
      memoryMiB: Math.round(totalmem() / 1024 / 1024),
      node: process.version,
    },
    parts: reports,
  });
  for (const name of only) {
    process.stderr.write(`${name}...\n`);
    const run: PartRun = {
      quick,
      longestMs: longestPartMs,
      shared,
      progress: (line) => void process.stderr.write(`  ${line}\n`),
      ...(profileDir === undefined ? {} : { profileDir: resolve(profileDir) }),
    };
    const done = await runPart(name, run, longestPartMs);
    reports.push(done);
    process.stdout.write(table([done]));
    // After each part, so that what was measured is there even when a later part is stopped.
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(report(), null, 2)}\n`);
  }
  if (only.length > 1) process.stdout.write(`\n${table(reports)}`);
  return reports.some((each) => each.failure !== undefined) ? 1 : 0;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void disposeAll().finally(() => process.exit(130)));
}
main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
