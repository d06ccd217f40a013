/**
 * Makes sure that the packages of this checkout are installed, before anything that needs them is loaded.
 * Only Node's own modules here. Run by itself it installs; with `--check` it only says what it would do.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const checkout = dirname(dirname(fileURLToPath(import.meta.url)));
const oldestNode = [20, 19];

/** A sentence for the person at the terminal, not a defect. */
export class SetupError extends Error {}

/** Throws when this Node is too old for the project. */
export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new SetupError(`Node ${version} is too old: install Node ${oldestNode.join('.')} or newer.`);
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function fingerprint(root) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  // Some packages bring another binary for each platform.
  return hash.update(`${process.platform} ${process.arch}`).digest('hex');
}

const markerOf = (root) => join(root, 'node_modules', '.tierline-installed.json');

/** npm writes its own list last of all; where that list has every package of the lock, the install was complete. */
function completedByHand(root) {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  const present = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = present[path];
    return found ? found.version === entry.version : entry.optional || entry.devOptional || entry.peer;
  });
}

/** `undefined` when the packages fit the lock file, else the reason why they must be installed. */
export function whyInstall(root = checkout) {
  if (!existsSync(join(root, 'node_modules'))) return 'packages are not installed yet';
  const marker = readJson(markerOf(root));
  if (marker?.fingerprint === fingerprint(root)) return undefined;
  if (completedByHand(root)) {
    writeMarker(root);
    return undefined;
  }
  return marker === undefined ? 'an earlier install did not finish' : 'packages are older than package-lock.json';
}

function writeMarker(root) {
  writeFileSync(markerOf(root), JSON.stringify({ fingerprint: fingerprint(root), node: process.versions.node }));
}

/** The npm that runs us, else the one on PATH. */
function npmCommand() {
  const script = process.env.npm_execpath;
  return script && /npm-cli\.[cm]?js$/.test(script) && existsSync(script) ? [process.execPath, script] : ['npm'];
}

function runNpm(root) {
  const [program, ...before] = npmCommand();
  const env = { ...process.env };
  // What was said to the npm that runs us is not meant for the one that we run.
  for (const name of Object.keys(env)) {
    if (
      /^npm_config_(local_prefix|loglevel|json|dry_run|omit|production|global|workspaces?|ignore_scripts)$/i.test(name)
    )
      delete env[name];
  }
  const args = [...before, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  // Standard output belongs to the command that was asked for.
  return spawnSync(program, args, { cwd: root, env, stdio: ['ignore', 2, 2] });
}

/** One install at a time for each checkout; a lock left by a dead process is taken over. */
function withLock(root, work) {
  const lock = join(
    tmpdir(),
    `tierline-install-${createHash('sha256').update(resolve(root)).digest('hex').slice(0, 16)}`,
  );
  const staleAfterMs = 15 * 60_000;
  let told = false;
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, 'pid'), String(process.pid));
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (isAbandoned(lock, staleAfterMs)) {
        rmSync(lock, { recursive: true, force: true });
        continue;
      }
      if (!told) process.stderr.write('Waiting for another process that installs packages here...\n');
      told = true;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  try {
    return work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function isAbandoned(lock, staleAfterMs) {
  try {
    const ageMs = Date.now() - statSync(lock).mtimeMs;
    const pid = Number(readFileSync(join(lock, 'pid'), 'utf8'));
    if (ageMs > staleAfterMs) return true;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** Installs when needed. Throws a `SetupError` with the remedy when that fails. */
export function ensureInstall(root = checkout) {
  checkNode();
  if (!existsSync(join(root, 'package-lock.json')))
    throw new SetupError(`${root} has no package-lock.json: is the checkout complete?`);
  if (whyInstall(root) === undefined) return;
  withLock(root, () => {
    const reason = whyInstall(root);
    if (reason === undefined) return;
    process.stderr.write(`Installing packages (${reason}); this takes a minute the first time...\n`);
    rmSync(markerOf(root), { force: true });
    const result = runNpm(root);
    if (result.error)
      throw new SetupError(`npm could not be run (${result.error.code}): install npm, then run this again.`);
    if (result.signal) throw new SetupError(`Installing packages was interrupted (${result.signal}): run this again.`);
    if (result.status !== 0)
      throw new SetupError(
        `npm ci ended with ${result.status}: see its message above, check the network and the free disk space, then run this again.`,
      );
    writeMarker(root);
  });
}

/** Runs `work`; a `SetupError` becomes one line on standard error and exit code 1. */
export function reportSetupErrors(work) {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(1);
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [first, second] = process.argv.slice(2);
  if (first === '--check') process.stdout.write(`${whyInstall(second ?? checkout) ?? 'ready'}\n`);
  else reportSetupErrors(() => ensureInstall(first ?? checkout));
}
