import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachedTestServer } from '../../local/tools/test-server.ts';
import { compareVersions, findTemporalServer, parseVersions } from '../../local/tools/temporal-server.ts';

let folder: string;
const path = process.env['PATH'];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tierline-tools-'));
});

afterEach(() => {
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true, force: true });
});

function putOnPath(server: string): string {
  const bin = join(folder, server);
  mkdirSync(bin);
  writeFileSync(join(bin, 'temporal'), `#!/bin/sh\necho "temporal version 1.5.1 (Server ${server}, UI 2.42.1)"\n`, {
    mode: 0o755,
  });
  process.env['PATH'] = `${bin}:/usr/bin:/bin`;
  return join(bin, 'temporal');
}

describe('the Temporal server', () => {
  const options = { progress: () => undefined, only: ['path', 'cache'] } as const;

  test('on PATH is taken when it is new enough', async () => {
    const file = putOnPath('1.29.1');
    expect(await findTemporalServer({ ...options, cache: folder })).toEqual({
      path: file,
      source: 'path',
      versions: { cli: '1.5.1', server: '1.29.1' },
    });
  });

  test('on PATH is passed over when it is too old, and the last word names the remedy', async () => {
    putOnPath('1.24.2');
    await expect(findTemporalServer({ ...options, cache: folder })).rejects.toThrow(
      /No Temporal server .*1\.29\.0 or newer.*on PATH, install Go, or set TEMPORAL_ADDRESS\./,
    );
  });

  test.each([
    ['temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)', { cli: '1.5.1', server: '1.29.1' }],
    ['temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)', { cli: '0.0.0-DEV', server: '1.29.1' }],
    ['something else', undefined],
  ])('%s is understood', (text, versions) => {
    expect(parseVersions(text)).toEqual(versions);
  });

  test('versions are compared as numbers', () => {
    expect(compareVersions('1.9.0', '1.29.0')).toBeLessThan(0);
    expect(compareVersions('1.30.0-rc.1', '1.29.9')).toBeGreaterThan(0);
    expect(compareVersions('1.29.0', '1.29.0')).toBe(0);
  });
});

test('the time-skipping server is missing until it has been fetched', () => {
  expect(cachedTestServer(folder)).toBeUndefined();
});
