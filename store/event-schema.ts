import * as z from 'zod';
import type { EscalationEvent, EventBody, EventType, PageCause, TierCause } from '../domain/escalation/events.ts';
import {
  actorKinds,
  categories,
  channels,
  clockNames,
  pauseReasons,
  resolutionCodes,
  severities,
  updateAudiences,
  type Actor,
  type Target,
  type Tier,
} from '../domain/escalation/vocabulary.ts';

/**
 * Events as they are read back. Objects are loose: what a newer version wrote beside is kept, so that a rolled-back
 * reader neither fails nor changes what it passes on. An event type that is missing here is named by the compiler.
 */
// Each of these names every word of its union: one that is left out is named by the compiler.
const tierCauseWords = {
  started: 'started',
  taken_up_late: 'taken_up_late',
  not_acknowledged: 'not_acknowledged',
  step_uncovered: 'step_uncovered',
  clock_breached: 'clock_breached',
  by_hand: 'by_hand',
  repeat: 'repeat',
  reopened: 'reopened',
  severity_raised: 'severity_raised',
} as const satisfies Words<TierCause>;
const tierCauses = z.enum(tierCauseWords);
const pageCauses = z.enum({
  ...tierCauseWords,
  fallback: 'fallback',
  warning: 'warning',
  breach: 'breach',
  assigned: 'assigned',
  handed_off: 'handed_off',
  idle: 'idle',
} as const satisfies Words<PageCause>);
const holdReasons = z.enum({ quiet_hours: 'quiet_hours', maintenance: 'maintenance' } as const satisfies Words<
  Extract<EventBody, { type: 'page.held' }>['reason']
>);
const resumeCauses = z.enum({
  by_hand: 'by_hand',
  time_over: 'time_over',
  resolved: 'resolved',
  ended: 'ended',
} as const satisfies Words<Extract<EventBody, { type: 'escalation.resumed' }>['cause']>);

const int = z.number().int();
export const tierSchema = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]) satisfies z.ZodType<Tier>;
const text = z.looseObject({ id: z.string(), hash: z.string() });
const calendar = z.looseObject({ id: z.string(), hash: z.string() });
const clock = z.enum(clockNames);
const percents = z.array(z.number());
const targetSchemas = {
  person: z.looseObject({ kind: z.literal('person'), id: z.string() }),
  team: z.looseObject({ kind: z.literal('team'), id: z.string(), inTurn: z.literal(true).optional() }),
  schedule: z.looseObject({ kind: z.literal('schedule'), id: z.string() }),
} satisfies { readonly [K in Target['kind']]: z.ZodType<Extract<Target, { kind: K }>> };
export const targetSchema = z.union([targetSchemas.person, targetSchemas.team, targetSchemas.schedule]);
const clockCause = { clock, cause: z.string() };
const retarget = { clock, targetMs: int, calendar, warnAtPercent: percents, pausable: z.boolean() };

type Words<Union extends string> = { readonly [Word in Union]: Word };
type BodySchemas = { readonly [T in EventType]: z.ZodType<Extract<EventBody, { type: T }>> };

function body<T extends EventType, S extends z.ZodRawShape>(type: T, shape: S) {
  return z.looseObject({ type: z.literal(type), ...shape });
}

const bodySchemas = {
  'escalation.received': body('escalation.received', {
    title: text,
    body: text.optional(),
    channel: z.enum(channels),
    category: z.enum(categories),
    severity: z.enum(severities),
    policy: z.looseObject({ name: z.string(), version: int }),
    dedupKey: z.string().optional(),
    accountId: z.string().optional(),
    accountClass: z.string().optional(),
    team: z.string().optional(),
    source: z.string(),
  }),
  'tier.entered': body('tier.entered', {
    tier: tierSchema,
    round: int,
    step: int,
    cause: tierCauses,
    reason: text.optional(),
    acknowledgeByMs: int,
  }),
  'tier.lowered': body('tier.lowered', { from: tierSchema, to: tierSchema, reason: text }),
  'tiers.exhausted': body('tiers.exhausted', { rounds: int }),
  'climb.deferred': body('climb.deferred', { clock, untilMs: int }),
  'page.requested': body('page.requested', {
    pageId: z.string(),
    tier: tierSchema,
    targets: z.array(targetSchema),
    cause: pageCauses,
    isStep: z.boolean(),
  }),
  'page.held': body('page.held', {
    pageId: z.string(),
    tier: tierSchema,
    targets: z.array(targetSchema),
    cause: pageCauses,
    isStep: z.boolean(),
    reason: holdReasons,
    untilMs: int,
  }),
  'page.sent': body('page.sent', { pageId: z.string(), recipients: z.array(z.string()) }),
  'page.suppressed': body('page.suppressed', { pageId: z.string(), reason: z.string() }),
  'page.failed': body('page.failed', { pageId: z.string(), reason: z.string() }),
  'step.uncovered': body('step.uncovered', { pageId: z.string(), tier: tierSchema }),
  'clock.started': body('clock.started', { cycle: int, ...retarget }),
  'clock.stopped': body('clock.stopped', clockCause),
  'clock.paused': body('clock.paused', clockCause),
  'clock.resumed': body('clock.resumed', clockCause),
  'clock.retargeted': body('clock.retargeted', { ...retarget, cause: z.string() }),
  'clock.warned': body('clock.warned', { clock, percent: z.number(), warnAtMs: int }),
  'clock.breached': body('clock.breached', { clock, cycle: int, dueAtMs: int }),
  'policy.migrated': body('policy.migrated', { name: z.string(), from: int, to: int }),
  'calendar.pinned': body('calendar.pinned', { calendar, coveredUntilMs: int }),
  'escalation.acknowledged': body('escalation.acknowledged', { by: z.string(), tier: tierSchema }),
  'investigation.started': body('investigation.started', {}),
  'escalation.assigned': body('escalation.assigned', { assignee: z.string(), team: z.string().optional() }),
  'escalation.handed_off': body('escalation.handed_off', { from: z.string().nullable(), to: z.string(), note: text }),
  'severity.changed': body('severity.changed', {
    from: z.enum(severities),
    to: z.enum(severities),
    cause: z.string(),
    reason: text.optional(),
  }),
  'note.added': body('note.added', { text }),
  'update.sent': body('update.sent', { updateId: z.string(), audience: z.enum(updateAudiences), text }),
  'update.promised': body('update.promised', {
    updateId: z.string(),
    audience: z.enum(updateAudiences),
    cause: z.string(),
  }),
  'update.published': body('update.published', { updateId: z.string(), recipients: z.array(z.string()) }),
  'update.failed': body('update.failed', { updateId: z.string(), reason: z.string() }),
  'escalation.paused': body('escalation.paused', {
    reason: z.enum(pauseReasons),
    untilMs: int,
    note: text.optional(),
  }),
  'escalation.resumed': body('escalation.resumed', {
    cause: resumeCauses,
    acknowledgeByMs: int.optional(),
  }),
  'escalation.resolved': body('escalation.resolved', { code: z.enum(resolutionCodes), summary: text.optional() }),
  'escalation.reopened': body('escalation.reopened', { reason: text }),
  'rca.submitted': body('rca.submitted', { text, by: z.string() }),
  'rca.approved': body('rca.approved', { by: z.string() }),
  'escalation.closed': body('escalation.closed', {}),
  'escalation.cancelled': body('escalation.cancelled', { reason: text }),
  'escalation.merged': body('escalation.merged', { into: z.string() }),
  'occurrences.counted': body('occurrences.counted', { count: int }),
  'source.cleared': body('source.cleared', { source: z.string() }),
} satisfies BodySchemas;

const anyType = z.looseObject({ type: z.string() });

function isKnownType(type: string): type is EventType {
  return Object.hasOwn(bodySchemas, type);
}

/**
 * One event body as stored.
 * @throws ZodError or Error when this version can't read it: the log is never read past something not understood
 */
export function parseEventBody(value: unknown): EventBody {
  const { type } = anyType.parse(value);
  if (!isKnownType(type)) throw new Error(`the log holds an event of the unknown type ${type}`);
  return bodySchemas[type].parse(value);
}

export const actorSchema = z.object({ kind: z.enum(actorKinds), id: z.string() }) satisfies z.ZodType<Actor>;

/** What an event carries beside its body, apart from its place in the log. */
export type EventOrigin = Pick<EscalationEvent, 'atMs' | 'actor' | 'commandId'>;
