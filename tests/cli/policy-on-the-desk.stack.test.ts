import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as z from 'zod';

import { dedupKeyHash } from '../../contracts/ids.ts';
import { startTemporaryStack, type TemporaryStack } from '../../local/temporary-stack.ts';
import { putFresh } from '../../store/batch-put.ts';
import { createStore, storeConfigFrom } from '../../store/client.ts';
import { commitItemOf } from '../../store/commit-item.ts';
import { pendingPartition, shardOf } from '../../store/keys.ts';
import { readHead } from '../../store/log.ts';
import { readLatestPolicy } from '../../store/policies.ts';
import { indexAttributes } from '../../store/table-definition.ts';
import { textItemOf } from '../../store/texts.ts';
import { StackClient } from '../lambdas/support/stack-client.ts';
import { newIntake } from '../support/desk.ts';

const checkout = join(__dirname, '../..');

const report = z.object({
  escalations: z.number(),
  reproduced: z.number(),
  mismatches: z.array(z.unknown()),
  changes: z.array(
    z.object({ severity: z.string(), kind: z.string(), change: z.string(), what: z.string(), times: z.number() }),
  ),
});

/** The command line against a desk that runs: its logs are those of a real workflow, with the lateness of a real day. */
describe('policies on a running desk', () => {
  let stack: TemporaryStack;
  let folder: string;
  let dana: StackClient;
  let office: StackClient;
  let filed: readonly string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tierline-policy-desk-'));
    stack = await startTemporaryStack({ dataDir: join(folder, 'data') });
    dana = await StackClient.of(stack, 'dana');
    office = await StackClient.of(stack, 'programme_manager');
    filed = [...(await liveThrough(dana, office)), ...(await mergedBy(stack, dana))];
  }, 400_000);
  afterAll(async () => {
    await stack?.dispose();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  function policy(...args: readonly string[]) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--require', './scripts/register.cjs', 'cli/policy.ts', ...args],
      {
        cwd: checkout,
        encoding: 'utf8',
        timeout: 110_000,
        env: { ...process.env, TIERLINE_DATA_DIR: join(folder, 'data') },
      },
    );
    return { status, stdout, stderr };
  }

  function changed(name: string, edit: (text: string) => string): string {
    const copy = join(folder, name);
    cpSync(join(checkout, 'policies'), copy, { recursive: true });
    const file = join(copy, 'drill.yaml');
    const text = readFileSync(file, 'utf8');
    const edited = edit(text);
    if (edited === text) throw new Error('the drill policy has changed');
    writeFileSync(file, edited);
    return copy;
  }

  it('finds no difference in its own logs: commands, climbs by itself, pauses and repeats are reproduced event by event', () => {
    const { status, stdout, stderr } = policy('backtest', 'log', '--json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const found = report.parse(JSON.parse(stdout));
    expect(found.mismatches).toEqual([]);
    expect(found).toMatchObject({ escalations: filed.length, reproduced: filed.length, changes: [] });
  }, 120_000);

  it('says the same over the API', async () => {
    const { status, body } = await office.post('/v1/policies/backtest');
    expect(status).toBe(200);
    expect(body).toMatchObject({ escalations: filed.length, reproduced: filed.length, changes: [], nextCursor: null });
  }, 60_000);

  it('states what a slower first tier would have avoided', () => {
    // The drill's first tier has ten seconds: one escalation climbed by itself, and would have waited for a minute.
    const slower = changed('slower', (text) =>
      text.replace(
        'acknowledgeWithin: { sev1: 10s, sev2: 10s, sev3: 10s, sev4: 10s }',
        'acknowledgeWithin: { sev1: 1m, sev2: 1m, sev3: 1m, sev4: 1m }',
      ),
    );
    const { changes, reproduced } = report.parse(
      JSON.parse(policy('backtest', 'log', '--folder', slower, '--json').stdout),
    );
    expect(reproduced).toBe(filed.length);
    expect(changes).toContainEqual(
      expect.objectContaining({ kind: 'page', change: 'avoided', what: 'tier 2 not_acknowledged', times: 1 }),
    );
  }, 120_000);

  it('previews a migration and moves the chosen ones through the API', async () => {
    const open = await dana.file({ ...filing, policy: 'drill' });
    const other = await dana.file({ ...filing, policy: 'drill' });
    const [id, otherId] = [open, other].map((path) => path.split('/').at(-1) ?? '');
    const newer = changed('newer', (text) => text.replace('sev2: { within: 5m }', 'sev2: { within: 6m }'));
    expect(policy('publish', newer).stdout).toContain('drill: version 2 is in force');
    const preview = policy('migrate', 'drill').stdout;
    expect(preview).toContain(`${id} from version 1: changes`);
    expect(preview).toContain('resolve clock due');
    const moved = policy('migrate', 'drill', '--apply', '--ids', id ?? '');
    expect(moved).toMatchObject({ status: 0, stderr: '' });
    expect(moved.stdout).toContain(`${id} moved\n`);
    const left = policy('migrate', 'drill').stdout;
    expect(left).not.toContain(String(id));
    expect(left).toContain(String(otherId));
    expect(policy('migrate', 'drill', '--apply').stderr).toContain('--all, or --ids');
    expect(policy('migrate', 'drill', '--apply', '--all').stdout).toContain(`${otherId} moved\n`);
    expect(policy('migrate', 'drill').stdout).toContain('0 open escalations');
  }, 300_000);
});

const filing = { title: 'Parcels come too late', channel: 'account_manager', category: 'logistics', severity: 'sev2' };

/** A few lives: handled by people with a pause and a reopening; climbed by itself; repeated under one key. */
async function liveThrough(dana: StackClient, office: StackClient): Promise<readonly string[]> {
  const handled = await dana.file(filing);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const steps: readonly (readonly [StackClient, string, object])[] = [
    [dana, 'acknowledge', {}],
    [dana, 'start-investigation', {}],
    [dana, 'pause', { reason: 'waiting_for_customer', until }],
    [dana, 'resume', {}],
    [dana, 'change-severity', { severity: 'sev1', reason: 'worse than it looked' }],
    [dana, 'note', { text: 'a word' }],
    [dana, 'hand-off', { to: 'mei', note: 'over to you' }],
    [dana, 'send-update', { audience: 'account_managers', text: 'we are on it' }],
    [dana, 'resolve', { code: 'fixed', summary: 'sorted' }],
    [dana, 'submit-rca', { text: 'a belt was torn' }],
    [office, 'approve-rca', {}],
    [dana, 'close', {}],
    [dana, 'reopen', { reason: 'torn again' }],
    [dana, 'resolve', { code: 'fixed', summary: 'sorted again' }],
  ];
  await give(handled, steps);
  const climbing = await dana.file({ ...filing, policy: 'drill' });
  await dana.until(climbing, ({ tier }) => tier === 3, 90_000);
  await give(climbing, [[dana, 'acknowledge', {}]]);
  await give(climbing, [[dana, 'resolve', { code: 'fixed', summary: 'sorted' }]]);
  const first = await dana.file({ ...filing, severity: 'sev3', dedupKey: 'belt-7' });
  const { status } = await dana.post('/v1/escalations', { ...filing, severity: 'sev3', dedupKey: 'belt-7' });
  expect(status).toBe(200);
  await dana.until(first, ({ occurrences }) => occurrences === 2, 30_000);
  await give(first, [[dana, 'acknowledge', {}]]);
  await give(first, [[office, 'cancel', { reason: 'filed twice' }]]);
  return [handled, climbing, first];
}

/** An intake that died after its first commit, when its key was another's: the worker adopts it and ends it as merged. */
async function mergedBy(stack: TemporaryStack, dana: StackClient): Promise<readonly string[]> {
  const winner = await dana.file({ ...filing, severity: 'sev3', dedupKey: 'belt-8' });
  await give(winner, [[dana, 'acknowledge', {}]]);
  const store = createStore({
    ...storeConfigFrom(stack.env),
    endpoint: stack.addresses.dynamodb ?? '',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    const policy = await readLatestPolicy(store, 'default');
    if (policy === null) throw new Error('the default policy is not published');
    const dedupKey = dedupKeyHash({ source: 'api', key: 'belt-8' });
    const orphan = newIntake({ dedupKey, atMs: Date.now(), severity: 'sev2', begins: true }, policy);
    const { escalationId, received, begun, texts } = orphan;
    await putFresh(store, [
      ...texts.map((text) => textItemOf(escalationId, text)),
      {
        ...commitItemOf(escalationId, [received, ...(begun?.events ?? [])]),
        [indexAttributes.pendingPartition]: pendingPartition(shardOf(escalationId, store.indexShards), 'sev2'),
      },
    ]);
    await waitFor(async () => (await readHead(store, escalationId))?.record.state === 'merged');
    return [winner, `/v1/escalations/${escalationId}`];
  } finally {
    store.close();
  }
}

async function waitFor(isSo: () => Promise<boolean>): Promise<void> {
  const giveUpAtMs = Date.now() + 30_000;
  while (!(await isSo())) {
    if (Date.now() > giveUpAtMs) throw new Error('it was not merged in time');
    await new Promise((resolve) => void setTimeout(resolve, 100));
  }
}

async function give(path: string, steps: readonly (readonly [StackClient, string, object])[]): Promise<void> {
  for (const [who, command, body] of steps) {
    const answer = await who.post(`${path}/${command}`, body);
    expect({ command, status: answer.status }).toEqual({ command, status: 200 });
  }
}
