/**
 * `npm test`: everything that has to hold. Format, lint, types and the lock file, then all tests with Jest; the last
 * line is `N passed, N failed`, counted by Jest itself, where a failed check counts as one that failed.
 *
 * `npm test -- PATTERN…` runs only the tests whose path fits. Tests named `*.stack.test.ts` start whole stacks of
 * processes: they run after the others, one file at a time.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout, ensureInstall, reportSetupErrors } from './ensure-install.mjs';

const patterns = process.argv.slice(2);
const jestTimeoutMs = 30 * 60_000;
const stackTests = String.raw`\.stack\.test\.ts$`;

function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Runs a program; its output is shown as it comes, or kept and shown only when it fails. */
function run(program, args, { quiet = false, timeoutMs = 15 * 60_000 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: checkout, stdio: ['ignore', quiet ? 'pipe' : 2, quiet ? 'pipe' : 2] });
    let output = '';
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    const finish = (status) => {
      clearTimeout(timer);
      resolve({ status, output });
    };
    child.once('error', (error) => {
      output += error.message;
      finish(null);
    });
    child.once('close', (status) => finish(status));
  });
}

const tool = (name) => join(checkout, 'node_modules', '.bin', name);

const checks = [
  {
    name: 'lock file',
    program: process.execPath,
    args: ['scripts/complete-lock.mjs', '--check'],
    remedy: 'node scripts/complete-lock.mjs',
  },
  { name: 'format', program: tool('oxfmt'), args: ['--check', '.'], remedy: 'npm run format' },
  { name: 'lint', program: tool('oxlint'), args: ['--type-aware', '--deny-warnings'] },
  { name: 'types', program: tool('tsc'), args: ['--noEmit'] },
];
// The console has settings of its own: it runs in a browser.
if (existsSync(join(checkout, 'console', 'tsconfig.json'))) {
  checks.push({ name: 'types of the console', program: tool('tsc'), args: ['--noEmit', '-p', 'console'] });
}

/** How many of the checks failed. */
async function runChecks() {
  let failed = 0;
  for (const { name, program, args, remedy } of checks) {
    const startedAtMs = Date.now();
    const { status, output } = await run(program, args, { quiet: true });
    const seconds = ((Date.now() - startedAtMs) / 1_000).toFixed(1);
    say(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
    if (status === 0) continue;
    failed += 1;
    say(output.trimEnd());
    if (remedy) say(`Remedy: ${remedy}`);
  }
  return failed;
}

/** Counts of one run of Jest, from its own result; without a result the run itself is what failed. */
async function runJest(name, args) {
  const folder = mkdtempSync(join(tmpdir(), 'tierline-jest-'));
  const file = join(folder, 'result.json');
  try {
    const jest = join(checkout, 'node_modules', 'jest', 'bin', 'jest.js');
    const common = ['--ci', '--forceExit', '--json', `--outputFile=${file}`, '--passWithNoTests'];
    const { status } = await run(process.execPath, [jest, ...common, ...args], {
      timeoutMs: jestTimeoutMs,
      quiet: false,
    });
    return counted(name, status, file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function counted(name, status, file) {
  let result;
  try {
    result = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    say(`FAILED ${name}: Jest ended (${status ?? 'killed'}) without a result`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  // A file that could not be run at all has no tests that failed.
  let failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  if (failed === 0 && (status !== 0 || !result.success)) {
    say(`FAILED ${name}: Jest ended with ${status ?? 'a signal'} though no test failed`);
    failed = 1;
  }
  return { passed: result.numPassedTests, failed, skipped: result.numPendingTests + result.numTodoTests };
}

async function main() {
  reportSetupErrors(() => ensureInstall());
  // Puts into the environment what keeps every process of the tests quiet.
  createRequire(import.meta.url)('./register.cjs');
  const isWhole = patterns.length === 0;
  // Tools are fetched while the checks run.
  const tools = run(process.execPath, ['scripts/run.mjs', 'local/tools/prepare.ts']);
  let failed = isWhole ? await runChecks() : 0;
  if ((await tools).status !== 0) {
    say('FAILED tools: see the message above');
    failed += 1;
  }
  const runs = [
    await runJest('tests', [
      '--maxWorkers=2',
      '--testPathIgnorePatterns',
      stackTests,
      '/node_modules/',
      ...withPatterns(patterns),
    ]),
    await runJest('stack tests', [
      '--runInBand',
      ...withPatterns(isWhole ? [stackTests] : patterns),
      ...(isWhole ? [] : ['--testMatch', '**/*.stack.test.ts']),
    ]),
  ];
  const sum = (key) => runs.reduce((total, each) => total + each[key], 0);
  failed += sum('failed');
  const skipped = sum('skipped');
  // Nothing that ran cannot have passed.
  if (sum('passed') === 0 && failed === 0) failed = 1;
  process.stdout.write(`${sum('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function withPatterns(list) {
  return list.length === 0 ? [] : ['--testPathPatterns', ...list];
}

await main();
