import * as z from 'zod';
import type { Store } from './client.ts';
import { keys } from './keys.ts';
import { getItem, putItem } from './requests.ts';

const reconciliationItem = z.object({ atMs: z.number().int(), doc: z.string() });

/** Keeps the reconciler's last result; what is in it is parsed by those who use it. */
export async function putReconciliation(store: Store, result: unknown, atMs: number): Promise<void> {
  await putItem(store, { ...keys.reconciliation, atMs, doc: JSON.stringify(result) });
}

/** The last result, not yet parsed into its shape; null before the first run. */
export async function readReconciliation(
  store: Store,
): Promise<{ readonly atMs: number; readonly result: unknown } | null> {
  const item = await getItem(store, keys.reconciliation, true);
  if (item === null) return null;
  const parsed = reconciliationItem.parse(item);
  const result: unknown = JSON.parse(parsed.doc);
  return { atMs: parsed.atMs, result };
}
