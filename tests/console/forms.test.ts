import { describe, expect, test } from '@jest/globals';
import { checkForm, commandOf, forms, maxReason, maxText } from '../../console/src/commands/forms.ts';
import type { Values } from '../../console/src/commands/forms.ts';
import {
  checkNew,
  emptyForm,
  maxDescription,
  maxTitle,
  newEscalationOf,
  titleFrom,
} from '../../console/src/create/new-form.ts';
import { likeness, searchWords } from '../../console/src/create/likeness.ts';
import * as commands from '../../contracts/schemas/commands.ts';
import * as intake from '../../contracts/schemas/intake.ts';
import { personCommandTypes } from '../../domain/escalation/commands.ts';

const nowMs = Date.UTC(2027, 0, 4, 9);

const filled: Values = {
  reason: 'because',
  text: 'a text',
  note: 'a note',
  summary: 'a summary',
  assignee: 'dana',
  to: 'ravi',
  severity: 'sev2',
  tier: '3',
  code: 'fixed',
  audience: 'leadership',
  pauseReason: 'legal_hold',
  version: '2',
  until: new Date(nowMs + 3_600_000).toISOString(),
};

describe('the forms of the commands', () => {
  test('limits are those of the contracts', () => {
    expect({ maxReason, maxText }).toEqual({ maxReason: commands.maxReason, maxText: commands.maxText });
    expect({ maxTitle, maxDescription }).toEqual({ maxTitle: intake.maxTitle, maxDescription: intake.maxDescription });
  });

  test.each(personCommandTypes)('what the form of %s sends is what the contract takes', (command) => {
    expect(checkForm(command, filled, nowMs)).toEqual({});
    const sent = commandOf(command, filled);
    expect(sent?.command).toBe(command);
    expect(commands.commandBodies[command].safeParse(sent?.body)).toMatchObject({ success: true });
  });

  test.each(personCommandTypes)('an empty form of %s names every field that is needed', (command) => {
    const needed = forms[command].filter((field) => field.isRequired).map((field) => field.name);
    expect(Object.keys(checkForm(command, {}, nowMs)).toSorted()).toEqual(needed.toSorted());
  });

  test('a pause that ends in the past is not sent', () => {
    const values = { ...filled, until: new Date(nowMs - 1).toISOString() };
    expect(checkForm('pause', values, nowMs)).toHaveProperty('until');
  });

  test('a text over the limit is not sent', () => {
    expect(checkForm('note', { text: 'x'.repeat(maxText + 1) }, nowMs)).toHaveProperty('text');
  });
});

describe('a new escalation', () => {
  const form = { ...emptyForm, title: 'Locked out', channel: 'account_manager', category: 'seller_access' };

  test('the first line with words becomes the title, without control characters', () => {
    expect(titleFrom('\n  \n \u0007Seller locked out\tagain \nmore')).toBe('Seller locked out again');
    expect(titleFrom('x'.repeat(500))).toHaveLength(maxTitle);
  });

  test('what is sent is what the contract takes', () => {
    const body = newEscalationOf({
      ...form,
      text: 'Locked out\nsince Monday',
      accountId: 'acme',
      severity: 'sev2',
      isDrill: true,
    });
    expect(intake.newEscalation.safeParse(body)).toMatchObject({ success: true });
  });

  test('a description that only repeats the title is left out', () => {
    expect(newEscalationOf({ ...form, text: ' Locked out ' })).not.toHaveProperty('description');
  });

  test('whoever has accounts of their own has to name one of them', () => {
    expect(checkNew(form, ['acme'])).toHaveProperty('accountId');
    expect(checkNew({ ...form, accountId: 'acme' }, ['acme'])).toEqual({});
    expect(checkNew(form, null)).toEqual({});
  });
});

describe('likeness of titles', () => {
  test('same words in another order and form are alike, others are not', () => {
    expect(likeness('Refunds doubled for card payments', 'Card payment refund is doubled')).toBeGreaterThan(0.6);
    expect(likeness('Refunds doubled for card payments', 'Parcel lockers in Lyon')).toBe(0);
  });

  test('the words that tell most are asked for first', () => {
    expect(searchWords('The parcel lockers are in Lyon')).toEqual(['lockers', 'parcel', 'lyon']);
  });
});
