import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { environmentOf } from '../../contracts/env.ts';
import { newEscalationId } from '../../contracts/ids.ts';
import { commitFrom, commitItemOf } from '../../store/commit-item.ts';
import { headAttributes } from '../../store/head-item.ts';
import { keys } from '../../store/keys.ts';
import { readHead, readWholeLog } from '../../store/log.ts';
import { publishPolicy } from '../../store/policies.ts';
import { getItem, putItem } from '../../store/requests.ts';
import { hour, minute, policy, startMs } from '../domain/escalation/given.ts';
import { run, takeIn } from '../support/desk.ts';
import { startDynamo, type TestDynamo } from '../support/dynamo.ts';

interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe('npm run verify-ledger', () => {
  let dynamo: TestDynamo;

  /** Runs beside this process, which serves the table. */
  const verify = (...args: readonly string[]): Promise<Answer> => {
    const root = join(__dirname, '..', '..');
    const env = {
      ...process.env,
      ...environmentOf({
        dynamodbEndpoint: dynamo.endpoint,
        table: dynamo.store.tableName,
        noNodeWarning: 'true',
        awsAccessKeyId: 'test',
        awsSecretAccessKey: 'test',
      }),
    };
    const command = ['--import', 'tsx', join(root, 'cli', 'verify-ledger.ts'), ...args];
    return new Promise((resolve) => {
      execFile(process.execPath, command, { cwd: root, env }, (error, stdout, stderr) =>
        resolve({ status: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, stdout, stderr }),
      );
    });
  };

  /** Acknowledged too late, never updated, resolved a day later. */
  const late = async (): Promise<string> => {
    const { store } = dynamo;
    const id = await takeIn(store);
    await run(store, id, { type: 'begin' }, { clearPending: true, nowMs: startMs });
    await run(store, id, { type: 'wake' }, { nowMs: startMs + 24 * minute });
    await run(store, id, { type: 'wake' }, { nowMs: startMs + hour });
    await run(store, id, { type: 'acknowledge' }, { nowMs: startMs + hour + minute });
    await run(
      store,
      id,
      { type: 'resolve', code: 'fixed', summary: { id: 'txt_s', hash: 'h' } },
      { nowMs: startMs + 24 * hour },
    );
    await run(store, id, { type: 'submit-rca', text: { id: 'txt_r', hash: 'h' } }, { nowMs: startMs + 25 * hour });
    return id;
  };

  /** Writes another log than was decided: as bit rot, or a hand, would. */
  const falsify = async (
    id: string,
    change: (event: ReturnType<typeof commitFrom>['events'][number]) => object,
  ): Promise<void> => {
    const { store } = dynamo;
    for (const event of await readWholeLog(store, id)) {
      const item = await getItem(store, keys.commit(id, event.seq), true);
      if (item === null) continue;
      const events = commitFrom(item).events.map((each) => ({ ...each, ...change(each) }));
      await putItem(store, commitItemOf(id, events));
    }
  };

  beforeAll(async () => {
    dynamo = await startDynamo();
    await publishPolicy(dynamo.store, policy, { actorId: 'tests', nowMs: 0 });
  });
  afterAll(() => dynamo.close());

  it('shows the clocks of an escalation whose log agrees with the events', async () => {
    const id = await late();
    // The promise of a root cause analysis is long overdue by the clock of this test, which nobody handled.
    const { stdout } = await verify(id);
    expect(stdout).toContain(`${id} clock rca cycle 1`);
    expect(stdout).toContain('breach told, due: expected 2026-01-09T09:00:00.000Z, found none');
  });

  it('names the escalation, clock, cycle, event, what was expected and what was found, and fails', async () => {
    const id = await late();
    await falsify(id, (event) =>
      event.type === 'clock.breached' && event.clock === 'acknowledge' ? { dueAtMs: event.dueAtMs + 1 } : {},
    );
    const { stdout, status } = await verify(id);
    expect(status).toBe(1);
    expect(stdout.split('\n')[0]).toMatch(
      new RegExp(
        `^${id} clock acknowledge cycle 1 event \\d+: breach, due: ` +
          'expected 2026-01-05T09:30:00.000Z, found 2026-01-05T09:30:00.001Z$',
      ),
    );
  });

  it('finds a record that says something else than its log', async () => {
    const { store } = dynamo;
    const id = await takeIn(store);
    await run(store, id, { type: 'begin' }, { clearPending: true, nowMs: startMs });
    await run(store, id, { type: 'resolve', code: 'fixed', summary: { id: 'txt_s', hash: 'h' } });
    const record = (await readHead(store, id))?.record;
    if (record === undefined) throw new Error('no head');
    await putItem(store, { ...keys.head(id), ...headAttributes({ ...record, clocks: [] }, 1) });
    const { stdout, status } = await verify('--json', id);
    expect(status).toBe(1);
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ escalationId: id, ok: false });
    expect(stdout).toContain('record: clock');
  });

  it('goes through every escalation there is and counts them', async () => {
    const fresh = await startDynamo();
    const before = dynamo;
    dynamo = fresh;
    try {
      await publishPolicy(fresh.store, policy, { actorId: 'tests', nowMs: 0 });
      const ids: string[] = [];
      for (let index = 0; index < 3; index += 1) {
        const id = await takeIn(fresh.store, { severity: 'sev3' });
        ids.push(id);
        await run(fresh.store, id, { type: 'begin' }, { clearPending: true, nowMs: startMs });
        await run(fresh.store, id, { type: 'resolve', code: 'fixed', summary: { id: 'txt_s', hash: 'h' } });
      }
      const good = await verify('--all');
      expect(good).toMatchObject({ status: 0, stderr: '' });
      expect(good.stdout).toMatch(/^3 escalations, \d+ events, 9 clocks, 0 warnings, 0 breaches: all agree\n$/);
      await falsify(ids[1] ?? '', (event) => (event.type === 'clock.stopped' ? { atMs: event.atMs - 1 } : {}));
      const bad = await verify('--all');
      expect(bad.status).toBe(1);
      expect(bad.stdout).toContain(String(ids[1]));
      expect(bad.stdout).toContain('1 differ');
    } finally {
      dynamo = before;
      await fresh.close();
    }
  });

  it('says so when there is no such escalation, and when the command line names none', async () => {
    const id = newEscalationId(startMs);
    expect(await verify(id)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('there is no such escalation'),
    });
    expect(await verify('esc_nonsense')).toMatchObject({ status: 2 });
    expect(await verify()).toMatchObject({ status: 0, stdout: expect.stringContaining('--all') });
  });
});
