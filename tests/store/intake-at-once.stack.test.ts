import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nativeDynamodb } from '../../local/tools/dynamodb-server.ts';
import { startTemporaryStack, type TemporaryStack } from '../../local/temporary-stack.ts';
import { createStore, storeConfigFrom, type Store } from '../../store/client.ts';
import { acceptIntake, type IntakeResult } from '../../store/intake.ts';
import { readHead, readWholeLog } from '../../store/log.ts';
import { adoptOrphan, listPending } from '../../store/orphans.ts';
import { absorbRepeat, closePointer, readPointer } from '../../store/pointer.ts';
import { publishPolicy } from '../../store/policies.ts';
import { startMeter } from '../../store/metering-proxy.ts';
import { listTexts } from '../../store/texts.ts';
import { newIntake, takeIn } from '../support/desk.ts';
import { policy, startMs } from '../domain/escalation/given.ts';

// dynalite, which serves the table elsewhere, has no transactions: there an intake goes step by step, as tests/store/intake.test.ts shows.
const hasTransactions = nativeDynamodb('/nowhere') !== undefined;
const described = hasTransactions ? describe : describe.skip;
if (!hasTransactions) process.stderr.write('Skipped: no native DynamoDB endpoint for this machine.\n');

described('an intake in one transaction', () => {
  let stack: TemporaryStack;
  let store: Store;
  let asked: string[] = [];

  beforeAll(async () => {
    stack = await startTemporaryStack({ parts: ['dynamodb'], policies: false });
    store = createStore({
      ...storeConfigFrom(stack.env),
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    await publishPolicy(store, policy, { actorId: 'tests', nowMs: 0 });
  }, 60_000);
  afterAll(async () => {
    store.close();
    await stack.dispose();
  });

  /** The store as one process sees it: its requests are noted, and its transactions go through this. */
  function seen(
    send: (transaction: () => Promise<unknown>) => Promise<unknown> = (transaction) => transaction(),
  ): Store {
    asked = [];
    return {
      ...store,
      table: {
        call: async (operation, input, once) => {
          asked.push(operation);
          const real = () => store.table.call(operation, input, once);
          return operation === 'TransactWriteItems' ? send(real) : real();
        },
      },
    };
  }

  it('stands in log, record, texts and list, with its key, after one request', async () => {
    const intake = newIntake({ dedupKey: 'whole', begins: true, title: 'A fire in a charger' });
    const result = await acceptIntake(seen(), intake);
    expect(asked).toEqual(['TransactWriteItems']);
    const log = await readWholeLog(store, intake.escalationId);
    expect(log).toEqual([intake.received, ...(intake.begun?.events ?? [])]);
    const record = result.kind === 'accepted' ? result.record : null;
    expect(await readHead(store, intake.escalationId)).toEqual({
      record,
      title: 'A fire in a charger',
      titleErasedAtMs: null,
    });
    expect(record?.seq).toBe(log.length);
    expect(await listTexts(store, intake.escalationId)).toHaveLength(1);
    expect(await listPending(store, 1_000, startMs + 1)).toContain(intake.escalationId);
    expect(await readPointer(store, 'whole')).toMatchObject({ escalationId: intake.escalationId, count: 1 });
    expect(await adoptOrphan(store, intake.escalationId, startMs)).toEqual({ kind: 'ready' });
  });

  it('becomes one escalation of fifty that come at once, with an exact count, and the others write nothing', async () => {
    const intakes = Array.from({ length: 50 }, () => newIntake({ dedupKey: 'fifty' }));
    const results = await Promise.all(intakes.map((intake) => acceptIntake(store, intake)));
    const [winner, ...more] = intakes.filter((_, index) => results[index]?.kind === 'accepted');
    expect(more).toEqual([]);
    const counts = results.flatMap((result) => (result.kind === 'absorbed' ? [result.count] : []));
    expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 49 }, (_, n) => n + 2));
    expect(await readPointer(store, 'fifty')).toMatchObject({ escalationId: winner?.escalationId, count: 50 });
    for (const loser of intakes.filter((intake) => intake !== winner)) {
      expect(await readWholeLog(store, loser.escalationId)).toEqual([]);
      expect(await listTexts(store, loser.escalationId)).toEqual([]);
      expect(await readHead(store, loser.escalationId)).toBeNull();
    }
  });

  it('takes a key that was let go, also in the very moment in which it is counted', async () => {
    const first = await takeIn(store, { dedupKey: 'again' });
    await closePointer(store, 'again', first, 1);
    const second = await takeIn(store, { dedupKey: 'again' });
    expect(await readPointer(store, 'again')).toMatchObject({ escalationId: second, count: 1, state: 'open' });
    let isFirst = true;
    const letting = seen(async (transaction) => {
      if (!isFirst) return transaction();
      isFirst = false;
      try {
        return await transaction();
      } finally {
        await closePointer(store, 'again', second, 1);
      }
    });
    const third = newIntake({ dedupKey: 'again' });
    expect(await acceptIntake(letting, third)).toMatchObject({ kind: 'accepted' });
    expect(asked).toEqual(['TransactWriteItems', 'UpdateItem', 'TransactWriteItems']);
    expect(await readPointer(store, 'again')).toMatchObject({ escalationId: third.escalationId, count: 1 });
  });

  it('is written once when its request is repeated because the answer was lost', async () => {
    const twice = seen(async (transaction) => {
      await transaction();
      return transaction();
    });
    const intake = newIntake({ dedupKey: 'twice', begins: true, title: 'Twice' });
    expect(await acceptIntake(twice, intake)).toMatchObject({
      kind: 'accepted',
      record: { id: intake.escalationId },
      title: 'Twice',
    });
    expect(asked.filter((operation) => operation === 'TransactWriteItems')).toHaveLength(1);
    expect(await listTexts(store, intake.escalationId)).toHaveLength(1);
    expect(await readPointer(store, 'twice')).toMatchObject({ escalationId: intake.escalationId, count: 1 });
    expect(await readWholeLog(store, intake.escalationId)).toEqual([intake.received, ...(intake.begun?.events ?? [])]);
  });

  it('overwrites nothing of another attempt under its id that was faster', async () => {
    const intake = newIntake({ dedupKey: 'overtaken', begins: true });
    const later = newIntake({ dedupKey: 'overtaken', begins: true, atMs: startMs + 9_000 });
    const retry = { ...later, escalationId: intake.escalationId, attempt: 'again' as const };
    const retried: IntakeResult[] = [];
    const slow = seen(async (transaction) => {
      retried.push(await acceptIntake(store, retry));
      return transaction();
    });
    const result = await acceptIntake(slow, intake);
    expect(retried).toMatchObject([{ kind: 'accepted', record: { createdAtMs: startMs + 9_000 } }]);
    expect(result).toMatchObject({ kind: 'accepted', record: { createdAtMs: startMs + 9_000 } });
    expect(await readWholeLog(store, intake.escalationId)).toEqual([retry.received, ...(retry.begun?.events ?? [])]);
    expect(await readPointer(store, 'overtaken')).toMatchObject({ escalationId: intake.escalationId, count: 1 });
  });

  it('costs twice the units of its items, and its lists once', async () => {
    const meter = await startMeter(stack.addresses.dynamodb ?? '');
    const metered = createStore({
      ...storeConfigFrom(stack.env),
      endpoint: meter.endpoint,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    await takeIn(metered, { dedupKey: 'metered' });
    expect(meter.counts()).toMatchObject({
      writeUnits: 11,
      writeUnitsBy: { POINTER: 2, TEXT: 2, EVT: 2, pending: 1, HEAD: 2, 'by-state': 1, 'by-time': 1 },
      requests: { TransactWriteItems: 1 },
    });
    expect(await absorbRepeat(metered, 'metered', startMs)).toMatchObject({ count: 2 });
    expect(meter.counts().writeUnits).toBe(12);
    metered.close();
    await meter.close();
  });
});
