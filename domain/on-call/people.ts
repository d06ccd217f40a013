/** A person who can be paged, as far as paging is concerned. */
export interface Person {
  readonly id: string;
  readonly contacts: readonly Contact[];
}

/** One way to reach a person, tried `delayMs` after the page. */
export interface Contact {
  readonly channel: ContactChannel;
  /** Empty where none is known: such a contact reaches nobody. */
  readonly address: string;
  readonly delayMs: number;
  readonly enabled: boolean;
}

export type ContactChannel = 'sns' | 'sms' | 'voice' | 'email' | 'chat';

/** One attempt to reach a person. */
export interface ContactAttempt {
  readonly atMs: number;
  readonly channel: ContactChannel;
  readonly address: string;
}

/**
 * When and how a person who is paged at `pagedAtMs` is tried, in order.
 *
 * @returns empty where nothing reaches the person
 */
export function contactPlan(person: Person, pagedAtMs: number): readonly ContactAttempt[] {
  return usableContacts(person)
    .map(({ channel, address, delayMs }) => ({ atMs: pagedAtMs + delayMs, channel, address }))
    .toSorted((a, b) => a.atMs - b.atMs);
}

/** Why a page would not reach a person in time. */
export interface ReachWarning {
  readonly personId: string;
  readonly reason: 'not_defined' | 'no_contacts' | 'all_disabled' | 'no_address' | 'first_contact_late';
  /** How long after the page the first attempt is made, null where none is. */
  readonly firstAttemptAfterMs: number | null;
}

/**
 * The people of a schedule whom nothing reaches, or nothing within `lateAfterMs` of a page.
 *
 * @param personIds everyone who can be on call
 * @param people those who are defined
 */
export function reachWarnings(
  personIds: readonly string[],
  people: readonly Person[],
  lateAfterMs: number,
): readonly ReachWarning[] {
  const byId = new Map(people.map((person) => [person.id, person]));
  return [...new Set(personIds)].flatMap((personId) => {
    const reason = reasonOf(byId.get(personId), lateAfterMs);
    const person = byId.get(personId);
    const firstAttemptAfterMs = person === undefined ? null : (contactPlan(person, 0)[0]?.atMs ?? null);
    return reason === null ? [] : [{ personId, reason, firstAttemptAfterMs }];
  });
}

function reasonOf(person: Person | undefined, lateAfterMs: number): ReachWarning['reason'] | null {
  if (person === undefined) return 'not_defined';
  if (person.contacts.length === 0) return 'no_contacts';
  if (person.contacts.every(({ enabled }) => !enabled)) return 'all_disabled';
  const [first] = contactPlan(person, 0);
  if (first === undefined) return 'no_address';
  return first.atMs > lateAfterMs ? 'first_contact_late' : null;
}

function usableContacts(person: Person): readonly Contact[] {
  return person.contacts.filter(({ enabled, address }) => enabled && address.trim() !== '');
}
