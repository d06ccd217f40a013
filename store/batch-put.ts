import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Store } from './client.ts';
import { StoreError, toStoreError } from './errors.ts';
import type { ItemKey } from './keys.ts';
import type { RawItem } from './requests.ts';

/**
 * Puts up to 25 items in one request, whatever stood there: only for keys that nobody else can know yet. Not atomic, but
 * all of them are there when it returns.
 * @throws StoreError unavailable when some of them may be missing; repeating it is safe
 */
export async function putFresh(store: Store, items: readonly (RawItem & ItemKey)[]): Promise<void> {
  let left: readonly RawItem[] = items;
  for (let attempt = 0; left.length > 0; attempt += 1) {
    if (attempt > 5) throw new StoreError('unavailable', 'the table left part of a batch unwritten');
    try {
      const answer = await store.db.send(
        new BatchWriteCommand({
          RequestItems: { [store.tableName]: left.map((item) => ({ PutRequest: { Item: { ...item } } })) },
        }),
      );
      left = (answer.UnprocessedItems?.[store.tableName] ?? []).flatMap(({ PutRequest }) => PutRequest?.Item ?? []);
    } catch (error) {
      throw toStoreError(error, true);
    }
  }
}
