import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const script = join(__dirname, '..', '..', 'scripts', 'ensure-install.mjs');

describe('packages are installed when they have to be', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tierline-install-'));
    writeLock('1.0.0');
    writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'sample', version: '1.0.0' }));
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function writeLock(version: string): void {
    const packages = {
      '': { name: 'sample' },
      'node_modules/a': { version },
      'node_modules/b-darwin': { version: '1.0.0', optional: true },
    };
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }));
  }

  /** What npm leaves when an install came to its end. */
  function finishInstall(version: string): void {
    mkdirSync(join(root, 'node_modules'), { recursive: true });
    writeFileSync(
      join(root, 'node_modules', '.package-lock.json'),
      JSON.stringify({ packages: { 'node_modules/a': { version } } }),
    );
  }

  function check(): string {
    return spawnSync(process.execPath, [script, '--check', root], { encoding: 'utf8' }).stdout.trim();
  }

  test('a fresh clone has none', () => {
    expect(check()).toBe('packages are not installed yet');
  });

  test('an install that stopped half-way is seen', () => {
    mkdirSync(join(root, 'node_modules'));
    expect(check()).toBe('an earlier install did not finish');
  });

  test('an install by hand that came to its end is taken as it is', () => {
    finishInstall('1.0.0');
    expect(check()).toBe('ready');
  });

  test('a lock file that has changed since is seen, whatever the dates of the files', () => {
    finishInstall('1.0.0');
    expect(check()).toBe('ready');
    writeLock('1.0.1');
    expect(check()).toBe('packages are older than package-lock.json');
    finishInstall('1.0.1');
    expect(check()).toBe('ready');
  });

  test('npm that fails is one clear line at the end, and no marker is left', () => {
    const bin = join(root, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'npm'), '#!/bin/sh\necho "npm error: no network" >&2\nexit 7\n', { mode: 0o755 });
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}`, npm_execpath: '' };
    const result = spawnSync(process.execPath, [script, root], { encoding: 'utf8', env });
    expect(result.status).toBe(1);
    expect(result.stdout).toBe('');
    expect(result.stderr.trim().split('\n').at(-1)).toMatch(/^npm ci ended with 7: .* run this again\.$/);
    expect(existsSync(join(root, 'node_modules', '.tierline-installed.json'))).toBe(false);
  });

  test('npm that succeeds leaves its marker, and is not asked again', () => {
    const bin = join(root, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'npm'), '#!/bin/sh\nmkdir -p node_modules; echo "$@" >> calls\n', { mode: 0o755 });
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}`, npm_execpath: '' };
    for (let round = 0; round < 2; round += 1) {
      expect(spawnSync(process.execPath, [script, root], { env }).status).toBe(0);
    }
    expect(check()).toBe('ready');
    expect(spawnSync('cat', [join(root, 'calls')], { encoding: 'utf8' }).stdout).toMatch(/^ci --include=dev [^\n]*\n$/);
  });
});

describe('the runner of TypeScript entries', () => {
  const run = join(__dirname, '..', '..', 'scripts', 'run.mjs');

  test('passes arguments, input, output and the exit code through, and adds nothing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tierline-run-'));
    const file = join(folder, 'echo.ts');
    writeFileSync(
      file,
      'const n: number = 3;\nprocess.stdin.pipe(process.stdout);\nprocess.exitCode = n + process.argv.length;\n',
    );
    const result = spawnSync(process.execPath, [run, file, 'a', 'b'], { encoding: 'utf8', input: 'some text' });
    expect({ stdout: result.stdout, stderr: result.stderr, status: result.status }).toEqual({
      stdout: 'some text',
      stderr: '',
      status: 7,
    });
    rmSync(folder, { recursive: true });
  });

  test('says in one line that there is no such entry', () => {
    const result = spawnSync(process.execPath, [run, 'cli/none.ts'], { encoding: 'utf8' });
    expect(result).toMatchObject({ status: 1, stderr: 'There is no cli/none.ts in this checkout.\n' });
  });
});
