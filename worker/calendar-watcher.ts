import type { Client } from '@temporalio/client';
import { canonicalJson, sha256, workflowIdOf } from '../contracts/ids.ts';
import type { Logger } from '../contracts/logger.ts';
import { signalNames } from '../contracts/temporal-names.ts';
import { readCalendarsTold, writeCalendarsTold } from '../store/calendars-told.ts';
import type { Store } from '../store/client.ts';
import type { DirectoryReader } from '../store/directory-reader.ts';
import { pageOpen } from '../store/lists.ts';
import { Repeater } from './repeater.ts';

export interface CalendarWatcherOptions {
  readonly store: Store;
  readonly directory: DirectoryReader;
  readonly client: Client;
  readonly logger: Logger;
  readonly everyMs?: number;
}

/**
 * A changed business calendar is told to the escalations that are open: each takes the new expansion and keeps what has
 * run. Noted once all were told, so that a change is not lost with a worker; a signal too many changes nothing.
 */
export function watchCalendars(options: CalendarWatcherOptions): Repeater {
  const { store, directory, client, logger } = options;
  let told: string | null = null;
  return new Repeater({
    code: 'calendars.watch_failed',
    everyMs: options.everyMs ?? 5_000,
    logger,
    round: async () => {
      const { calendars } = (await directory.document()).directory;
      const hash = sha256(canonicalJson(calendars));
      told ??= await readCalendarsTold(store);
      if (told === hash) return false;
      const count = told === null ? 0 : await tellAll(store, client);
      await writeCalendarsTold(store, hash);
      told = hash;
      logger.info('calendars.changed', { count });
      return false;
    },
  });
}

async function tellAll(store: Store, client: Client): Promise<number> {
  let count = 0;
  let after: string | null = null;
  do {
    const page = await pageOpen(store, after, 100);
    for (const id of page.ids) {
      // One without a workflow asks for its calendars when it begins.
      const isTold = await client.workflow
        .getHandle(workflowIdOf(id))
        .signal(signalNames.calendarChanged)
        .then(
          () => true,
          () => false,
        );
      if (isTold) count += 1;
    }
    after = page.next;
  } while (after !== null);
  return count;
}
