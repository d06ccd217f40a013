import { describe, expect, it } from '@jest/globals';

import { contactPlan, reachWarnings } from '../../../domain/on-call/people.ts';
import type { Contact, Person } from '../../../domain/on-call/people.ts';

const contact = (channel: Contact['channel'], delayMs: number, more: Partial<Contact> = {}): Contact => ({
  channel,
  address: 'somewhere',
  delayMs,
  enabled: true,
  ...more,
});
const person = (id: string, ...contacts: Contact[]): Person => ({ id, contacts });

describe('the contacts of a person', () => {
  it('are tried in the order of their delays, those without use left out', () => {
    const dana = person(
      'dana',
      contact('voice', 300_000),
      contact('sms', 0),
      contact('email', 0, { address: ' ' }),
      contact('chat', 0, { enabled: false }),
    );
    expect(contactPlan(dana, 1_000_000)).toEqual([
      { atMs: 1_000_000, channel: 'sms', address: 'somewhere' },
      { atMs: 1_300_000, channel: 'voice', address: 'somewhere' },
    ]);
  });

  it('are warned of where nothing reaches a person, or nothing in time', () => {
    const people = [
      person('fine', contact('sms', 0)),
      person('none'),
      person('off', contact('sms', 0, { enabled: false })),
      person('blank', contact('sms', 0, { address: '' })),
      person('late', contact('email', 1_200_000)),
    ];
    expect(reachWarnings(['fine', 'none', 'off', 'blank', 'late', 'ghost', 'none'], people, 900_000)).toEqual([
      { personId: 'none', reason: 'no_contacts', firstAttemptAfterMs: null },
      { personId: 'off', reason: 'all_disabled', firstAttemptAfterMs: null },
      { personId: 'blank', reason: 'no_address', firstAttemptAfterMs: null },
      { personId: 'late', reason: 'first_contact_late', firstAttemptAfterMs: 1_200_000 },
      { personId: 'ghost', reason: 'not_defined', firstAttemptAfterMs: null },
    ]);
  });
});
