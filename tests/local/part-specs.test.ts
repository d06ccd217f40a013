import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { choosePorts } from '../../local/choose-ports.ts';
import { prepareDataFolder, secretsOf } from '../../local/data-folder.ts';
import { addressesOf, partSpec } from '../../local/part-specs.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** The environment that the local Temporal server is started with, when the stack is started with this one. */
async function temporalEnvironment(env: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tierline-specs-'));
  folders.push(dataDir);
  prepareDataFolder(dataDir);
  const ports = await choosePorts(dataDir, ['worker'], {}, env, false);
  const plan = { dataDir, ports, env, workers: ['worker'] as const, secrets: secretsOf(dataDir), partEnv: {} };
  return partSpec(plan, 'temporal', addressesOf(plan), undefined).env;
}

describe('the local Temporal server', () => {
  it('collects garbage less often than Go would, within a gigabyte', async () => {
    expect(await temporalEnvironment({})).toMatchObject({
      GOGC: '400',
      GOMEMLIMIT: '1GiB',
      GODEBUG: 'adaptivestackstart=1',
    });
  });

  it("leaves it to whoever sets Go's own variables", async () => {
    expect(await temporalEnvironment({ GOGC: '50' })).toMatchObject({ GOGC: '50', GOMEMLIMIT: '1GiB' });
  });
});
