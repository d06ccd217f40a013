import { fold } from '../domain/escalation/evolve.ts';
import type { EscalationEvent } from '../domain/escalation/events.ts';
import { recordOf, type EscalationRecord } from '../domain/escalation/record.ts';
import type { Escalation } from '../domain/escalation/state.ts';
import type { Calendars } from '../domain/sla/clock.ts';
import { readCalendar } from './calendars.ts';
import type { Store } from './client.ts';
import { StoreError } from './errors.ts';
import { readPolicy } from './policies.ts';

/** The hashes of the calendars that an escalation's clocks count by; `always` needs none. */
export function calendarHashesOf(state: Escalation): readonly string[] {
  const pins = [
    ...Object.values(state.calendars).map((calendar) => calendar.pin),
    ...Object.values(state.clocks).flatMap((clock) => clock.segments.map((segment) => segment.calendar)),
  ];
  return [...new Set(pins.filter((pin) => pin.id !== 'always').map((pin) => pin.hash))];
}

/**
 * The calendars that a state needs, by hash.
 * @throws StoreError internal when one is not in the table: a deadline is never guessed
 */
export async function readCalendarsOf(store: Store, state: Escalation): Promise<Calendars> {
  const found = await Promise.all(
    calendarHashesOf(state).map(async (hash) => {
      const hours = await readCalendar(store, hash);
      if (hours === null) throw new StoreError('internal', `calendar ${hash} is not in the table`);
      return [hash, hours] as const;
    }),
  );
  return Object.fromEntries(found);
}

/**
 * The record that a whole log amounts to, by the policy and the calendars that it pinned.
 * @param events all of them, from the first
 * @returns null when the policy is not in the table
 */
export async function foldRecord(
  store: Store,
  escalationId: string,
  events: readonly EscalationEvent[],
): Promise<EscalationRecord | null> {
  const state = fold(events);
  if (state === null) return null;
  const policy = await readPolicy(store, state.policy.name, state.policy.version);
  if (policy === null) return null;
  return recordOf(escalationId, state, policy, await readCalendarsOf(store, state));
}
