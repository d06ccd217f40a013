import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nativeDynamodb } from '../../local/tools/dynamodb-server.ts';

let folder: string;
const here = () => '/opt/dynoxide';
const nowhere = () => undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tierline-dynamodb-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('which program serves the table of a folder', () => {
  test('a new folder gets the native one where there is one, else dynalite', () => {
    expect(nativeDynamodb(folder, here)).toEqual({ program: '/opt/dynoxide', file: join(folder, 'dynamodb.sqlite') });
    expect(nativeDynamodb(folder, nowhere)).toBeUndefined();
  });

  test('a folder that dynalite wrote stays with dynalite', () => {
    writeFileSync(join(folder, 'CURRENT'), 'MANIFEST-000004\n');
    expect(nativeDynamodb(folder, here)).toBeUndefined();
  });

  test('a folder that the native one wrote is refused where it is missing, not begun anew', () => {
    writeFileSync(join(folder, 'dynamodb.sqlite'), '');
    expect(() => nativeDynamodb(folder, nowhere)).toThrow(
      /dynamodb\.sqlite was written by dynoxide, which is not installed here\. Run `npm ci`/,
    );
  });
});
