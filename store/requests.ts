import {
  BatchGetCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { assertNever } from '../domain/assert-never.ts';
import type { Store } from './client.ts';
import { isConditionFailure, StoreError, toStoreError } from './errors.ts';
import type { ItemKey } from './keys.ts';

/** One item as the database hands it out: parsed before it is used. */
export type RawItem = Readonly<Record<string, unknown>>;

/** A condition or a change, with the values that it names. Names are written `#name` and stand for themselves. */
export interface Expression {
  readonly text: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** `#seq` stands for the attribute `seq`: no attribute has to dodge the list of reserved words. */
function namesIn(...texts: readonly (string | undefined)[]): Record<string, string> | undefined {
  const names: Record<string, string> = {};
  for (const text of texts) {
    for (const match of text?.matchAll(/#(\w+)/g) ?? []) {
      const [placeholder, name] = match;
      if (name !== undefined) names[placeholder] = name;
    }
  }
  return Object.keys(names).length === 0 ? undefined : names;
}

function valuesOf(...expressions: readonly (Expression | undefined)[]): Record<string, unknown> | undefined {
  const values: Record<string, unknown> = {};
  for (const expression of expressions) Object.assign(values, expression?.values);
  return Object.keys(values).length === 0 ? undefined : values;
}

async function sent<T>(promise: Promise<T>, repeatable = true): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw toStoreError(error, repeatable);
  }
}

/** @param consistent read what was written last; costs twice as much */
export async function getItem(store: Store, key: ItemKey, consistent: boolean): Promise<RawItem | null> {
  const { Item } = await sent(
    store.db.send(new GetCommand({ TableName: store.tableName, Key: key, ConsistentRead: consistent })),
  );
  return Item ?? null;
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
  let Keys: Record<string, unknown>[] = batch.map((key) => ({ ...key }));
  for (let attempt = 0; Keys.length > 0; attempt += 1) {
    if (attempt > 5) throw new StoreError('unavailable', 'the table left part of a batch unread');
    const answer = await sent(
      store.db.send(new BatchGetCommand({ RequestItems: { [store.tableName]: { Keys, ConsistentRead: consistent } } })),
    );
    items.push(...(answer.Responses?.[store.tableName] ?? []));
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
  let ExclusiveStartKey: QueryCommandInput['ExclusiveStartKey'];
  do {
    const answer = await sent(
      store.db.send(
        new QueryCommand({
          TableName: store.tableName,
          IndexName: range.index,
          KeyConditionExpression: text,
          ExpressionAttributeNames: namesIn(text),
          ExpressionAttributeValues: { ':partition': range.partition, ...sort?.values },
          ScanIndexForward: range.backwards !== true,
          ConsistentRead: range.consistent === true && range.index === undefined,
          ...(range.limit === undefined ? {} : { Limit: range.limit - items.length }),
          ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
        }),
      ),
    );
    items.push(...(answer.Items ?? []));
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
    await store.db.send(
      new PutCommand({
        TableName: store.tableName,
        Item: { ...item },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
    return { kind: 'written', item };
  } catch (error) {
    if (!isConditionFailure(error)) throw toStoreError(error, true);
    return { kind: 'refused', item: await getItem(store, { pk: item.pk, sk: item.sk }, true) };
  }
}

/** Puts an item whatever stood there. */
export async function putItem(store: Store, item: RawItem & ItemKey): Promise<void> {
  await sent(store.db.send(new PutCommand({ TableName: store.tableName, Item: { ...item } })));
}

export interface Update {
  readonly key: ItemKey;
  readonly change: Expression;
  readonly condition?: Expression;
  /** Hand out the item as it is afterwards. */
  readonly returnNew?: boolean;
  /** Hand out the item that stands in the way when the condition does not hold. */
  readonly returnOld?: boolean;
  /** True for additions: an unsure outcome is thrown as `outcome_unknown` and nothing is repeated. */
  readonly once?: boolean;
}

/** Changes one item under a condition. */
export async function updateItem(store: Store, update: Update): Promise<WriteAnswer> {
  const client = update.once === true ? store.onceDb : store.db;
  try {
    const { Attributes } = await client.send(
      new UpdateCommand({
        TableName: store.tableName,
        Key: update.key,
        UpdateExpression: update.change.text,
        ConditionExpression: update.condition?.text,
        ExpressionAttributeNames: namesIn(update.change.text, update.condition?.text),
        ExpressionAttributeValues: valuesOf(update.change, update.condition),
        ...(update.returnNew === true ? { ReturnValues: 'ALL_NEW' as const } : {}),
      }),
    );
    return { kind: 'written', item: Attributes ?? null };
  } catch (error) {
    if (!isConditionFailure(error)) throw toStoreError(error, update.once !== true);
    return { kind: 'refused', item: update.returnOld === true ? await getItem(store, update.key, true) : null };
  }
}

/** @returns false when the condition did not hold */
export async function deleteItem(store: Store, key: ItemKey, condition?: Expression): Promise<boolean> {
  try {
    await store.db.send(
      new DeleteCommand({
        TableName: store.tableName,
        Key: key,
        ConditionExpression: condition?.text,
        ExpressionAttributeNames: namesIn(condition?.text),
        ExpressionAttributeValues: valuesOf(condition),
      }),
    );
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw toStoreError(error, true);
  }
}
