import * as z from 'zod';
import type { Store } from './client.ts';
import { keys } from './keys.ts';
import { putIfAbsent, updateItem } from './requests.ts';
import { tableDefinition } from './table-definition.ts';

const noticeItem = z.object({ toldAtMs: z.number().int().optional() });

/** A notice is of no use to anybody this long after its handoff. */
const keptForMs = 30 * 24 * 3_600_000;

/**
 * Notes that a handoff is to be told.
 * @returns false when it has been told already
 */
export async function beginHandoffNotice(store: Store, scheduleId: string, atMs: number): Promise<boolean> {
  const put = await putIfAbsent(store, {
    ...keys.handoffNotice(scheduleId, atMs),
    [tableDefinition.timeToLiveAttribute]: Math.floor((atMs + keptForMs) / 1_000),
  });
  return put.kind === 'written' || put.item === null || noticeItem.parse(put.item).toldAtMs === undefined;
}

/** Notes that it was told; until then a later look tells it again, under the same id. */
export async function endHandoffNotice(store: Store, scheduleId: string, atMs: number, nowMs: number): Promise<void> {
  await updateItem(store, {
    key: keys.handoffNotice(scheduleId, atMs),
    change: { text: 'SET #toldAtMs = :now', values: { ':now': nowMs } },
  });
}
