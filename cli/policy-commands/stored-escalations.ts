import type { RecordedEscalation } from '../../contracts/policy/backtest-host.ts';
import type { OpenHours } from '../../domain/calendar/open-hours.ts';
import type { EscalationEvent } from '../../domain/escalation/events.ts';
import { escalationStates, type EscalationState } from '../../domain/escalation/vocabulary.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { readCalendar } from '../../store/calendars.ts';
import type { Store } from '../../store/client.ts';
import type { Head } from '../../store/head-item.ts';
import { listEscalations } from '../../store/lists.ts';
import { readLog } from '../../store/log.ts';
import { readPolicy } from '../../store/policies.ts';
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

/** @returns null where the policy that it was recorded under is not in the table */
export async function readRecorded(store: Store, escalationId: string): Promise<RecordedEscalation | null> {
  const log = await readLog(store, escalationId);
  const [received] = log?.events ?? [];
  if (log === null || received?.type !== 'escalation.received') return null;
  const policy = await readPolicy(store, received.policy.name, received.policy.version);
  if (policy === null) return null;
  const world = {
    calendars: await calendarsOf(store, log.events),
    calendarPins: {},
    otherPolicies: await policiesMovedTo(store, log.events),
  };
  return { escalationId, log: log.events, policy, world };
}

/** The versions that a log was moved to. */
async function policiesMovedTo(
  store: Store,
  events: readonly EscalationEvent[],
): Promise<Readonly<Record<number, Policy>>> {
  const moves = events.flatMap((event) => (event.type === 'policy.migrated' ? [event] : []));
  const found = await Promise.all(moves.map(({ name, to }) => readPolicy(store, name, to)));
  return Object.fromEntries(found.flatMap((policy) => (policy === null ? [] : [[policy.version, policy] as const])));
}

async function calendarsOf(
  store: Store,
  events: readonly EscalationEvent[],
): Promise<Readonly<Record<string, OpenHours>>> {
  const hashes = new Set(
    events.flatMap((event) => ('calendar' in event && event.calendar.id !== 'always' ? [event.calendar.hash] : [])),
  );
  const found = await Promise.all([...hashes].map(async (hash) => [hash, await readCalendar(store, hash)] as const));
  return Object.fromEntries(found.flatMap(([hash, hours]) => (hours === null ? [] : [[hash, hours] as const])));
}
