import * as z from 'zod';
import type { Store } from './client.ts';
import { keys } from './keys.ts';
import { getItem, putItem } from './requests.ts';

const toldItem = z.object({ hash: z.string() });

/** Hash of the business calendars that every open escalation was last told of; null before the first time. */
export async function readCalendarsTold(store: Store): Promise<string | null> {
  const item = await getItem(store, keys.calendarsTold, true);
  return item === null ? null : toldItem.parse(item).hash;
}

export async function writeCalendarsTold(store: Store, hash: string): Promise<void> {
  await putItem(store, { ...keys.calendarsTold, hash });
}
