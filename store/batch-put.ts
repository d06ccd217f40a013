import type { Store } from './client.ts';
import { StoreError } from './errors.ts';
import type { ItemKey } from './keys.ts';
import { putBatch, type RawItem } from './requests.ts';

/**
 * Puts up to 25 items in one request, whatever stood there: only for keys that nobody else can know yet. Not atomic, but
 * all of them are there when it returns.
 * @throws StoreError unavailable when some of them may be missing; repeating it is safe
 */
export async function putFresh(store: Store, items: readonly (RawItem & ItemKey)[]): Promise<void> {
  let left: readonly (RawItem & ItemKey)[] = items;
  for (let attempt = 0; left.length > 0; attempt += 1) {
    if (attempt > 5) throw new StoreError('unavailable', 'the table left part of a batch unwritten');
    left = await putBatch(store, left);
  }
}
