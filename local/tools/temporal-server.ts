import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { findOnPath, isExecutable, runCommand } from './command.ts';
import { cacheDir } from './folders.ts';
import { officialDownload } from './official-download.ts';
import { UserError } from './user-error.ts';

/**
 * Newest release of the Temporal CLI that `go install` accepts: later ones carry a replace directive in their go.mod,
 * which it refuses.
 */
const goRelease = 'v1.5.1';
/** Priorities and update-with-start need this one. */
export const oldestServer = '1.29.0';

const versionSchema = z.object({ cli: z.string(), server: z.string() });
type Versions = z.infer<typeof versionSchema>;
const noteSchema = z.object({ path: z.string(), sizeBytes: z.number(), mtimeMs: z.number(), versions: versionSchema });

export type TemporalServerSource = 'path' | 'cache' | 'download' | 'go';

export interface TemporalServer {
  readonly path: string;
  readonly versions: Versions;
  readonly source: TemporalServerSource;
}

export interface FindOptions {
  /** Told what takes long. */
  readonly progress: (line: string) => void;
  readonly cache?: string;
  /** For tests: only these places are looked at. */
  readonly only?: readonly TemporalServerSource[];
}

/** Reads `temporal --version`: `temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)`. */
export function parseVersions(text: string): Versions | undefined {
  const match = /version\s+(\S+)\s+\(Server\s+([^,\s)]+)/.exec(text);
  return match?.[1] !== undefined && match[2] !== undefined ? { cli: match[1], server: match[2] } : undefined;
}

function numbersOf(version: string): number[] {
  return (version.split('-')[0] ?? '').split('.').map((part) => Number.parseInt(part, 10) || 0);
}

/** Below zero when `left` is the older version; compares numbers, ignores what follows a dash. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [numbersOf(left), numbersOf(right)];
  for (let index = 0; index < 3; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Versions of a Temporal binary. Asked once for each file: it weighs 250 MB, and a cold start of it takes a second. */
async function versionsOf(path: string, cache: string): Promise<Versions | undefined> {
  const note = join(cache, 'temporal-version.json');
  const { size: sizeBytes, mtimeMs } = statSync(path);
  try {
    const known = noteSchema.parse(JSON.parse(readFileSync(note, 'utf8')));
    if (known.path === path && known.sizeBytes === sizeBytes && known.mtimeMs === mtimeMs) return known.versions;
  } catch {
    // No note yet.
  }
  const result = await runCommand(path, ['--version'], { timeoutMs: 20_000 });
  const versions = result.status === 0 ? parseVersions(result.stdout) : undefined;
  if (versions) writeFileSync(note, JSON.stringify({ path, sizeBytes, mtimeMs, versions }));
  return versions;
}

async function accepted(
  path: string | undefined,
  source: TemporalServerSource,
  cache: string,
): Promise<TemporalServer | undefined> {
  if (path === undefined || !isExecutable(path)) return undefined;
  const versions = await versionsOf(path, cache);
  if (versions === undefined || compareVersions(versions.server, oldestServer) < 0) return undefined;
  return { path, versions, source };
}

/** Moves a finished binary to its place in one step, so that a half-written one is never found there. */
function keep(from: string, place: string): void {
  const folder = join(place, '..');
  mkdirSync(folder, { recursive: true });
  const partial = `${place}.${process.pid}.partial`;
  copyFileSync(from, partial);
  chmodSync(partial, 0o755);
  renameSync(partial, place);
}

async function download(place: string, options: FindOptions): Promise<string | undefined> {
  options.progress('Downloading the Temporal server (about 100 MB)...');
  const folder = `${place}.${process.pid}.download`;
  try {
    if (!(await officialDownload('dev-server', folder))) return undefined;
    const [file] = readdirSync(folder).filter((name) => isExecutable(join(folder, name)));
    if (file === undefined) return undefined;
    keep(join(folder, file), place);
    return place;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function build(place: string, options: FindOptions): Promise<string | undefined> {
  const go = findOnPath('go') ?? (existsSync('/usr/local/go/bin/go') ? '/usr/local/go/bin/go' : undefined);
  if (go === undefined) return undefined;
  options.progress(
    'The download is not to be had. Building the Temporal server with Go instead: about 2 minutes, once...',
  );
  const folder = `${place}.${process.pid}.build`;
  mkdirSync(folder, { recursive: true });
  try {
    let toldAtMs = 0;
    const result = await runCommand(
      go,
      ['install', '-ldflags=-s -w', `github.com/temporalio/cli/cmd/temporal@${goRelease}`],
      {
        timeoutMs: 20 * 60_000,
        env: { ...process.env, GOBIN: folder, GO111MODULE: 'on' },
        cwd: folder,
        keepGoing: (elapsedMs) => {
          if (elapsedMs - toldAtMs >= 20_000) {
            toldAtMs = elapsedMs;
            options.progress(`  still building (${Math.round(elapsedMs / 1_000)} s)...`);
          }
          return true;
        },
      },
    );
    if (result.status !== 0) {
      options.progress(`  the build failed: ${result.stderr.trim().split('\n').at(-1) ?? 'no message'}`);
      return undefined;
    }
    keep(join(folder, 'temporal'), place);
    return place;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Finds a Temporal server that is new enough: on PATH, in the cache, by the official download, built with Go.
 * Throws a `UserError` with the remedy when none is to be had.
 */
export async function findTemporalServer(options: FindOptions): Promise<TemporalServer> {
  const cache = options.cache ?? cacheDir();
  const place = join(cache, 'temporal', `temporal-${goRelease}-${process.platform}-${process.arch}`);
  const wanted = (source: TemporalServerSource): boolean => options.only?.includes(source) ?? true;
  const found =
    (wanted('path') ? await accepted(findOnPath('temporal'), 'path', cache) : undefined) ??
    (wanted('cache') ? await accepted(place, 'cache', cache) : undefined) ??
    (wanted('download') ? await accepted(await download(place, options), 'download', cache) : undefined) ??
    (wanted('go') ? await accepted(await build(place, options), 'go', cache) : undefined);
  if (found) return found;
  throw new UserError(
    `No Temporal server with version ${oldestServer} or newer was found, downloaded or built.`,
    'Put the `temporal` command line tool (1.5.1 or newer) on PATH, install Go, or set TEMPORAL_ADDRESS.',
  );
}
