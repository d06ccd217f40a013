import * as z from 'zod';
import type { Store } from './client.ts';
import { keys, leaveEndingAfter, leavePartition, overridesEndingAfter, schedulePartition } from './keys.ts';
import { deleteItem, putItem, queryItems } from './requests.ts';

const overrideItem = z.object({
  id: z.string(),
  scheduleId: z.string(),
  personId: z.string(),
  /** Whom it stands in for; null: the person is on call besides. */
  inPlaceOf: z.string().nullable(),
  startMs: z.number().int(),
  endMs: z.number().int(),
  createdBy: z.string(),
  createdAtMs: z.number().int(),
});
/** A person who takes a stretch of a schedule in place of somebody, or besides. Half-open, in epoch milliseconds. */
export type ScheduleOverride = Readonly<z.infer<typeof overrideItem>>;

const leaveItem = z.object({
  id: z.string(),
  personId: z.string(),
  startMs: z.number().int(),
  endMs: z.number().int(),
  createdBy: z.string(),
  createdAtMs: z.number().int(),
});
/** A stretch in which a person is not on call for anything. Half-open, in epoch milliseconds. */
export type Leave = Readonly<z.infer<typeof leaveItem>>;

export async function putOverride(store: Store, override: ScheduleOverride): Promise<void> {
  await putItem(store, { ...keys.override(override.scheduleId, override.endMs, override.id), ...override });
}

export async function deleteOverride(
  store: Store,
  override: Pick<ScheduleOverride, 'id' | 'scheduleId' | 'endMs'>,
): Promise<void> {
  await deleteItem(store, keys.override(override.scheduleId, override.endMs, override.id));
}

/** The overrides of a schedule that touch `[fromMs, untilMs)`, the first to end first. */
export async function listOverrides(
  store: Store,
  scheduleId: string,
  fromMs: number,
  untilMs: number,
): Promise<readonly ScheduleOverride[]> {
  const { items } = await queryItems(store, {
    partition: schedulePartition(scheduleId),
    sort: { kind: 'from', value: overridesEndingAfter(fromMs) },
    consistent: true,
  });
  return items.map((item) => overrideItem.parse(item)).filter((override) => override.startMs < untilMs);
}

export async function putLeave(store: Store, leave: Leave): Promise<void> {
  await putItem(store, { ...keys.leave(leave.endMs, leave.id), ...leave });
}

export async function deleteLeave(store: Store, leave: Pick<Leave, 'id' | 'endMs'>): Promise<void> {
  await deleteItem(store, keys.leave(leave.endMs, leave.id));
}

/** Everybody's leave that touches `[fromMs, untilMs)`, the first to end first. */
export async function listLeave(store: Store, fromMs: number, untilMs: number): Promise<readonly Leave[]> {
  const { items } = await queryItems(store, {
    partition: leavePartition,
    sort: { kind: 'from', value: leaveEndingAfter(fromMs) },
    consistent: true,
  });
  return items.map((item) => leaveItem.parse(item)).filter((leave) => leave.startMs < untilMs);
}
