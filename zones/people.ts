import type { Person } from '../domain/on-call/people.ts';
import type { PersonDefinition } from './schemas.ts';
import type { PersonToMatch } from './schedule-ics.ts';
import { MINUTE_MS } from './wall-time.ts';

/** A person as paging sees one. */
export function toPerson(definition: PersonDefinition): Person {
  const contacts = definition.contacts.map(({ channel, address, delayMinutes, enabled }) => ({
    channel,
    address,
    enabled,
    delayMs: Math.round(delayMinutes * MINUTE_MS),
  }));
  return { id: definition.id, contacts };
}

/** A person as an imported calendar is matched against. */
export function toPersonToMatch({ id, name, contacts }: PersonDefinition): PersonToMatch {
  const emails = contacts.filter(({ channel }) => channel === 'email').map(({ address }) => address);
  return { id, name, emails };
}
