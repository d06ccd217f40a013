import * as z from 'zod';

import { personCommandTypes, refusalCodes } from '../../domain/escalation/commands.ts';
import {
  categories,
  channels,
  escalationStates,
  pauseReasons,
  severities,
} from '../../domain/escalation/vocabulary.ts';
import {
  category,
  channel,
  clockName,
  cursor,
  escalationId,
  escalationParams,
  escalationState,
  identifier,
  instant,
  line,
  listOf,
  noInput,
  queryFlag,
  queryInteger,
  severity,
  tier,
} from './common.ts';

export const clockView = z
  .object({
    clock: clockName,
    cycle: z.int().meta({ description: '1 for the first run, one more with each reopening or further update owed.' }),
    status: z.enum(['running', 'paused', 'stopped']),
    targetSeconds: z.number(),
    dueAt: instant
      .nullable()
      .meta({ description: 'When it breaches if nothing stops it; null while not running or not known.' }),
    breachedAt: instant.nullable().meta({ description: 'The due instant that was missed in this cycle.' }),
  })
  .meta({ id: 'Clock' });

export const escalation = z
  .object({
    id: escalationId,
    title: z.string().nullable().meta({ description: 'null once erased.' }),
    state: escalationState,
    tier,
    severity,
    channel,
    category,
    team: z.string().nullable(),
    assignee: z.string().nullable(),
    accountId: z.string().nullable(),
    source: z
      .string()
      .meta({ description: 'Where it came from: api, or the source that an integration key is bound to.' }),
    reportedBy: z.string(),
    occurrences: z.int(),
    policy: z.string(),
    policyVersion: z.int(),
    drill: z.boolean().meta({ description: 'Left out of every metric.' }),
    seq: z.int().meta({ description: 'Counts events.' }),
    rev: z.int().meta({ description: 'Counts what people changed; the number in the ETag.' }),
    createdAt: instant,
    updatedAt: instant,
    uncovered: z.boolean().meta({ description: 'A step reached nobody and nobody has acknowledged since.' }),
    exhausted: z.boolean().meta({ description: 'The last repeat of the policy ran out unheard.' }),
    paused: z.object({ reason: z.enum(pauseReasons), until: instant }).nullable(),
    awaiting: z
      .object({ tier, acknowledgeBy: instant })
      .nullable()
      .meta({ description: 'Who is asked to acknowledge, and until when.' }),
    clocks: z.array(clockView),
    nextBreach: z
      .object({ clock: clockName, dueAt: instant, breached: z.boolean() })
      .nullable()
      .meta({ description: 'The earliest deadline already missed and not met, or else the earliest to come.' }),
    nextWakeAt: instant
      .nullable()
      .meta({ description: 'When the system acts next by itself; null: it waits for people.' }),
    resolvedAt: instant.nullable(),
    reopenings: z.int(),
    rca: z.enum(['none', 'submitted', 'approved']),
    mergedInto: z.string().nullable(),
    links: z.object({
      self: z.string(),
      timeline: z.string(),
      ledger: z.string(),
      forecast: z.string(),
      actions: z.string(),
    }),
  })
  .meta({ id: 'Escalation' });
export type EscalationView = z.output<typeof escalation>;

export const escalationDetail = escalation
  .extend({
    description: z
      .string()
      .nullable()
      .meta({ description: 'As it came in; null when there was none or it was erased.' }),
  })
  .meta({ id: 'EscalationDetail' });
export type EscalationDetail = z.output<typeof escalationDetail>;

export const escalationList = z
  .object({
    items: z.array(escalation),
    nextCursor: z
      .string()
      .nullable()
      .meta({ description: 'null at the end. A page may hold fewer than asked for, even none.' }),
  })
  .meta({ id: 'EscalationList' });

export const listOrders = ['urgency', 'newest'] as const;

export const listQuery = z.strictObject({
  state: listOf([...escalationStates, 'open', 'all']).optional(),
  severity: listOf(severities).optional(),
  channel: listOf(channels).optional(),
  category: listOf(categories).optional(),
  tier: listOf(['1', '2', '3', '4']).optional(),
  team: identifier().optional(),
  assignee: identifier().optional().meta({ description: 'A person, `me`, or `none`.' }),
  accountId: identifier().optional(),
  policy: identifier().optional(),
  uncovered: queryFlag.optional(),
  breachingWithinSeconds: queryInteger(0, 31_536_000)
    .optional()
    .meta({ description: 'The next deadline is missed, or falls within so many seconds from now.' }),
  breached: queryFlag.optional().meta({ description: 'A deadline was missed and is not met. Paused ones have not.' }),
  paused: queryFlag.optional(),
  q: line(100).optional().meta({ description: 'Part of a title or an id.' }),
  order: z.enum(listOrders).optional(),
  limit: queryInteger(1, 200).optional(),
  cursor: cursor.optional(),
});

export const listRequest = z.object({ params: noInput, query: listQuery, headers: z.object({}) });
export const byIdRequest = z.object({ params: escalationParams, query: noInput, headers: z.object({}) });

/** One answer for each command: what a click would be told now. */
export const actions = z
  .object({
    asOf: instant,
    seq: z.int(),
    rev: z.int(),
    actions: z.array(
      z.object({
        command: z.enum(personCommandTypes),
        allowed: z.boolean(),
        code: z.enum([...refusalCodes, 'not_permitted']).optional(),
        reason: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'Actions' });
export type ActionsView = z.output<typeof actions>;

export const forecastStep = z
  .object({
    at: instant,
    kind: z.string().meta({ description: 'What will happen, by the name of the event that will record it.' }),
    tier: tier.optional(),
    clock: clockName.optional(),
    targets: z.array(z.object({ kind: z.enum(['person', 'team', 'schedule']), id: z.string() })).optional(),
    recipients: z.array(z.string()).optional().meta({ description: 'Who is on call at that instant.' }),
    cause: z.string().optional(),
    summary: z.string().meta({ description: 'The step as one sentence.' }),
  })
  .meta({ id: 'ForecastStep' });

export const forecast = z
  .object({
    asOf: instant,
    seq: z.int(),
    steps: z.array(forecastStep),
    complete: z.boolean().meta({ description: 'False where the forecast was cut off.' }),
  })
  .meta({ id: 'Forecast', description: 'What happens next if nobody acts.' });
export type ForecastView = z.output<typeof forecast>;
