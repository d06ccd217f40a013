import * as z from 'zod';
import type { NotificationRecord } from '../contracts/store-types.ts';
import type { Store } from './client.ts';
import { escalationPartition, keys, notificationPrefix } from './keys.ts';
import { getItem, putIfAbsent, queryItems, type RawItem } from './requests.ts';

const notificationItem = z.object({
  id: z.string(),
  escalationId: z.string(),
  kind: z.enum(['page', 'update']),
  messageType: z.string(),
  recipients: z.array(z.string()),
  createdAtMs: z.number().int(),
});

function notificationFrom(item: RawItem): NotificationRecord {
  return notificationItem.parse(item);
}

/**
 * Writes down whom a page or an update goes to, unless that was done before.
 * @returns what stands written: a retry after a handoff tells the people of the first attempt
 */
export async function putNotification(store: Store, notification: NotificationRecord): Promise<NotificationRecord> {
  const put = await putIfAbsent(store, {
    ...keys.notification(notification.escalationId, notification.id),
    ...notificationItem.parse(notification),
  });
  if (put.item === null) throw new Error(`the notification in the way of ${notification.id} is gone`);
  return notificationFrom(put.item);
}

export async function readNotification(
  store: Store,
  escalationId: string,
  notificationId: string,
): Promise<NotificationRecord | null> {
  const item = await getItem(store, keys.notification(escalationId, notificationId), true);
  return item === null ? null : notificationFrom(item);
}

/** All that was told about an escalation, in the order of the ids. */
export async function listNotifications(store: Store, escalationId: string): Promise<readonly NotificationRecord[]> {
  const { items } = await queryItems(store, {
    partition: escalationPartition(escalationId),
    sort: { kind: 'prefix', prefix: notificationPrefix },
  });
  return items.map(notificationFrom);
}
