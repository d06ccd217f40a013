import type { RecordedEscalation } from '../../contracts/policy/backtest-host.ts';
import { escalationStates, type EscalationState } from '../../domain/escalation/vocabulary.ts';
import type { Store } from '../../store/client.ts';
import type { Head } from '../../store/head-item.ts';
import { listEscalations } from '../../store/lists.ts';
import { readRecorded } from '../../store/recorded-escalations.ts';
import { openStore } from '../open-store.ts';

/** Logs read at once. */
const atOnce = 16;

/** Reads the whole log of the desk in the environment's table, and closes the table afterwards. */
export async function storedEscalations(
  use: (escalations: readonly RecordedEscalation[]) => Promise<void>,
): Promise<void> {
  await withStore(async (store) => {
    const heads = await readAllHeads(store, escalationStates);
    const escalations: RecordedEscalation[] = [];
    for (let index = 0; index < heads.length; index += atOnce) {
      const read = await Promise.all(
        heads.slice(index, index + atOnce).map(({ record }) => readRecorded(store, record.id)),
      );
      escalations.push(...read.flatMap((recorded) => recorded ?? []));
    }
    await use(escalations);
  });
}

/** Opens the table of the environment; lists need a secret for their cursors, and these never leave this process. */
export async function withStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
  const store = openStore({ cursorSecret: 'within one process' });
  try {
    return await use(store);
  } finally {
    store.close();
  }
}

/** Every escalation in these states. */
export async function readAllHeads(store: Store, states: readonly EscalationState[]): Promise<readonly Head[]> {
  const heads: Head[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listEscalations>> = await listEscalations(store, {
      filter: { states },
      order: 'newest',
      limit: 200,
      callerId: 'cli',
      ...(cursor === null ? {} : { cursor }),
    });
    heads.push(...page.heads);
    cursor = page.cursor;
  } while (cursor !== null);
  return heads;
}
