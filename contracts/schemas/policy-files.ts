import * as z from 'zod';

import { forecastStep } from './escalation.ts';
import { category, identifier, instant, line, noInput, severity } from './common.ts';

/** A policy set as files: what `policies/` holds. */
const headers = z.object({});

export const policyFile = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}\.(ya?ml|ics)$/, 'has to be the name of a YAML or iCalendar file'),
  text: z.string().max(200_000, 'is longer than 200000 characters'),
});

export const policyFilesRequest = z.object({
  params: noInput,
  query: noInput,
  headers,
  body: z.strictObject({ files: z.array(policyFile).min(1).max(60) }).meta({ id: 'PolicyFiles' }),
});

const problem = z.object({
  level: z.enum(['error', 'warning']),
  file: z.string(),
  line: z.int(),
  column: z.int(),
  path: z.string(),
  message: z.string(),
  fix: z.string(),
});

export const policyCheck = z
  .object({
    ok: z.boolean().meta({ description: 'false: it cannot be published.' }),
    problems: z.array(problem),
    from: instant.nullable(),
    until: instant
      .nullable()
      .meta({ description: 'How far ahead it was walked through; null where it could not be read.' }),
    changePoints: z.int().meta({ description: 'Changes of who is on call that were walked through.' }),
    zoneChanges: z
      .array(z.object({ zone: z.string(), at: instant, shiftSeconds: z.int() }))
      .meta({ description: 'Every change of clocks in that time, in each zone in use.' }),
    worstWaits: z
      .array(
        z.object({
          policy: z.string(),
          severity,
          waitSeconds: z.number().nullable().meta({ description: 'Until somebody is tried; null: nobody is.' }),
          clockSeconds: z.number().nullable(),
          at: instant,
        }),
      )
      .meta({ description: 'The longest that an escalation waits until somebody is tried.' }),
  })
  .meta({ id: 'PolicyCheck' });

export const policyPublication = z
  .object({
    ok: z.boolean(),
    problems: z.array(problem),
    published: z.array(z.object({ name: z.string(), version: z.int(), changed: z.boolean() })),
  })
  .meta({ id: 'PolicyPublication', description: 'Nothing is published where there is an error.' });

export const policyForecastRequest = z.object({
  params: z.strictObject({ name: identifier() }),
  query: z.strictObject({ situation: line(200).meta({ examples: ['sev1 external Sunday 03:00 Asia/Singapore'] }) }),
  headers,
});

export const policyForecast = z
  .object({
    policy: z.string(),
    version: z.int(),
    severity,
    category,
    team: z.string().nullable(),
    at: instant,
    rules: z.array(z.string()).meta({ description: 'Routing rules that applied.' }),
    steps: z.array(forecastStep),
    complete: z.boolean(),
  })
  .meta({ id: 'PolicyForecast' });
