import { setTimeout as sleep } from 'node:timers/promises';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { assertNever } from '../domain/assert-never.ts';
import { itemFromWire, itemToWire } from './attribute-values.ts';
import type { Store } from './client.ts';
import { isConditionFailure, StoreError, toStoreError } from './errors.ts';
import type { ItemKey } from './keys.ts';
import { TableFailure, type TableOperation } from './table-connection.ts';

/** One item as the database hands it out: parsed before it is used. */
export type RawItem = Readonly<Record<string, unknown>>;

/** A condition or a change, with the values that it names. Names are written `#name` and stand for themselves. */
export interface Expression {
  readonly text: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

const namesByText = new Map<string, Readonly<Record<string, string>> | undefined>();
/** There are a few dozen texts; should one ever be made of what is stored, they are not kept without end. */
const mostTexts = 500;

/** `#seq` stands for the attribute `seq`: no attribute has to dodge the list of reserved words. */
function namesIn(...texts: readonly (string | undefined)[]): Readonly<Record<string, string>> | undefined {
  const text = texts.join(' ');
  if (namesByText.has(text)) return namesByText.get(text);
  const pairs = [...text.matchAll(/#(\w+)/g)].map(([placeholder, name = '']) => [placeholder, name] as const);
  const names = pairs.length === 0 ? undefined : Object.fromEntries(pairs);
  if (namesByText.size >= mostTexts) namesByText.clear();
  namesByText.set(text, names);
  return names;
}

function valuesOf(...expressions: readonly (Expression | undefined)[]): Record<string, unknown> | undefined {
  const values: Record<string, unknown> = {};
  for (const expression of expressions) Object.assign(values, expression?.values);
  return Object.keys(values).length === 0 ? undefined : itemToWire(values);
}

type WireItem = Readonly<Record<string, AttributeValue>>;

/** What the answers of all operations hold, as far as it is used. DynamoDB's own shape is taken as given. */
interface Answer {
  readonly Item?: WireItem;
  readonly Attributes?: WireItem;
  readonly Items?: readonly WireItem[];
  readonly LastEvaluatedKey?: WireItem;
  readonly Responses?: Readonly<Record<string, readonly WireItem[]>>;
  readonly UnprocessedKeys?: Readonly<Record<string, { readonly Keys?: readonly WireItem[] }>>;
  readonly UnprocessedItems?: Readonly<
    Record<string, readonly { readonly PutRequest?: { readonly Item: WireItem } }[]>
  >;
}
const answerSchema = z.custom<Answer>((value) => typeof value === 'object' && value !== null);

/** Sends one request to the table. @throws what the table answered instead: `toStoreError` tells what it means */
async function ask(store: Store, operation: TableOperation, input: object, once = false): Promise<Answer> {
  return answerSchema.parse(await store.table.call(operation, input, once));
}

async function read(store: Store, operation: TableOperation, input: object): Promise<Answer> {
  try {
    return await ask(store, operation, input);
  } catch (error) {
    throw toStoreError(error, true);
  }
}

/** @param consistent read what was written last; costs twice as much */
export async function getItem(store: Store, key: ItemKey, consistent: boolean): Promise<RawItem | null> {
  const { Item } = await read(store, 'GetItem', {
    TableName: store.tableName,
    Key: itemToWire(key),
    ConsistentRead: consistent,
  });
  return Item === undefined ? null : itemFromWire(Item);
}

/** The items that exist, in the order of the keys; at most 100 are asked for at once, all batches at the same time. */
export async function getItems(
  store: Store,
  wanted: readonly ItemKey[],
  consistent = false,
): Promise<readonly RawItem[]> {
  const batches: ItemKey[][] = [];
  for (let start = 0; start < wanted.length; start += 100) batches.push(wanted.slice(start, start + 100));
  const found = (await Promise.all(batches.map((batch) => getBatch(store, batch, consistent)))).flat();
  const byKey = new Map(found.map((item) => [`${String(item['pk'])} ${String(item['sk'])}`, item]));
  return wanted.flatMap((key) => {
    const item = byKey.get(`${key.pk} ${key.sk}`);
    return item === undefined ? [] : [item];
  });
}

async function getBatch(store: Store, batch: readonly ItemKey[], consistent: boolean): Promise<readonly RawItem[]> {
  const items: RawItem[] = [];
  let Keys: readonly object[] = batch.map((key) => itemToWire(key));
  for (let attempt = 0; Keys.length > 0; attempt += 1) {
    if (attempt > 5) throw new StoreError('unavailable', 'the table left part of a batch unread');
    const answer = await read(store, 'BatchGetItem', {
      RequestItems: { [store.tableName]: { Keys, ConsistentRead: consistent } },
    });
    items.push(...(answer.Responses?.[store.tableName] ?? []).map(itemFromWire));
    Keys = answer.UnprocessedKeys?.[store.tableName]?.Keys ?? [];
  }
  return items;
}

export interface QueryRange {
  readonly index?: string;
  /** Names of the key attributes that are asked by; those of the table unless told. */
  readonly partitionName?: string;
  readonly sortName?: string;
  readonly partition: string;
  readonly sort?:
    | { readonly kind: 'between'; readonly from: string; readonly to: string }
    | { readonly kind: 'prefix'; readonly prefix: string }
    | { readonly kind: 'after' | 'before' | 'from'; readonly value: string };
  readonly limit?: number;
  readonly backwards?: boolean;
  /** Only outside indexes. */
  readonly consistent?: boolean;
}

function sortCondition(range: QueryRange): Expression | undefined {
  const name = `#${range.sortName ?? 'sk'}`;
  const sort = range.sort;
  if (sort === undefined) return undefined;
  switch (sort.kind) {
    case 'between':
      return { text: `${name} BETWEEN :from AND :to`, values: { ':from': sort.from, ':to': sort.to } };
    case 'prefix':
      return { text: `begins_with(${name}, :prefix)`, values: { ':prefix': sort.prefix } };
    case 'after':
      return { text: `${name} > :edge`, values: { ':edge': sort.value } };
    case 'before':
      return { text: `${name} < :edge`, values: { ':edge': sort.value } };
    case 'from':
      return { text: `${name} >= :edge`, values: { ':edge': sort.value } };
    default:
      return assertNever(sort);
  }
}

export interface QueryAnswer {
  readonly items: readonly RawItem[];
  /** False when the range holds more than was handed out. */
  readonly complete: boolean;
}

/** Reads a range of one partition in order: up to `limit` items, or all of them, however many requests that takes. */
export async function queryItems(store: Store, range: QueryRange): Promise<QueryAnswer> {
  const partitionName = `#${range.partitionName ?? 'pk'}`;
  const sort = sortCondition(range);
  const text = [`${partitionName} = :partition`, sort?.text].filter((part) => part !== undefined).join(' AND ');
  const items: RawItem[] = [];
  let ExclusiveStartKey: WireItem | undefined;
  do {
    const answer = await read(store, 'Query', {
      TableName: store.tableName,
      IndexName: range.index,
      KeyConditionExpression: text,
      ExpressionAttributeNames: namesIn(text),
      ExpressionAttributeValues: itemToWire({ ':partition': range.partition, ...sort?.values }),
      ScanIndexForward: range.backwards !== true,
      ConsistentRead: range.consistent === true && range.index === undefined,
      ...(range.limit === undefined ? {} : { Limit: range.limit - items.length }),
      ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
    });
    items.push(...(answer.Items ?? []).map(itemFromWire));
    ExclusiveStartKey = answer.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined && (range.limit === undefined || items.length < range.limit));
  return { items, complete: ExclusiveStartKey === undefined };
}

export type WriteAnswer =
  | { readonly kind: 'written'; readonly item: RawItem | null }
  /** The condition did not hold; `item` is what stands there. */
  | { readonly kind: 'refused'; readonly item: RawItem | null };

/** Puts an item where there is none. Repeating it is safe: the caller tells its own item from another by what is in it. */
export async function putIfAbsent(store: Store, item: RawItem & ItemKey): Promise<WriteAnswer> {
  try {
    await ask(store, 'PutItem', {
      TableName: store.tableName,
      Item: itemToWire(item),
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    return { kind: 'written', item };
  } catch (error) {
    if (!isConditionFailure(error)) throw toStoreError(error, true);
    return { kind: 'refused', item: await getItem(store, { pk: item.pk, sk: item.sk }, true) };
  }
}

/** Puts an item whatever stood there. */
export async function putItem(store: Store, item: RawItem & ItemKey): Promise<void> {
  try {
    await ask(store, 'PutItem', { TableName: store.tableName, Item: itemToWire(item) });
  } catch (error) {
    throw toStoreError(error, true);
  }
}

export interface Update {
  readonly key: ItemKey;
  readonly change: Expression;
  readonly condition?: Expression;
  /** Hand out the item as it is afterwards. */
  readonly returnNew?: boolean;
  /** Hand out the item that stands in the way when the condition does not hold. */
  readonly returnOld?: boolean;
  /** True for additions: repeated only where it was certainly not done; an unsure outcome is thrown as `outcome_unknown`. */
  readonly once?: boolean;
}

function changeOf(store: Store, { key, change, condition }: Pick<Update, 'key' | 'change' | 'condition'>): object {
  return {
    TableName: store.tableName,
    Key: itemToWire(key),
    UpdateExpression: change.text,
    ConditionExpression: condition?.text,
    ExpressionAttributeNames: namesIn(change.text, condition?.text),
    ExpressionAttributeValues: valuesOf(change, condition),
  };
}

/** Changes one item under a condition. */
export async function updateItem(store: Store, update: Update): Promise<WriteAnswer> {
  try {
    const { Attributes } = await ask(
      store,
      'UpdateItem',
      { ...changeOf(store, update), ...(update.returnNew === true ? { ReturnValues: 'ALL_NEW' } : {}) },
      update.once === true,
    );
    return { kind: 'written', item: Attributes === undefined ? null : itemFromWire(Attributes) };
  } catch (error) {
    if (!isConditionFailure(error)) throw toStoreError(error, update.once !== true);
    return { kind: 'refused', item: update.returnOld === true ? await getItem(store, update.key, true) : null };
  }
}

/** @returns false when the condition did not hold */
export async function deleteItem(store: Store, key: ItemKey, condition?: Expression): Promise<boolean> {
  try {
    await ask(store, 'DeleteItem', {
      TableName: store.tableName,
      Key: itemToWire(key),
      ConditionExpression: condition?.text,
      ExpressionAttributeNames: namesIn(condition?.text),
      ExpressionAttributeValues: valuesOf(condition),
    });
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw toStoreError(error, true);
  }
}

/**
 * Puts up to 25 items in one request, whatever stood there; not atomic.
 * @returns those that the table did not take this time
 */
export async function putBatch(
  store: Store,
  items: readonly (RawItem & ItemKey)[],
): Promise<readonly (RawItem & ItemKey)[]> {
  try {
    const { UnprocessedItems } = await ask(store, 'BatchWriteItem', {
      RequestItems: { [store.tableName]: items.map((item) => ({ PutRequest: { Item: itemToWire(item) } })) },
    });
    const left = new Set(
      (UnprocessedItems?.[store.tableName] ?? []).map(
        ({ PutRequest }) => `${PutRequest?.Item['pk']?.S} ${PutRequest?.Item['sk']?.S}`,
      ),
    );
    return left.size === 0 ? [] : items.filter((item) => left.has(`${item.pk} ${item.sk}`));
  } catch (error) {
    throw toStoreError(error, true);
  }
}

/** All of it is done, or nothing. */
export interface Transaction {
  /** A change of one item under its condition. */
  readonly update?: Pick<Update, 'key' | 'change' | 'condition'>;
  /** Items that are put where there are none. */
  readonly puts: readonly (RawItem & ItemKey)[];
}

export type TransactionAnswer =
  | { readonly kind: 'written' }
  /** Nothing was done: the change's condition did not hold, or one of the items is there. */
  | { readonly kind: 'refused'; readonly by: 'update' | 'put' }
  /** The endpoint has no transactions: dynalite. */
  | { readonly kind: 'unsupported' };

/** Tries of a transaction that meets another one, or a table that is busy. */
const mostTransactions = 6;
const firstConflictMs = 20;
const passingCancellations: ReadonlySet<string> = new Set([
  'None',
  'ConditionalCheckFailed',
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);
const withoutTransactions = new WeakSet<Store>();

/**
 * Writes up to 100 items of the table in one transaction; costs two units for each that one would cost by itself. A
 * try that is repeated because its answer was lost finds what the lost one wrote, and is refused by it: nothing is done
 * twice, and the caller sees by the items whose they are (ADR 113).
 * @throws StoreError unavailable when nothing may be counted on; internal when the table finds it wrong
 */
export async function transact(store: Store, { update, puts }: Transaction): Promise<TransactionAnswer> {
  if (withoutTransactions.has(store)) return { kind: 'unsupported' };
  const { tableName: TableName } = store;
  const items = puts.map((item) => ({
    Put: { TableName, Item: itemToWire(item), ConditionExpression: 'attribute_not_exists(pk)' },
  }));
  const TransactItems = update === undefined ? items : [{ Update: changeOf(store, update) }, ...items];
  for (let attempt = 1; ; attempt += 1) {
    try {
      await ask(store, 'TransactWriteItems', { TransactItems });
      return { kind: 'written' };
    } catch (error) {
      if (!(error instanceof TableFailure)) throw toStoreError(error, true);
      if (error.name === 'UnknownOperationException') {
        withoutTransactions.add(store);
        return { kind: 'unsupported' };
      }
      const reasons = error.cancellations;
      // While an item is held by another transaction, perhaps by an earlier try, it is not told yet what stands there.
      const isRefused = reasons.includes('ConditionalCheckFailed') && !reasons.includes('TransactionConflict');
      const byUpdate = update !== undefined && reasons.lastIndexOf('ConditionalCheckFailed') === 0;
      if (isRefused) return { kind: 'refused', by: byUpdate ? 'update' : 'put' };
      const isPassing = reasons.length > 0 && reasons.every((reason) => passingCancellations.has(reason));
      if (!isPassing) throw toStoreError(error, true);
      if (attempt >= mostTransactions)
        throw new StoreError('unavailable', 'the table goes on putting off a transaction', { cause: error });
    }
    await sleep(Math.random() * firstConflictMs * 2 ** attempt);
  }
}
