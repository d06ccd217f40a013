import type { DecisionContext } from '../../domain/escalation/commands.ts';
import type { EscalationEvent } from '../../domain/escalation/events.ts';
import { fold } from '../../domain/escalation/evolve.ts';
import type { Escalation } from '../../domain/escalation/state.ts';
import { calendarsOf } from '../../domain/policy/match.ts';
import type { Calendars } from '../../domain/sla/clock.ts';
import { readCalendar } from '../../store/calendars.ts';
import type { Store } from '../../store/client.ts';
import { StoreError } from '../../store/errors.ts';
import { readPolicy } from '../../store/policies.ts';

/** Business calendars in force, by the names that a policy uses. */
export interface CurrentCalendars {
  current(calendarIds: readonly string[], fromMs: number): Promise<Pick<DecisionContext, 'calendars' | 'calendarPins'>>;
}

/** Every calendar that the clocks of a log have ever counted by. @throws StoreError internal when one is missing */
export async function calendarsOfLog(store: Store, events: readonly EscalationEvent[]): Promise<Calendars> {
  const pins = events.flatMap((event) => ('calendar' in event ? [event.calendar] : []));
  const hashes = [...new Set(pins.filter((pin) => pin.id !== 'always').map((pin) => pin.hash))];
  const found = await Promise.all(
    hashes.map(async (hash) => {
      const hours = await readCalendar(store, hash);
      if (hours === null) throw new StoreError('internal', `calendar ${hash} is not in the table`);
      return [hash, hours] as const;
    }),
  );
  return Object.fromEntries(found);
}

export interface Hosted {
  readonly state: Escalation;
  /** What `decide` needs besides, apart from who asks. */
  readonly context: Omit<DecisionContext, 'actor' | 'expectedRev'>;
}

/** Folds a log and gathers what the core wants to know of the world: the workflow's own surroundings, read-only. */
export async function hosted(
  store: Store,
  calendars: CurrentCalendars,
  escalationId: string,
  events: readonly EscalationEvent[],
  nowMs: number,
): Promise<Hosted> {
  const state = fold(events);
  if (state === null) throw new StoreError('internal', `${escalationId} has a record and no log`);
  const [policy, pinned] = await Promise.all([
    readPolicy(store, state.policy.name, state.policy.version),
    calendarsOfLog(store, events),
  ]);
  if (policy === null) throw new StoreError('internal', `policy ${state.policy.name} is not in the table`);
  const current = await calendars.current(calendarsOf(policy), nowMs);
  return {
    state,
    context: {
      escalationId,
      nowMs: Math.max(nowMs, state.updatedAtMs),
      policy,
      calendars: { ...pinned, ...current.calendars },
      calendarPins: current.calendarPins,
    },
  };
}
