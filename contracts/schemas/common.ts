import * as z from 'zod';

import {
  actorKinds,
  categories,
  channels,
  clockNames,
  escalationStates,
  severities,
} from '../../domain/escalation/vocabulary.ts';
import { escalationIdPattern } from '../ids.ts';

/** Building blocks of requests and responses. */

export const escalationId = z
  .string()
  .regex(escalationIdPattern, 'has to be an escalation id (esc_ and 26 characters)')
  .meta({ description: 'Sorts by the time of receipt.', examples: ['esc_01K9A3W7XPTQ4V5Y6Z7A8B9C0D'] });

/** RFC 3339; requests may carry any offset, responses are UTC with milliseconds. */
export const instant = z.iso
  .datetime({ offset: true, error: 'has to be an RFC 3339 time with an offset' })
  .meta({ description: 'RFC 3339', examples: ['2027-03-01T09:30:00.000Z'] });

export const severity = z.enum(severities).meta({ id: 'Severity' });
export const channel = z.enum(channels).meta({ id: 'Channel' });
export const category = z.enum(categories).meta({ id: 'Category' });
export const escalationState = z.enum(escalationStates).meta({ id: 'EscalationState' });
export const clockName = z.enum(clockNames).meta({ id: 'ClockName' });
export const tier = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]).meta({ id: 'Tier' });

export const actor = z
  .object({ kind: z.enum(actorKinds), id: z.string() })
  .meta({ id: 'Actor', description: 'Who caused it. The id is opaque: never a name or an address.' });

// Control characters have no place in text that people read: they hide, forge lines in logs and break terminals.
const lineControls = /[\p{Cc}\u2028\u2029]/u;
const textControls = /[^\P{Cc}\n\r\t]/u;

/** Half of a surrogate pair has no UTF-8: it would be stored as something else than what was hashed. */
export function isWellFormed(value: string): boolean {
  return !/\p{Surrogate}/u.test(value);
}

/** One line that a person wrote. Surrounding white space is dropped; at least one character is left. */
export function line(maxCharacters: number) {
  return z
    .string()
    .trim()
    .min(1, 'is empty')
    .max(maxCharacters, `is longer than ${maxCharacters} characters`)
    .refine((value) => !lineControls.test(value), 'holds a line break or another control character')
    .refine(isWellFormed, 'holds half of a surrogate pair');
}

/** Several lines that a person wrote. */
export function prose(maxCharacters: number) {
  return z
    .string()
    .min(1, 'is empty')
    .max(maxCharacters, `is longer than ${maxCharacters} characters`)
    .refine((value) => value.trim() !== '', 'is empty')
    .refine((value) => !textControls.test(value), 'holds a control character')
    .refine(isWellFormed, 'holds half of a surrogate pair');
}

/** An identifier of another system: a person, team, account or policy name. */
export function identifier(maxCharacters = 128) {
  return z
    .string()
    .min(1, 'is empty')
    .max(maxCharacters, `is longer than ${maxCharacters} characters`)
    .regex(/^[\w.@:+|=/-]+$/, 'may hold letters, digits and . @ : + | = / - _ only');
}

/** A switch in a query string. */
export const queryFlag = z.enum(['true', 'false']);

/** Several words of a list, separated by commas. */
export function listOf(words: readonly string[]) {
  return z
    .string()
    .min(1)
    .max(400)
    .refine((value) => value.split(',').every((word) => words.includes(word)), {
      error: `has to be one or more of ${words.join(', ')}, separated by commas`,
    })
    .meta({ description: `One or more of ${words.join(', ')}, separated by commas.` });
}

/** A whole number in a query string. */
export function queryInteger(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,12}$/, 'has to be a whole number')
    .refine((value) => Number(value) >= min && Number(value) <= max, `has to lie between ${min} and ${max}`)
    .meta({ description: `A whole number from ${min} to ${max}.` });
}

export const cursor = z
  .string()
  .min(1)
  .max(2000)
  .meta({ description: 'From the page before; holds for the same caller and the same filter.' });

export const noInput = z.strictObject({});

/**
 * Names the caller's attempt, so that it can be repeated without harm: the same key with the same request answers with
 * the first outcome, with another request it is refused.
 */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, 'has to be 1 to 200 printable characters without spaces')
  .optional();

/** Decodes to the revision that the caller saw; `*` holds for any. */
export const ifMatch = z
  .string()
  .regex(/^(\*|(W\/)?"\d{1,15}")$/, 'has to be an ETag of this escalation, such as "7", or *')
  .optional();

export const escalationParams = z.strictObject({ id: escalationId });
