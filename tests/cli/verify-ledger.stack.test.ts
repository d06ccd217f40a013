import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { environmentOf } from '../../contracts/env.ts';
import { startTemporaryStack, type TemporaryStack } from '../../local/temporary-stack.ts';
import { waitUntil } from '../../local/tools/wait.ts';
import { createStore, storeConfigFrom, type Store } from '../../store/client.ts';
import { commitFrom, commitItemOf } from '../../store/commit-item.ts';
import { keys } from '../../store/keys.ts';
import { readWholeLog } from '../../store/log.ts';
import { getItem, putItem } from '../../store/requests.ts';
import { Api } from '../faults/rig/api.ts';

const root = join(__dirname, '..', '..');
let stack: TemporaryStack;
let store: Store;
let api: Api;
beforeAll(async () => {
  stack = await startTemporaryStack();
  store = createStore({
    ...storeConfigFrom(stack.env),
    endpoint: stack.addresses.dynamodb ?? '',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  api = new Api(stack.addresses.api, (await stack.token('responder')).accessToken);
}, 120_000);
afterAll(async () => {
  store?.close();
  await stack?.dispose();
}, 30_000);

/** As somebody types it in another terminal: the command finds the table of the stack that runs. */
function verify(...args: readonly string[]): Promise<{ readonly status: number; readonly stdout: string }> {
  const env = {
    ...process.env,
    ...environmentOf({ dataDir: stack.dataDir, dynamodbEndpoint: '', noNodeWarning: 'true' }),
  };
  const command = ['--require', join(root, 'scripts', 'register.cjs'), join(root, 'cli', 'verify-ledger.ts'), ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: root, env }, (error, stdout) =>
      resolve({ status: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, stdout }),
    );
  });
}

/** A drill whose half of the acknowledgement's minute has run unheard. */
async function warned(): Promise<string> {
  const made = await api.create(randomUUID(), {
    title: 'A drill',
    channel: 'monitoring',
    category: 'logistics',
    policy: 'drill',
  });
  if (made.kind !== 'answered') throw new Error('no answer');
  const id = String(made.body['id']);
  const isWarned = async (): Promise<boolean> =>
    (await readWholeLog(store, id)).some(({ type }) => type === 'clock.warned');
  expect(await waitUntil(isWarned, 60_000, 200)).toBe(true);
  return id;
}

describe('npm run verify-ledger beside a stack that runs', () => {
  it('agrees with what the stack decided, and names the first difference once an event was changed', async () => {
    const id = await warned();
    const good = await verify(id);
    expect(good.stdout).toContain(`${id}: `);
    expect(good.stdout).toContain('acknowledge 1: target 1m, running, warnings 1');
    expect(good).toMatchObject({ status: 0, stdout: expect.stringContaining(': all agree') });
    expect(await verify('--all')).toMatchObject({ status: 0, stdout: expect.stringContaining('all agree') });

    for (const { seq } of await readWholeLog(store, id)) {
      const item = await getItem(store, keys.commit(id, seq), true);
      if (item === null) continue;
      const events = commitFrom(item).events.map((event) =>
        event.type === 'clock.warned' ? { ...event, warnAtMs: event.warnAtMs - 1 } : event,
      );
      await putItem(store, commitItemOf(id, events));
    }
    const bad = await verify('--all');
    expect(bad.status).toBe(1);
    expect(bad.stdout).toMatch(new RegExp(`^${id} clock acknowledge cycle 1 event \\d+: warning`));
    expect(bad.stdout).toContain('1 differ');
  }, 120_000);
});
