import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { marshall } from '@aws-sdk/util-dynamodb';
import { headAttributes } from '../../store/head-item.ts';
import { keys } from '../../store/keys.ts';
import { publishPolicy } from '../../store/policies.ts';
import { startMeter } from '../../store/metering-proxy.ts';
import { getItem } from '../../store/requests.ts';
import { tableDefinition, toCreateTableInput } from '../../store/table-definition.ts';
import { countWriteUnits, itemBytes, type Item } from '../../store/write-units.ts';
import { run, takeIn } from '../support/desk.ts';
import { startDynamo, type TestDynamo } from '../support/dynamo.ts';
import { sampleHeads } from '../support/sample-heads.ts';
import { policy, startMs } from '../domain/escalation/given.ts';

const plain = (bytes: number): Item => ({ pk: { S: 'p' }, sk: { S: 's' }, x: { S: 'x'.repeat(bytes - 7) } });

describe('the size of an item', () => {
  it('is that of its names and its values', () => {
    expect(itemBytes({ ab: { S: 'äb' } })).toBe(2 + 3);
    expect(itemBytes({ n: { N: '1700000000123' } })).toBe(1 + 8);
    expect(itemBytes({ n: { N: '1000' } })).toBe(1 + 2);
    expect(itemBytes({ n: { N: '-7' } })).toBe(1 + 3);
    expect(itemBytes({ n: { N: '0' } })).toBe(1 + 1);
    expect(itemBytes({ b: { B: new Uint8Array(9) }, t: { BOOL: true }, z: { NULL: true } })).toBe(10 + 2 + 2);
    expect(itemBytes({ l: { L: [{ S: 'abc' }, { N: '1' }] } })).toBe(1 + 3 + 4 + 3);
    expect(itemBytes({ m: { M: { a: { S: 'b' } } } })).toBe(1 + 3 + 3);
    expect(itemBytes({ s: { SS: ['a', 'bc'] } })).toBe(1 + 3);
    expect(itemBytes(plain(500))).toBe(500);
  });
});

describe('write units', () => {
  const record = sampleHeads(1, startMs)[0]?.record;
  const head = (changes: object): Item => {
    if (record === undefined) throw new Error('no sample');
    return marshall(
      { ...keys.head('esc_1'), ...headAttributes({ ...record, ...changes }, 1) },
      { removeUndefinedValues: true },
    );
  };

  it('are one for each kilobyte begun, of the larger of before and after', () => {
    expect(countWriteUnits(null, plain(1024)).total).toBe(1);
    expect(countWriteUnits(null, plain(1025)).total).toBe(2);
    expect(countWriteUnits(plain(3000), plain(100)).total).toBe(3);
    expect(countWriteUnits(plain(3000), null).total).toBe(3);
    expect(countWriteUnits(null, null).total).toBe(1);
  });

  it('are one for each index that an item enters, two where its key moves, one where what it holds changes', () => {
    const entered = countWriteUnits(null, head({}));
    expect(entered.indexes).toEqual({ 'by-state': 1, 'by-team': 1, 'by-assignee': 1, 'by-account': 1, 'by-time': 1 });
    expect(countWriteUnits(head({}), head({ rev: 9 })).indexes).toEqual({ 'by-state': 1 });
    expect(countWriteUnits(head({}), head({ state: 'investigating' })).indexes).toEqual({ 'by-state': 2 });
    expect(countWriteUnits(head({}), head({ team: null })).indexes).toEqual({ 'by-state': 1, 'by-team': 1 });
    expect(countWriteUnits(head({}), head({})).indexes).toEqual({});
  });
});

describe('an ordinary escalation', () => {
  let dynamo: TestDynamo;
  beforeAll(async () => {
    dynamo = await startDynamo();
    await publishPolicy(dynamo.store, policy, { actorId: 'tests', nowMs: 0 });
  });
  afterAll(() => dynamo.close());

  it('has a record under 1 KB, also with four clocks, a team, a person and an account', async () => {
    const title = 'Customers report that chargers of one maker overheat; two stores have stopped selling them';
    const id = await takeIn(dynamo.store, { title, team: 'product-safety', accountId: 'acme-electronics-gmbh' });
    await run(dynamo.store, id, { type: 'begin' });
    await run(dynamo.store, id, { type: 'acknowledge' });
    await run(dynamo.store, id, { type: 'send-update', audience: 'customers', text: { id: 'txt_1', hash: 'h' } });
    const item = await getItem(dynamo.store, keys.head(id), true);
    expect(itemBytes(marshall({ ...item }))).toBeLessThan(1024);
  });

  it('begins with a commit that takes one write unit', async () => {
    const id = await takeIn(dynamo.store);
    await run(dynamo.store, id, { type: 'begin' });
    const item = await getItem(dynamo.store, keys.commit(id, 2), true);
    expect(itemBytes(marshall({ ...item }))).toBeLessThan(1024);
  });

  it('is counted the same by the meter, whoever writes through it', async () => {
    const meter = await startMeter(dynamo.endpoint);
    const store = dynamo.open({ endpoint: meter.endpoint });
    await takeIn(store);
    expect(meter.counts()).toMatchObject({
      writeUnits: 6,
      writeUnitsBy: { TEXT: 1, EVT: 1, pending: 1, HEAD: 1, 'by-state': 1, 'by-time': 1 },
      requests: { TransactWriteItems: 1, PutItem: 3 },
    });
    await Promise.all([takeIn(store), takeIn(store), takeIn(store)]);
    expect(meter.counts().writeUnits).toBe(24);
    meter.reset();
    expect(meter.counts()).toEqual({ writeUnits: 0, readUnits: 0, writeUnitsBy: {}, requests: {} });
    await meter.close();
  });
});

describe('the table definition', () => {
  const input = toCreateTableInput('a-table');

  it('declares every key attribute once, and nothing else', () => {
    const declared = input.AttributeDefinitions.map((each) => each.AttributeName);
    const used = [tableDefinition, ...tableDefinition.indexes].flatMap((each) => [each.partitionKey, each.sortKey]);
    expect(new Set(declared).size).toBe(declared.length);
    expect(new Set(declared)).toEqual(new Set(used));
  });

  it('lets one index carry the record; the others hold keys only', () => {
    const carrying = input.GlobalSecondaryIndexes.filter((each) => each.Projection.ProjectionType !== 'KEYS_ONLY');
    expect(carrying.map((each) => each.IndexName)).toEqual(['by-state']);
    expect(input.GlobalSecondaryIndexes.length).toBeLessThanOrEqual(20);
  });
});
