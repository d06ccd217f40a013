import * as z from 'zod';
import type { EscalationRecord } from '../domain/escalation/record.ts';
import {
  categories,
  channels,
  clockNames,
  escalationStates,
  pauseReasons,
  severities,
  type Tier,
} from '../domain/escalation/vocabulary.ts';
import { escalationIdOf, headIndexKeys } from './keys.ts';
import type { Expression, RawItem } from './requests.ts';

/**
 * How a record is stored: under 1 KB, for a write costs one unit for each KB begun. Names are short, clocks are
 * lists, and what is null, false or nought is left out. It is one JSON text: a quarter larger than a map of DynamoDB's
 * own, and eight times as fast to take apart, fifty of which a list does at once.
 */
const tier = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]) satisfies z.ZodType<Tier>;
const ms = z.number().int();

const clockItem = z.tuple([
  z.enum(clockNames),
  z.number().int(),
  z.enum(['running', 'paused', 'stopped']),
  ms,
  ms.nullable(),
  ms.nullable(),
]);

const storedRecord = z.object({
  st: z.enum(escalationStates),
  ti: tier,
  sv: z.enum(severities),
  ch: z.enum(channels),
  ca: z.enum(categories),
  te: z.string().optional(),
  as: z.string().optional(),
  ac: z.string().optional(),
  n: z.number().int(),
  /** Policy's name and version. */
  po: z.tuple([z.string(), z.number().int()]),
  /** Left out of metrics. */
  dr: z.boolean().optional(),
  rv: z.number().int(),
  cr: ms,
  up: ms,
  so: z.string(),
  by: z.string(),
  un: z.boolean().optional(),
  ex: z.boolean().optional(),
  pa: z.tuple([z.enum(pauseReasons), ms]).optional(),
  aw: z.tuple([tier, ms]).optional(),
  cl: z.array(clockItem).optional(),
  nb: z.tuple([z.enum(clockNames), ms, z.boolean()]).optional(),
  wk: ms.optional(),
  rs: ms.optional(),
  ro: z.number().int().optional(),
  rca: z.enum(['submitted', 'approved']).optional(),
  in: z.string().optional(),
});
type StoredRecord = z.infer<typeof storedRecord>;

const headItem = z.object({
  pk: z.string(),
  seq: z.number().int(),
  r: z.string(),
  title: z.string().optional(),
  /** Epoch milliseconds at which the title was erased. */
  te: ms.optional(),
});

/** A record with the copy of its title; null when the title was erased or has not been written yet. */
export interface Head {
  readonly record: EscalationRecord;
  readonly title: string | null;
  readonly titleErasedAtMs: number | null;
}

function toStored(record: EscalationRecord): StoredRecord {
  return {
    st: record.state,
    ti: record.tier,
    sv: record.severity,
    ch: record.channel,
    ca: record.category,
    te: record.team ?? undefined,
    as: record.assignee ?? undefined,
    ac: record.accountId ?? undefined,
    n: record.occurrences,
    po: [record.policy.name, record.policy.version],
    dr: record.excludedFromMetrics || undefined,
    rv: record.rev,
    cr: record.createdAtMs,
    up: record.updatedAtMs,
    so: record.source,
    by: record.reportedBy,
    un: record.uncovered || undefined,
    ex: record.exhausted || undefined,
    pa: record.pause === null ? undefined : [record.pause.reason, record.pause.untilMs],
    aw: record.awaiting === null ? undefined : [record.awaiting.tier, record.awaiting.byMs],
    cl:
      record.clocks.length === 0
        ? undefined
        : record.clocks.map((view) => [
            view.clock,
            view.cycle,
            view.status,
            view.targetMs,
            view.dueAtMs,
            view.breachedAtMs,
          ]),
    nb:
      record.nextBreach === null
        ? undefined
        : [record.nextBreach.clock, record.nextBreach.dueAtMs, record.nextBreach.breached],
    wk: record.nextWakeAtMs ?? undefined,
    rs: record.resolvedAtMs ?? undefined,
    ro: record.reopenings === 0 ? undefined : record.reopenings,
    rca: record.rca === 'none' ? undefined : record.rca,
    in: record.mergedInto ?? undefined,
  };
}

function fromStored(id: string, seq: number, stored: StoredRecord): EscalationRecord {
  return {
    id,
    state: stored.st,
    tier: stored.ti,
    severity: stored.sv,
    channel: stored.ch,
    category: stored.ca,
    team: stored.te ?? null,
    assignee: stored.as ?? null,
    accountId: stored.ac ?? null,
    occurrences: stored.n,
    policy: { name: stored.po[0], version: stored.po[1] },
    excludedFromMetrics: stored.dr ?? false,
    seq,
    rev: stored.rv,
    createdAtMs: stored.cr,
    updatedAtMs: stored.up,
    source: stored.so,
    reportedBy: stored.by,
    uncovered: stored.un ?? false,
    exhausted: stored.ex ?? false,
    pause: stored.pa === undefined ? null : { reason: stored.pa[0], untilMs: stored.pa[1] },
    awaiting: stored.aw === undefined ? null : { tier: stored.aw[0], byMs: stored.aw[1] },
    clocks: (stored.cl ?? []).map(([clock, cycle, status, targetMs, dueAtMs, breachedAtMs]) => ({
      clock,
      cycle,
      status,
      targetMs,
      dueAtMs,
      breachedAtMs,
    })),
    nextBreach: stored.nb === undefined ? null : { clock: stored.nb[0], dueAtMs: stored.nb[1], breached: stored.nb[2] },
    nextWakeAtMs: stored.wk ?? null,
    resolvedAtMs: stored.rs ?? null,
    reopenings: stored.ro ?? 0,
    rca: stored.rca ?? 'none',
    mergedInto: stored.in ?? null,
  };
}

/** @throws ZodError when the item is not a head that this version can read */
export function headFrom(item: RawItem): Head {
  const parsed = headItem.parse(item);
  return {
    record: fromStored(escalationIdOf(parsed.pk), parsed.seq, storedRecord.parse(JSON.parse(parsed.r))),
    title: parsed.title ?? null,
    titleErasedAtMs: parsed.te ?? null,
  };
}

/** The attributes of a new head, key and title left out. */
export function headAttributes(record: EscalationRecord, shards: number): RawItem {
  const indexed = Object.entries(headIndexKeys(record, shards)).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(indexed), seq: record.seq, r: JSON.stringify(toStored(record)) };
}

/** Overwrites everything of a head but its title, and takes it out of the indexes that it left. */
export function headChange(record: EscalationRecord, shards: number): Expression {
  const sets = ['#seq = :seq', '#r = :r'];
  const removes: string[] = [];
  const values: Record<string, unknown> = { ':seq': record.seq, ':r': JSON.stringify(toStored(record)) };
  for (const [name, value] of Object.entries(headIndexKeys(record, shards))) {
    if (value === null) removes.push(`#${name}`);
    else {
      sets.push(`#${name} = :${name}`);
      values[`:${name}`] = value;
    }
  }
  const text = `SET ${sets.join(', ')}${removes.length === 0 ? '' : ` REMOVE ${removes.join(', ')}`}`;
  return { text, values };
}
