import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loopback } from '../names.ts';
import { findOnPath, isExecutable, runCommand } from './command.ts';
import { cacheDir } from './folders.ts';
import { officialDownload } from './official-download.ts';
import { freePort } from './ports.ts';
import { UserError } from './user-error.ts';
import { acceptsConnections, waitUntil } from './wait.ts';

/** Time-skipping test server that was tried with this SDK: it answers updates and skips days within a second. */
const mavenRelease = '1.31.0';

export type TestServerSource = 'cache' | 'download' | 'maven';

export interface TestServer {
  readonly path: string;
  readonly source: TestServerSource;
  /** For `TestWorkflowEnvironment.createTimeSkipping({ server: { executable } })`. */
  readonly executable: { readonly type: 'existing-path'; readonly path: string };
}

export interface FindOptions {
  readonly progress: (line: string) => void;
  readonly cache?: string;
  readonly only?: readonly TestServerSource[];
}

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tierline</groupId>
  <artifactId>test-server</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${mavenRelease}</version>
    </dependency>
  </dependencies>
</project>
`;

/** Flags of both, the run that makes the archive of classes and those that use it: they must agree. */
const javaFlags = '-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx512m';
const archiveName = 'classes.jsa';
/** Between this file and the script that it writes. */
const archiveFlagsName = 'ARCHIVE_FLAGS';

/**
 * The SDK starts a server with its own arguments and gives it 5 s; this passes them on to the Java one. With an archive
 * of its loaded classes that starts in a second even on a busy machine, without one in four to six.
 */
const wrapper = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
[ -f ${archiveName} ] && archive="-XX:SharedArchiveFile=${archiveName}"
exec java ${javaFlags} \$${archiveFlagsName} $archive -cp "$(printf '%s:' lib/*.jar)" io.temporal.testserver.TestServer "$@"
`;

const executableName = 'temporal-test-server';

async function download(folder: string, options: FindOptions): Promise<boolean> {
  options.progress('Downloading the time-skipping test server (about 50 MB)...');
  if (!(await officialDownload('time-skipping', folder))) return false;
  const [file] = readdirSync(folder).filter((name) => isExecutable(join(folder, name)));
  if (file === undefined) return false;
  renameSync(join(folder, file), join(folder, executableName));
  return true;
}

async function fromMaven(folder: string, options: FindOptions): Promise<boolean> {
  const maven = findOnPath('mvn');
  if (maven === undefined || findOnPath('java') === undefined) return false;
  options.progress('The download is not to be had. Taking the time-skipping test server from Maven instead...');
  writeFileSync(join(folder, 'pom.xml'), pom);
  const result = await runCommand(
    maven,
    [
      '-q',
      '-B',
      '-f',
      join(folder, 'pom.xml'),
      'dependency:copy-dependencies',
      `-DoutputDirectory=${join(folder, 'lib')}`,
    ],
    {
      timeoutMs: 5 * 60_000,
      cwd: folder,
    },
  );
  if (result.status !== 0) {
    const line = `${result.stdout}\n${result.stderr}`.split('\n').find((text) => text.includes('ERROR'));
    options.progress(`  Maven failed: ${line ?? 'no message'}`);
    return false;
  }
  writeFileSync(join(folder, executableName), wrapper);
  chmodSync(join(folder, executableName), 0o755);
  await archiveClasses(folder);
  return true;
}

/** Runs the server once, so that Java writes down what it loads. Old versions of Java cannot: then there is none. */
async function archiveClasses(folder: string): Promise<void> {
  const port = await freePort(new Set());
  const child = spawn(join(folder, executableName), [String(port), '--enable-time-skipping'], {
    env: { ...process.env, [archiveFlagsName]: `-XX:ArchiveClassesAtExit=${archiveName}` },
    stdio: 'ignore',
  });
  let hasEnded = false;
  child.once('exit', () => {
    hasEnded = true;
  });
  child.once('error', () => {
    hasEnded = true;
  });
  await waitUntil(async () => hasEnded || acceptsConnections(`${loopback}:${port}`), 60_000);
  child.kill('SIGTERM');
  if (!(await waitUntil(() => hasEnded, 60_000))) child.kill('SIGKILL');
}

function testServer(folder: string, source: TestServerSource): TestServer {
  const path = join(folder, executableName);
  return { path, source, executable: { type: 'existing-path', path } };
}

/** The test server in the cache, for tests: it was put there before they began. Undefined when it is missing. */
export function cachedTestServer(cache: string = cacheDir()): TestServer | undefined {
  const folder = folderOf(cache);
  return isExecutable(join(folder, executableName)) ? testServer(folder, 'cache') : undefined;
}

function folderOf(cache: string): string {
  return join(cache, `temporal-test-server-${mavenRelease}-${process.platform}-${process.arch}`);
}

/**
 * Finds the time-skipping test server: in the cache, by the official download, from Maven.
 * Throws a `UserError` with the remedy when it is not to be had.
 */
export async function findTestServer(options: FindOptions): Promise<TestServer> {
  const cache = options.cache ?? cacheDir();
  const wanted = (source: TestServerSource): boolean => options.only?.includes(source) ?? true;
  const cached = wanted('cache') ? cachedTestServer(cache) : undefined;
  if (cached) return cached;
  for (const source of ['download', 'maven'] as const) {
    if (!wanted(source)) continue;
    const partial = `${folderOf(cache)}.${process.pid}.partial`;
    mkdirSync(partial, { recursive: true });
    try {
      if (!(await (source === 'download' ? download(partial, options) : fromMaven(partial, options)))) continue;
      rmSync(folderOf(cache), { recursive: true, force: true });
      renameSync(partial, folderOf(cache));
      return testServer(folderOf(cache), source);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  }
  throw new UserError(
    'The time-skipping Temporal test server could neither be downloaded nor taken from Maven.',
    'Install Maven and Java 11 or newer, or allow the download, then run this again.',
  );
}
