import * as z from 'zod';

import type { EventType } from '../../domain/escalation/events.ts';
import { pauseReasons, resolutionCodes, updateAudiences } from '../../domain/escalation/vocabulary.ts';
import {
  actor,
  category,
  channel,
  clockName,
  cursor,
  escalationParams,
  instant,
  queryInteger,
  severity,
  tier,
} from './common.ts';

/** A text that lives outside the log: null once it was erased. */
export const resolvedText = z
  .object({ id: z.string(), text: z.string().nullable(), erased: z.boolean() })
  .meta({ id: 'Text' });

/** A word of the core's; more of them come with time, so the schema does not close the list. */
const cause = z.string();
const calendar = z.object({ id: z.string(), hash: z.string() });
const target = z.object({ kind: z.enum(['person', 'team', 'schedule']), id: z.string() });
const audience = z.enum(updateAudiences);
const text = resolvedText;
const clockTarget = {
  clock: clockName,
  targetSeconds: z.number(),
  calendar,
  warnAtPercent: z.array(z.number()),
  pausable: z.boolean(),
};

/** What each event says, by its type: instants as RFC 3339, durations in seconds, texts looked up. */
const details = {
  'escalation.received': z.object({
    title: text,
    body: text.optional(),
    channel,
    category,
    severity,
    policy: z.object({ name: z.string(), version: z.int() }),
    dedupKey: z.string().optional().meta({ description: 'Its hash.' }),
    accountId: z.string().optional(),
    accountClass: z.string().optional(),
    team: z.string().optional(),
    source: z.string(),
  }),
  'tier.entered': z.object({
    tier,
    round: z.int(),
    step: z.int(),
    cause,
    reason: text.optional(),
    acknowledgeBy: instant,
  }),
  'tier.lowered': z.object({ from: tier, to: tier, reason: text }),
  'tiers.exhausted': z.object({ rounds: z.int() }),
  'climb.deferred': z.object({ clock: clockName, until: instant }),
  'page.requested': z.object({
    pageId: z.string(),
    tier,
    targets: z.array(target),
    cause,
    isStep: z.boolean(),
  }),
  'page.held': z.object({
    pageId: z.string(),
    tier,
    targets: z.array(target),
    cause,
    isStep: z.boolean(),
    reason: z.enum(['quiet_hours', 'maintenance']),
    until: instant,
  }),
  'page.sent': z.object({ pageId: z.string(), recipients: z.array(z.string()) }),
  'page.suppressed': z.object({ pageId: z.string(), reason: z.string() }),
  'page.failed': z.object({ pageId: z.string(), reason: z.string() }),
  'step.uncovered': z.object({ pageId: z.string(), tier }),
  'clock.started': z.object({ cycle: z.int(), ...clockTarget }),
  'clock.stopped': z.object({ clock: clockName, cause }),
  'clock.paused': z.object({ clock: clockName, cause }),
  'clock.resumed': z.object({ clock: clockName, cause }),
  'clock.retargeted': z.object({ ...clockTarget, cause }),
  'clock.warned': z.object({ clock: clockName, percent: z.number(), warnAt: instant }),
  'clock.breached': z.object({ clock: clockName, cycle: z.int(), dueAt: instant }),
  'policy.migrated': z.object({ name: z.string(), from: z.int(), to: z.int() }),
  'calendar.pinned': z.object({ calendar, coveredUntil: instant }),
  'escalation.acknowledged': z.object({ by: z.string(), tier }),
  'investigation.started': z.object({}),
  'escalation.assigned': z.object({ assignee: z.string(), team: z.string().optional() }),
  'escalation.handed_off': z.object({ from: z.string().nullable(), to: z.string(), note: text }),
  'severity.changed': z.object({ from: severity, to: severity, cause, reason: text.optional() }),
  'note.added': z.object({ text }),
  'update.sent': z.object({ updateId: z.string(), audience, text }),
  'update.promised': z.object({ updateId: z.string(), audience, cause }),
  'update.published': z.object({ updateId: z.string(), recipients: z.array(z.string()) }),
  'update.failed': z.object({ updateId: z.string(), reason: z.string() }),
  'escalation.paused': z.object({ reason: z.enum(pauseReasons), until: instant, note: text.optional() }),
  'escalation.resumed': z.object({
    cause: z.enum(['by_hand', 'time_over', 'resolved', 'ended']),
    acknowledgeBy: instant.optional(),
  }),
  'escalation.resolved': z.object({ code: z.enum(resolutionCodes), summary: text.optional() }),
  'escalation.reopened': z.object({ reason: text }),
  'rca.submitted': z.object({ text, by: z.string() }),
  'rca.approved': z.object({ by: z.string() }),
  'escalation.closed': z.object({}),
  'escalation.cancelled': z.object({ reason: text }),
  'escalation.merged': z.object({ into: z.string() }),
  'occurrences.counted': z.object({ count: z.int() }),
  'source.cleared': z.object({ source: z.string() }),
} as const satisfies { readonly [T in EventType]: z.ZodObject };

const base = {
  seq: z.int(),
  at: instant,
  actor,
  commandId: z.string().optional(),
};

/** What became of a page, once it is known. */
export const delivery = z
  .object({
    status: z.enum(['pending', 'sent', 'suppressed', 'failed', 'uncovered']),
    recipients: z.array(z.string()),
    reason: z.string().nullable(),
    at: instant.nullable(),
  })
  .meta({ id: 'Delivery' });

function entry<T extends EventType>(type: T) {
  return z.object({ ...base, type: z.literal(type), detail: details[type] });
}

export const timelineEntry = z
  .discriminatedUnion('type', [
    entry('escalation.received'),
    entry('tier.entered'),
    entry('tier.lowered'),
    entry('tiers.exhausted'),
    entry('climb.deferred'),
    entry('page.requested').extend({ delivery }),
    entry('page.held'),
    entry('page.sent'),
    entry('page.suppressed'),
    entry('page.failed'),
    entry('step.uncovered'),
    entry('clock.started'),
    entry('clock.stopped'),
    entry('clock.paused'),
    entry('clock.resumed'),
    entry('clock.retargeted'),
    entry('clock.warned'),
    entry('clock.breached'),
    entry('policy.migrated'),
    entry('calendar.pinned'),
    entry('escalation.acknowledged'),
    entry('investigation.started'),
    entry('escalation.assigned'),
    entry('escalation.handed_off'),
    entry('severity.changed'),
    entry('note.added'),
    entry('update.sent'),
    entry('update.promised'),
    entry('update.published'),
    entry('update.failed'),
    entry('escalation.paused'),
    entry('escalation.resumed'),
    entry('escalation.resolved'),
    entry('escalation.reopened'),
    entry('rca.submitted'),
    entry('rca.approved'),
    entry('escalation.closed'),
    entry('escalation.cancelled'),
    entry('escalation.merged'),
    entry('occurrences.counted'),
    entry('source.cleared'),
  ])
  .meta({ id: 'TimelineEntry' });
export type TimelineEntry = z.output<typeof timelineEntry>;

export const timeline = z
  .object({ entries: z.array(timelineEntry), nextCursor: z.string().nullable() })
  .meta({ id: 'Timeline', description: 'Oldest first.' });

export const timelineRequest = z.object({
  params: escalationParams,
  query: z.strictObject({ limit: queryInteger(1, 500).optional(), cursor: cursor.optional() }),
  headers: z.object({}),
});
