import type { EscalationEvent } from '../domain/escalation/events.ts';
import type { EscalationRecord } from '../domain/escalation/record.ts';
import { putFresh } from './batch-put.ts';
import type { Store } from './client.ts';
import { commitItemOf } from './commit-item.ts';
import { headAttributes } from './head-item.ts';
import { keys, type ItemKey } from './keys.ts';
import { readHeads } from './log.ts';
import type { RawItem } from './requests.ts';
import { textItemOf, type NewText } from './texts.ts';

/** An escalation that is over, with its whole log. */
export interface EndedEscalation {
  readonly record: EscalationRecord;
  readonly events: readonly EscalationEvent[];
  readonly texts: readonly NewText[];
  readonly title: string;
}

/** Items of one request to the table. */
const batchItems = 25;
/** Requests under way at once. */
const batchesAtOnce = 8;

/**
 * Writes escalations that are over, each as one commit and its record. Those whose record is there already are left
 * alone, so that an import can be run again, after a crash too: the record comes last, and what stands without one is
 * written again with the same content.
 *
 * @param escalations at most 100, with ids of their own
 * @returns how many were written, and how many were there
 * @throws StoreError unavailable; calling again is safe
 */
export async function putEndedEscalations(
  store: Store,
  escalations: readonly EndedEscalation[],
): Promise<{ readonly written: number; readonly present: number }> {
  const heads = await readHeads(
    store,
    escalations.map(({ record }) => record.id),
  );
  const present = new Set(heads.map(({ record }) => record.id));
  const missing = escalations.filter(({ record }) => !present.has(record.id));
  await putAll(
    store,
    missing.flatMap(({ record, events, texts }) => [
      ...texts.map((text) => textItemOf(record.id, text)),
      commitItemOf(record.id, events),
    ]),
  );
  await putAll(
    store,
    missing.map(({ record, title }) => ({
      ...keys.head(record.id),
      ...headAttributes(record, store.indexShards),
      title,
    })),
  );
  return { written: missing.length, present: present.size };
}

async function putAll(store: Store, items: readonly (RawItem & ItemKey)[]): Promise<void> {
  const batches: (readonly (RawItem & ItemKey)[])[] = [];
  for (let index = 0; index < items.length; index += batchItems) batches.push(items.slice(index, index + batchItems));
  for (let index = 0; index < batches.length; index += batchesAtOnce) {
    await Promise.all(batches.slice(index, index + batchesAtOnce).map((batch) => putFresh(store, batch)));
  }
}
