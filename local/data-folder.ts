import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { identityOf, isSameProcess } from './tools/process-identity.ts';
import { compareVersions } from './tools/temporal-server.ts';
import { errorCode, UserError } from './tools/user-error.ts';

/** Where each thing lies inside the data folder. */
export function places(dataDir: string) {
  return {
    lock: join(dataDir, 'lock.json'),
    run: join(dataDir, 'run.json'),
    ports: join(dataDir, 'ports.json'),
    secrets: join(dataDir, 'secrets.json'),
    about: join(dataDir, 'about.json'),
    temporalFile: join(dataDir, 'temporal', 'temporal.db'),
    dynamodb: join(dataDir, 'dynamodb'),
    published: join(dataDir, 'sns', 'published.jsonl'),
    issuer: join(dataDir, 'issuer'),
    logs: join(dataDir, 'logs'),
  } as const;
}

/** Below this the stack does not start: SQLite and LevelDB answer a full disk with errors at the worst moment. */
const leastFreeBytes = 200 * 1024 * 1024;

const lockSchema = z.object({ pid: z.number(), identity: z.string(), startedAtMs: z.number() });
const secretsSchema = z.object({ token: z.string(), cursor: z.string(), cookies: z.string() });
export type Secrets = z.infer<typeof secretsSchema>;
const aboutSchema = z.object({ format: z.number(), temporalServer: z.string().nullable() });
const portsSchema = z.record(z.string(), z.number());

const format = 1;

/** Writes a file in one step: a reader sees the old or the new text, never half of it. */
export function writeWhole(path: string, text: string, mode = 0o644): void {
  const partial = `${path}.${process.pid}.partial`;
  writeFileSync(partial, text, { mode });
  renameSync(partial, path);
}

/** Reads and checks a JSON file; undefined when it is missing or broken. */
export function readJsonFile<T>(path: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Makes the folder and sees that there is room. Throws a `UserError` with the remedy. */
export function prepareDataFolder(dataDir: string): void {
  const at = places(dataDir);
  for (const folder of [dataDir, at.dynamodb, at.issuer, at.logs, join(dataDir, 'temporal'), join(dataDir, 'sns')]) {
    mkdirSync(folder, { recursive: true });
  }
  const disk = statfsSync(dataDir);
  const freeBytes = disk.bavail * disk.bsize;
  if (freeBytes < leastFreeBytes) {
    throw new UserError(
      `The disk of ${dataDir} has ${Math.floor(freeBytes / 1024 / 1024)} MB left, too little to start.`,
      'Free some space, or set TIERLINE_DATA_DIR to a folder on another disk.',
    );
  }
}

/**
 * Takes the folder for this process. Throws a `UserError` that says who has it; a lock whose process is gone, or whose
 * number now belongs to another process, is taken over.
 */
export function lockDataFolder(dataDir: string): { release(): void } {
  const path = places(dataDir).lock;
  const identity = identityOf(process.pid) ?? '';
  const text = JSON.stringify({ pid: process.pid, identity, startedAtMs: Date.now() });
  for (let attempt = 0; attempt < 20; attempt += 1) {
    try {
      writeFileSync(path, text, { flag: 'wx' });
      return { release: () => rmSync(path, { force: true }) };
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    const holder = readJsonFile(path, lockSchema);
    if (holder && isSameProcess(holder.pid, holder.identity)) {
      throw new UserError(
        `${dataDir} is in use by process ${holder.pid} since ${new Date(holder.startedAtMs).toISOString()}.`,
        'Stop that one first, or set TIERLINE_DATA_DIR to another folder.',
      );
    }
    removeStale(path);
  }
  throw new UserError(`${path} could not be taken.`, 'Remove that file if nothing runs on the folder.');
}

/** Of several starts that see the same stale lock, one alone wins the rename. */
function removeStale(path: string): void {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
    rmSync(aside, { force: true });
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** Secrets of this folder, made at the first start and readable by its owner only. */
export function secretsOf(dataDir: string): Secrets {
  const path = places(dataDir).secrets;
  const known = readJsonFile(path, secretsSchema);
  if (known) return known;
  const secrets = { token: newSecret(), cursor: newSecret(), cookies: newSecret() };
  writeWhole(path, JSON.stringify(secrets), 0o600);
  return secrets;
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** The secrets of a folder that a stack has used; undefined when none has. */
export function knownSecrets(dataDir: string): Secrets | undefined {
  return readJsonFile(places(dataDir).secrets, secretsSchema);
}

/**
 * Remembers the Temporal server that writes this folder. Throws a `UserError` when a newer one wrote it before: an
 * older server cannot read a newer schema.
 */
export function noteTemporalServer(dataDir: string, version: string): void {
  const path = places(dataDir).about;
  const about = readJsonFile(path, aboutSchema);
  if (about?.temporalServer && compareVersions(version, about.temporalServer) < 0) {
    throw new UserError(
      `${dataDir} was written by Temporal server ${about.temporalServer}; the one found here is ${version}.`,
      `Put a newer \`temporal\` on PATH, or set TIERLINE_DATA_DIR to another folder.`,
    );
  }
  writeWhole(path, JSON.stringify({ format, temporalServer: version }));
}

export function rememberedPorts(dataDir: string): Readonly<Record<string, number>> {
  return readJsonFile(places(dataDir).ports, portsSchema) ?? {};
}

export function rememberPorts(dataDir: string, ports: Readonly<Record<string, number | undefined>>): void {
  writeWhole(places(dataDir).ports, JSON.stringify(ports));
}

const largestLogBytes = 10 * 1024 * 1024;

/** The log file of a part; a long one is put aside first. */
export function logFile(dataDir: string, part: string): string {
  const path = join(places(dataDir).logs, `${part}.log`);
  if (existsSync(path) && statSync(path).size > largestLogBytes) renameSync(path, `${path}.1`);
  appendFileSync(path, '');
  return path;
}

/** The last line that says something in a part's log, without what a stack trace adds. */
export function lastLogLine(dataDir: string, part: string): string | undefined {
  try {
    const text = readFileSync(join(places(dataDir).logs, `${part}.log`), 'utf8').slice(-8_192);
    const lines = text.split('\n').map((line) => line.trim());
    return lines.findLast((line) => line !== '' && !/^(at |Node\.js v|[{}^])/.test(line));
  } catch {
    return undefined;
  }
}
