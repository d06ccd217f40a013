import * as z from 'zod';

import { accountClasses } from '../../domain/policy/routing.ts';
import { calendarDefinition, personDefinition, scheduleDefinition } from '../../zones/schemas.ts';
import { idText } from './words.ts';

/** The form of `policies/directory.yaml`: who there is, when they are on call, and when the desk is open. */

const personEntry = personDefinition.omit({ id: true }).extend({
  name: z.string().min(1).describe('Display name.'),
  team: idText.optional(),
});

const teamEntry = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
});

const accountEntry = z.strictObject({
  name: z.string().min(1),
  class: z.enum(accountClasses).default('standard'),
  manager: idText.optional().describe('The account manager: single point of contact.'),
});

export const directoryDefinition = z.strictObject({
  people: z.record(idText, personEntry),
  teams: z.record(idText, teamEntry),
  schedules: z.record(idText, scheduleDefinition).default({}),
  calendars: z.record(idText, calendarDefinition).default({}),
  accounts: z.record(idText, accountEntry).default({}),
});

export type DirectoryDefinition = z.infer<typeof directoryDefinition>;
