import type { Directory, DirectoryPerson, Team } from '../../domain/policy/directory.ts';
import type { Contact } from '../../domain/on-call/people.ts';
import type { FinalSchedule } from '../../domain/on-call/final-schedule.ts';
import { expandSchedule } from '../../zones/expand-schedule.ts';
import { toPerson } from '../../zones/people.ts';
import type { ScheduleDefinition } from '../../zones/schemas.ts';
import type { DirectoryDefinition } from './directory-file.ts';

/** Changes of on-call that people made since the directory was published. Stretches are half-open, in epoch ms. */
export interface OnCallChanges {
  readonly overrides: readonly {
    readonly scheduleId: string;
    readonly personId: string;
    /** null: in the place of everybody. */
    readonly inPlaceOf: string | null;
    readonly startMs: number;
    readonly endMs: number;
  }[];
  readonly leave: readonly { readonly personId: string; readonly startMs: number; readonly endMs: number }[];
}

export const noChanges: OnCallChanges = { overrides: [], leave: [] };

/**
 * The directory over `[fromMs, untilMs)` as the core uses it: schedules worked out into absolute stretches.
 *
 * @param only ids of the schedules that are wanted; all where absent
 * @throws RangeError for an empty range
 */
export function expandDirectory(
  definition: DirectoryDefinition,
  fromMs: number,
  untilMs: number,
  changes: OnCallChanges = noChanges,
  only?: ReadonlySet<string>,
): Directory {
  const known = Object.keys(definition.people);
  const schedules: Record<string, FinalSchedule> = {};
  for (const [id, schedule] of Object.entries(definition.schedules)) {
    if (only !== undefined && !only.has(id)) continue;
    schedules[id] = expandSchedule(withChanges(id, schedule, changes), fromMs, untilMs, known);
  }
  return {
    coveredFromMs: fromMs,
    coveredUntilMs: untilMs,
    people: peopleOf(definition),
    teams: teamsOf(definition),
    schedules,
  };
}

function peopleOf(definition: DirectoryDefinition): Readonly<Record<string, DirectoryPerson>> {
  return Object.fromEntries(
    Object.entries(definition.people).map(([id, entry]): [string, DirectoryPerson] => {
      const person = toPerson({ id, contacts: entry.contacts });
      return [
        id,
        {
          id,
          contacts: person.contacts.map((contact) => withDefaultAddress(contact, id)),
          name: entry.name,
          team: entry.team ?? null,
          timezone: entry.timezone ?? null,
        },
      ];
    }),
  );
}

/** On the topic of pages a person is found by id: subscriptions filter on it. */
function withDefaultAddress(contact: Contact, personId: string): Contact {
  return contact.channel === 'sns' && contact.address === '' ? { ...contact, address: personId } : contact;
}

function teamsOf(definition: DirectoryDefinition): Readonly<Record<string, Team>> {
  const people = Object.entries(definition.people);
  return Object.fromEntries(
    Object.entries(definition.teams).map(([id, team]): [string, Team] => [
      id,
      { id, name: team.name, members: people.filter(([, person]) => person.team === id).map(([personId]) => personId) },
    ]),
  );
}

function withChanges(id: string, schedule: ScheduleDefinition, changes: OnCallChanges): ScheduleDefinition {
  const overrides = changes.overrides
    .filter((override) => override.scheduleId === id)
    .map((override) => ({
      person: override.personId,
      ...(override.inPlaceOf === null ? {} : { replaces: override.inPlaceOf }),
      ...stretch(override),
    }));
  const leave = changes.leave.map((part) => ({ person: part.personId, ...stretch(part) }));
  return { ...schedule, overrides: [...schedule.overrides, ...overrides], leave: [...schedule.leave, ...leave] };
}

function stretch(part: { readonly startMs: number; readonly endMs: number }): { from: string; until: string } {
  return { from: new Date(part.startMs).toISOString(), until: new Date(part.endMs).toISOString() };
}
