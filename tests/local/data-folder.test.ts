import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { choosePorts } from '../../local/choose-ports.ts';
import { lockDataFolder, noteTemporalServer, places, prepareDataFolder, secretsOf } from '../../local/data-folder.ts';
import { endOrphans } from '../../local/orphans.ts';
import { writeRunFile, type RunFile } from '../../local/run-file.ts';
import { identityOf } from '../../local/tools/process-identity.ts';
import { oneLine } from '../../local/tools/user-error.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tierline-data-'));
  prepareDataFolder(folder);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function lockOf(pid: number, identity: string): void {
  writeFileSync(places(folder).lock, JSON.stringify({ pid, identity, startedAtMs: 0 }));
}

describe('a data folder belongs to one stack at a time', () => {
  test('a second start says who has it and what to do', () => {
    const lock = lockDataFolder(folder);
    expect(() => lockDataFolder(folder)).toThrow(
      new RegExp(`in use by process ${process.pid} since .*TIERLINE_DATA_DIR`),
    );
    lock.release();
    lockDataFolder(folder).release();
  });

  test('the lock of a process that is gone is taken over', () => {
    const { pid } = spawnSync('true');
    lockOf(pid, 'whatever');
    expect(() => lockDataFolder(folder).release()).not.toThrow();
  });

  test('the lock of a process whose number another one has now is taken over', () => {
    lockOf(process.pid, 'another start time');
    expect(() => lockDataFolder(folder).release()).not.toThrow();
  });

  test('a lock file cut off half-way is taken over', () => {
    writeFileSync(places(folder).lock, '{"pid":');
    expect(() => lockDataFolder(folder).release()).not.toThrow();
  });
});

function recordOf(pid: number, identity: string): RunFile {
  return {
    pid: 1,
    identity: '',
    startedAtMs: 0,
    ready: true,
    addresses: {
      console: '',
      api: '',
      openApi: '',
      issuer: '',
      temporal: '',
      temporalUi: null,
      temporalHttp: null,
      temporalNamespace: '',
      dynamodb: null,
      sns: null,
      pagesQueue: null,
      updatesQueue: null,
      dataDir: folder,
    },
    ports: {},
    parts: { sns: { state: 'up', pid, identity, restarts: 0 } },
  };
}

describe('what a killed supervisor left behind', () => {
  test('is ended at the next start', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    const ended = new Promise((resolve) => {
      child.once('exit', (_code, signal) => resolve(signal));
    });
    writeRunFile(folder, recordOf(child.pid ?? 0, identityOf(child.pid ?? 0) ?? ''));
    expect(await endOrphans(folder)).toEqual(['sns']);
    expect(await ended).toBe('SIGKILL');
  });

  test('is left alone when its number belongs to another process now', async () => {
    writeRunFile(folder, recordOf(process.pid, 'another start time'));
    expect(await endOrphans(folder)).toEqual([]);
  });
});

describe('the data folder remembers', () => {
  test('which Temporal server wrote it, and refuses an older one', () => {
    noteTemporalServer(folder, '1.30.2');
    noteTemporalServer(folder, '1.30.2');
    expect(() => noteTemporalServer(folder, '1.29.1')).toThrow(
      /written by Temporal server 1\.30\.2; the one found here is 1\.29\.1\./,
    );
    noteTemporalServer(folder, '1.31.0');
  });

  test('its secrets', () => {
    const secrets = secretsOf(folder);
    expect(secretsOf(folder)).toEqual(secrets);
    expect(new Set(Object.values(secrets)).size).toBe(3);
  });

  test('its ports, while they are free', async () => {
    const first = await choosePorts(folder, ['worker'], {}, {}, false);
    expect(await choosePorts(folder, ['worker'], {}, {}, false)).toEqual(first);
    expect(new Set(Object.values(first)).size).toBe(8);
  });
});

describe('a port', () => {
  test('that was asked for and is taken is one line with the remedy', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    await expect(choosePorts(folder, [], {}, { PORT: String(port) }, true)).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is taken. End the program that listens there, or set PORT to another one.`,
    );
    server.close();
  });

  test('that is no number is refused', async () => {
    await expect(choosePorts(folder, [], {}, { PORT: 'many' }, true)).rejects.toThrow('PORT must be a whole number');
    await expect(choosePorts(folder, [], {}, { PORT: '70000' }, true)).rejects.toThrow('70000 is no port number');
  });
});

test('system errors become a sentence with the remedy', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', path: '/data/x' });
  expect(oneLine(full)).toBe(
    'The disk is full (/data/x). Free some space, or set TIERLINE_DATA_DIR to a folder on another disk.',
  );
  expect(existsSync(folder)).toBe(true);
});
