/**
 * `npm start`: the whole system on this machine. `--json` prints one line of JSON with every address when all is
 * ready; what happens meanwhile goes to standard error.
 */
import { setting } from '../contracts/env.ts';
import { demoPeople, onePerRole } from './issuer/people.ts';
import { startStack, type Stack } from './supervisor.ts';
import { dataDir } from './tools/folders.ts';
import { oneLine, UserError } from './tools/user-error.ts';

const usage = `usage: npm start [-- --json]
  --json   print one line of JSON with every address when ready
Environment: PORT, TIERLINE_DATA_DIR and the others in contracts/env.ts.
`;

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

function block(stack: Stack, tookMs: number): string {
  const { addresses } = stack;
  const people = onePerRole(demoPeople()).map(({ id, role }) => `${id} (${role})`);
  const rows: readonly (readonly [string, string])[] = [
    ['Console', addresses.console],
    ['API', `${addresses.api}, described at ${addresses.openApi}`],
    [
      'Temporal',
      addresses.temporalUi === null
        ? addresses.temporal
        : `${addresses.temporal}, its console at ${addresses.temporalUi}`,
    ],
    ['Sign in as', `${people.join(', ')}; no password`],
    ['Token', 'npm run -s token -- responder'],
    ['Data', stack.dataDir],
  ];
  const lines = rows.map(([name, text]) => `  ${name.padEnd(11)} ${text}`);
  return `\nTierline is ready (${(tookMs / 1_000).toFixed(1)} s). Ctrl-C ends it.\n${lines.join('\n')}\n`;
}

/** npm that was killed cannot hand on a signal: its death shows in the number of the parent. */
function endWithNpm(end: () => void): void {
  if (setting('npmLifecycle') === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, 1_000).unref();
}

const impatienceMs = 1_000;
let isEnding = false;
let askedAtMs = 0;

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(usage);
    return;
  }
  const unknown = args.find((arg) => arg !== '--json');
  if (unknown !== undefined) throw new UserError(`There is no option ${unknown}.`, 'Known: --json, --help.');
  const isJson = args.includes('--json');
  const startedAtMs = Date.now();
  const abort = new AbortController();
  const starting = startStack({ dataDir: dataDir(), usualPort: true, console: true, progress, abort: abort.signal });

  const end = (): void => {
    // Ctrl-C reaches this process twice, from the terminal and through npm; later ones come from somebody who will
    // not wait any longer.
    if (isEnding && Date.now() - askedAtMs > impatienceMs) process.exit(1);
    if (isEnding) return;
    isEnding = true;
    askedAtMs = Date.now();
    progress('Stopping...');
    abort.abort();
    const ended = starting.then((running) => running.stop());
    void ended.catch(() => undefined).finally(() => process.exit(0));
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  process.on('SIGHUP', end);
  endWithNpm(end);

  const stack = await starting;
  if (isEnding) return;
  if (isJson)
    process.stdout.write(`${JSON.stringify({ ...stack.addresses, pid: process.pid, parts: stack.run().parts })}\n`);
  else process.stdout.write(block(stack, Date.now() - startedAtMs));
}

main().catch((error: unknown) => {
  // Asked to end while it started: the handler of the signal says how that went.
  if (isEnding) return;
  progress(oneLine(error));
  process.exit(1);
});
