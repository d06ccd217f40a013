import * as z from 'zod';

import { personCommandTypes } from '../../domain/escalation/commands.ts';
import { roles } from '../roles.ts';
import { escalationParams, identifier, instant, line, noInput, queryInteger } from './common.ts';

/** Sources stand in dedup scopes, timelines and logs; `api` is what people come through. */
export const sourceName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,39}$/, 'has to be 2 to 40 lower-case letters, digits and hyphens, a letter first')
  .refine((value) => value !== 'api', 'is taken by the API itself');

export const keyIdParam = z.string().regex(/^key_[0-9A-HJKMNP-TV-Z]{26}$/, 'has to be the id of a key');

export const createKeyRequest = z.object({
  params: noInput,
  query: noInput,
  headers: z.object({}),
  body: z.strictObject({ source: sourceName, label: line(100) }).meta({ id: 'NewIntegrationKey' }),
});

export const integrationKey = z
  .object({
    id: z.string(),
    source: z.string(),
    label: z.string(),
    createdAt: instant,
    createdBy: z.string(),
    revokedAt: instant.nullable(),
  })
  .meta({ id: 'IntegrationKey' });

export const newKey = integrationKey
  .extend({
    token: z.string().meta({ description: 'Sent as a bearer token. Shown this once; only its hash is kept.' }),
  })
  .meta({ id: 'IntegrationKeyWithToken' });

export const keyList = z.object({ items: z.array(integrationKey) }).meta({ id: 'IntegrationKeyList' });

export const keyRequest = z.object({
  params: z.strictObject({ keyId: keyIdParam }),
  query: noInput,
  headers: z.object({}),
});

export const plainRequest = z.object({ params: noInput, query: noInput, headers: z.object({}) });

export const me = z
  .object({
    id: z.string(),
    roles: z.array(z.enum(roles)),
    accounts: z.array(z.string()).nullable().meta({ description: 'null: all of them.' }),
    team: z.string().nullable(),
    source: z.string().nullable(),
    commands: z.array(z.enum(personCommandTypes)).meta({ description: 'What the roles allow, whatever the state.' }),
  })
  .meta({ id: 'Me' });

export const policySummary = z
  .object({ name: z.string(), version: z.int(), hash: z.string(), drill: z.boolean(), tiers: z.int() })
  .meta({ id: 'PolicySummary' });

export const policyList = z.object({ items: z.array(policySummary) }).meta({ id: 'PolicyList' });

/** The compiled policy: its rules are described with the policy set, not here. */
export const policyDetail = policySummary
  .extend({ rules: z.looseObject({}) })
  .meta({ id: 'Policy', description: 'rules: the compiled policy, durations in milliseconds.' });

export const policyRequest = z.object({
  params: z.strictObject({ name: identifier() }),
  query: z.strictObject({ version: queryInteger(1, 1_000_000_000).optional() }),
  headers: z.object({}),
});

export const eraseRequest = z.object({
  params: escalationParams,
  query: noInput,
  headers: z.object({}),
  body: z
    .strictObject({
      textIds: z
        .array(z.string().regex(/^txt_[0-9A-HJKMNP-TV-Z]{26}$/, 'has to be the id of a text'))
        .min(1)
        .max(500)
        .optional()
        .meta({ description: 'Ids from the timeline; all texts of the escalation if not given.' }),
    })
    .meta({ id: 'EraseTexts' }),
});

export const erased = z
  .object({ erased: z.int().meta({ description: 'Texts erased by this call.' }) })
  .meta({ id: 'Erased' });
