import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { environmentOf } from '../../contracts/env.ts';
import { fold } from '../../domain/escalation/evolve.ts';
import { readHistory } from '../../domain/policy/backtest/history.ts';
import type { Store } from '../../store/client.ts';
import { faultPlanFrom, type FaultPoint } from '../../store/fault-points.ts';
import { acceptIntake, type Intake } from '../../store/intake.ts';
import { readHead, readLog, readWholeLog } from '../../store/log.ts';
import { adoptOrphan, listPending } from '../../store/orphans.ts';
import { readPointer } from '../../store/pointer.ts';
import { publishPolicy } from '../../store/policies.ts';
import { newIntake, run, takeIn } from '../support/desk.ts';
import { startDynamo, type TestDynamo } from '../support/dynamo.ts';
import { policy, startMs } from '../domain/escalation/given.ts';

describe('a process that is killed between two writes', () => {
  let dynamo: TestDynamo;
  let store: Store;
  let folder = '';

  beforeAll(async () => {
    dynamo = await startDynamo();
    store = dynamo.store;
    await publishPolicy(store, policy, { actorId: 'tests', nowMs: 0 });
    folder = mkdtempSync(join(tmpdir(), 'tierline-crash-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await dynamo.close();
  });

  /** Runs a task in a process of its own that dies at the fault point; resolves with the signal it died of. */
  async function killedAt(point: FaultPoint, task: 'intake' | 'begin' | 'adopt', argument: string) {
    const faultFile = join(folder, `${point.replace(':', '-')}-${Math.random()}`);
    const child = spawn(
      process.execPath,
      ['--require', join(__dirname, '../../scripts/register.cjs'), join(__dirname, 'crash-child.ts'), task, argument],
      {
        env: {
          PATH: process.env['PATH'],
          ...environmentOf({
            dynamodbEndpoint: dynamo.endpoint,
            table: store.tableName,
            awsAccessKeyId: 'test',
            awsSecretAccessKey: 'test',
            faultPoint: point,
            faultFile,
            allowFaults: '1',
          }),
        },
        stdio: 'ignore',
      },
    );
    const signal = await new Promise((resolve) => child.once('exit', (_code, by) => resolve(by)));
    expect(existsSync(faultFile)).toBe(true);
    return signal;
  }

  /** Log, record and their agreement, once recovery is over. */
  async function expectWhole(id: string, events: number): Promise<void> {
    const log = await readLog(store, id);
    const whole = await readWholeLog(store, id);
    expect(log?.events).toEqual(whole);
    expect(whole).toHaveLength(events);
    expect(log?.head.record).toMatchObject({ seq: whole.length, state: fold(whole)?.status });
    expect(log?.head.title).toBe('Parcels marked delivered that never came');
  }

  it.each(['commit:before', 'commit:after-slot', 'commit:after-head'] as const)(
    'has its commit written once, when it dies at %s and the decision is repeated or made anew',
    async (point) => {
      const id = await takeIn(store);
      expect(await killedAt(point, 'begin', id)).toBe('SIGKILL');
      const before = await readWholeLog(store, id);
      expect(before.length > 1).toBe(point !== 'commit:before');
      if (before.length === 1) await run(store, id, { type: 'begin' }, { clearPending: true });
      else {
        // A workflow that was created again decides from what it knows: the slot holds the truth.
        const late = await run(dynamo.store, id, { type: 'note', text: { id: 'txt_late', hash: 'h' } });
        expect(late.result.kind).toBe('committed');
      }
      const whole = await readWholeLog(store, id);
      await expectWhole(id, whole.length);
      expect(whole.map((event) => event.seq)).toEqual(whole.map((_, index) => index + 1));
    },
  );

  it.each(['intake:before', 'intake:after-commit', 'intake:after-claim', 'intake:after-head'] as const)(
    'loses no intake when it dies at %s: it is adopted, or was never begun',
    async (point) => {
      const dedupKey = `crash-${point}`;
      const intake = newIntake({ dedupKey });
      expect(await killedAt(point, 'intake', JSON.stringify(intake))).toBe('SIGKILL');
      const pending = await listPending(store, 100, startMs + 1_000);
      if (point === 'intake:before') {
        expect(pending).not.toContain(intake.escalationId);
        expect(await adoptOrphan(store, intake.escalationId, startMs)).toEqual({ kind: 'gone' });
        return;
      }
      expect(pending).toContain(intake.escalationId);
      expect(await adoptOrphan(store, intake.escalationId, startMs + 5_000)).toEqual({ kind: 'ready' });
      await expectWhole(intake.escalationId, 1);
      expect(await readPointer(store, dedupKey)).toMatchObject({
        escalationId: intake.escalationId,
        count: 1,
        state: 'open',
      });
    },
  );

  it('counts an intake that died with its key lost once, by its adopter', async () => {
    const dedupKey = 'crash-lost-claim';
    const winner = await takeIn(store, { dedupKey });
    const intake = newIntake({ dedupKey });
    expect(await killedAt('intake:after-lost-claim', 'intake', JSON.stringify(intake))).toBe('SIGKILL');
    expect(await adoptOrphan(store, intake.escalationId, startMs + 5_000)).toMatchObject({ into: winner });
    expect(await readPointer(store, dedupKey)).toMatchObject({ escalationId: winner, count: 2 });
    await expectWhole(intake.escalationId, 2);
  });

  it.each([
    ['orphan:after-count', false],
    ['orphan:after-merge', false],
    ['orphan:after-count', true],
    ['orphan:after-merge', true],
  ] as const)(
    'counts an orphan whose key was taken exactly once, when its adopter dies at %s (begun: %s)',
    async (point, begins) => {
      const dedupKey = `orphan-${point}-${begins}`;
      const orphan: Intake = newIntake({ dedupKey, begins });
      expect(await killedAt('intake:after-commit', 'intake', JSON.stringify(orphan))).toBe('SIGKILL');
      const winner = newIntake({ dedupKey });
      expect(await acceptIntake(store, winner)).toMatchObject({ kind: 'accepted' });
      expect(await killedAt(point, 'adopt', orphan.escalationId)).toBe('SIGKILL');
      const adopted = await Promise.all([
        adoptOrphan(store, orphan.escalationId, startMs + 5_000),
        adoptOrphan(store, orphan.escalationId, startMs + 6_000),
      ]);
      for (const each of adopted) expect(['absorbed', 'gone']).toContain(each.kind);
      expect(await readPointer(store, dedupKey)).toMatchObject({ escalationId: winner.escalationId, count: 2 });
      const log = await readWholeLog(store, orphan.escalationId);
      await expectWhole(orphan.escalationId, log.length);
      const types = log.map((event) => event.type);
      expect(types.at(-1)).toBe('escalation.merged');
      // Whatever was to be paged stands there with its reason.
      expect(types.filter((type) => type === 'page.suppressed')).toHaveLength(begins ? 1 : 0);
      const world = { calendars: {}, calendarPins: {} };
      expect(readHistory(orphan.escalationId, log, policy, world).mismatches).toEqual([]);
      expect((await readHead(store, orphan.escalationId))?.record).toMatchObject({
        state: 'merged',
        mergedInto: winner.escalationId,
      });
      expect(await listPending(store, 100, startMs + 1_000)).not.toContain(orphan.escalationId);
      expect(await adoptOrphan(store, orphan.escalationId, startMs)).toMatchObject({ into: winner.escalationId });
      expect(await readPointer(store, dedupKey)).toMatchObject({ count: 2 });
    },
  );
});

describe('a fault point', () => {
  it('is refused where faults are not allowed', () => {
    const asked = environmentOf({ faultPoint: 'commit:before' });
    expect(faultPlanFrom({})).toBeNull();
    expect(() => faultPlanFrom(asked)).toThrow('TIERLINE_ALLOW_FAULTS');
    expect(() => faultPlanFrom({ ...asked, ...environmentOf({ allowFaults: '1', nodeEnv: 'production' }) })).toThrow();
    expect(faultPlanFrom({ ...asked, ...environmentOf({ allowFaults: '1' }) })).toMatchObject({ times: 1 });
  });

  it('is refused under a name that no step has, and can wait for the n-th time', () => {
    const allowed = environmentOf({ allowFaults: '1' });
    expect(() => faultPlanFrom({ ...allowed, ...environmentOf({ faultPoint: 'comit:before' }) })).toThrow('Known are');
    expect(faultPlanFrom({ ...allowed, ...environmentOf({ faultPoint: 'commit:after-slot@3' }) })).toEqual({
      point: 'commit:after-slot',
      times: 3,
      file: undefined,
    });
  });
});
