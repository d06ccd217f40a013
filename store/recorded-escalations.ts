import type { RecordedEscalation } from '../contracts/policy/backtest-host.ts';
import type { OpenHours } from '../domain/calendar/open-hours.ts';
import type { EscalationEvent } from '../domain/escalation/events.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { readCalendar } from './calendars.ts';
import type { Store } from './client.ts';
import { readLog } from './log.ts';
import { readPolicy } from './policies.ts';

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
