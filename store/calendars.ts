import * as z from 'zod';
import type { OpenHours } from '../domain/calendar/open-hours.ts';
import type { Store } from './client.ts';
import { immutableCache } from './immutable-cache.ts';
import { calendarPartition } from './keys.ts';
import { putParts, readParts } from './parts.ts';

const openHours = z.object({
  id: z.string(),
  coveredFromMs: z.number().int(),
  coveredUntilMs: z.number().int(),
  intervals: z.array(z.tuple([z.number().int(), z.number().int()])),
}) satisfies z.ZodType<OpenHours>;

const kept = immutableCache<OpenHours>();

/** Stores an expansion under its content hash, `hours.id`; putting it again changes nothing. */
export async function putCalendar(store: Store, hours: OpenHours): Promise<void> {
  await putParts(store, calendarPartition(hours.id), JSON.stringify(hours));
}

/**
 * The expansion with this hash, kept by the process once read; null when there is none.
 * @throws StoreError internal when it is not whole
 */
export async function readCalendar(store: Store, hash: string): Promise<OpenHours | null> {
  return kept(store, hash, async () => {
    const text = await readParts(store, calendarPartition(hash));
    return text === null ? null : openHours.parse(JSON.parse(text));
  });
}
