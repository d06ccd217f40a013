import { createHash } from 'node:crypto';
import { escalationIdFloor } from '../contracts/ids.ts';
import { isOpen, urgencyOf, type EscalationRecord } from '../domain/escalation/record.ts';
import { escalationStates, type EscalationState, type Severity } from '../domain/escalation/vocabulary.ts';
import { indexAttributes } from './table-definition.ts';

/** Every key of the table is built here. `docs/data.md` lists them with what they cost. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

const escalationPrefix = 'ESC#';
const pointerPrefix = 'KEY#';

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}

/** Sorts as text in the order of time until the year 5138. */
function instant(ms: number): string {
  return padded(ms, 14);
}

export function escalationPartition(escalationId: string): string {
  return `${escalationPrefix}${escalationId}`;
}

/** @throws Error when the partition is not an escalation's */
export function escalationIdOf(partition: string): string {
  if (!partition.startsWith(escalationPrefix)) throw new Error(`${partition} is not the partition of an escalation`);
  return partition.slice(escalationPrefix.length);
}

/** What an item's key says of it, for those who pass over all of them; null: neither a first commit, a record nor a key. */
export function whoseItem({
  pk,
  sk,
}: ItemKey): { readonly escalationId: string } | { readonly dedupKey: string } | null {
  if (pk.startsWith(pointerPrefix)) return { dedupKey: pk.slice(pointerPrefix.length) };
  if (!pk.startsWith(escalationPrefix)) return null;
  const escalationId = escalationIdOf(pk);
  return sk === keys.head(escalationId).sk || sk === keys.commit(escalationId, 1).sk ? { escalationId } : null;
}

export const keys = {
  head: (escalationId: string): ItemKey => ({ pk: escalationPartition(escalationId), sk: 'HEAD' }),
  /** @param firstSeq sequence number of the commit's first event */
  commit: (escalationId: string, firstSeq: number): ItemKey => ({
    pk: escalationPartition(escalationId),
    sk: `${commitPrefix}${padded(firstSeq, 8)}`,
  }),
  text: (escalationId: string, textId: string): ItemKey => ({
    pk: escalationPartition(escalationId),
    sk: `${textPrefix}${textId}`,
  }),
  notification: (escalationId: string, notificationId: string): ItemKey => ({
    pk: escalationPartition(escalationId),
    sk: `${notificationPrefix}${notificationId}`,
  }),
  processedCommand: (escalationId: string, commandId: string): ItemKey => ({
    pk: escalationPartition(escalationId),
    sk: `CMD#${commandId}`,
  }),
  pointer: (dedupKey: string): ItemKey => ({ pk: `${pointerPrefix}${dedupKey}`, sk: 'POINTER' }),
  create: (idempotencyHash: string): ItemKey => ({ pk: `IDEM#${idempotencyHash}`, sk: 'CREATE' }),
  apiKey: (keyId: string): ItemKey => ({ pk: apiKeyPartition, sk: `KEY#${keyId}` }),
  policyVersion: (name: string, version: number): ItemKey => ({
    pk: policyPartition(name),
    sk: `V#${padded(version, 6)}`,
  }),
  policyLatest: (name: string): ItemKey => ({ pk: policiesPartition, sk: `LATEST#${name}` }),
  directoryLatest: { pk: 'DIRECTORY', sk: 'LATEST' } satisfies ItemKey,
  /** A piece of a document that is too long for one item. */
  part: (partition: string, part: number): ItemKey => ({ pk: partition, sk: `${partPrefix}${padded(part, 4)}` }),
  /** Written before a handoff is told, so that it is told once. */
  handoffNotice: (scheduleId: string, atMs: number): ItemKey => ({
    pk: schedulePartition(scheduleId),
    sk: `NOTICE#${instant(atMs)}`,
  }),
  /** Sorted by end, so that those that are over are never read. */
  override: (scheduleId: string, endMs: number, overrideId: string): ItemKey => ({
    pk: schedulePartition(scheduleId),
    sk: `${overridePrefix}${instant(endMs)}#${overrideId}`,
  }),
  leave: (endMs: number, leaveId: string): ItemKey => ({ pk: leavePartition, sk: `${instant(endMs)}#${leaveId}` }),
  /** The business calendars of which every open escalation has been told. */
  calendarsTold: { pk: 'CALENDARS', sk: 'TOLD' } satisfies ItemKey,
  reconciliation: { pk: 'RECON', sk: 'LAST' } satisfies ItemKey,
} as const;

export const commitPrefix = 'EVT#';
export const textPrefix = 'TEXT#';
export const notificationPrefix = 'PAGE#';
export const overridePrefix = 'OVERRIDE#';
export const apiKeyPartition = 'APIKEYS';
export const policiesPartition = 'POLICIES';
export const partPrefix = 'PART#';
export const leavePartition = 'LEAVE';

export function policyPartition(name: string): string {
  return `POLICY#${name}`;
}

export function calendarPartition(hash: string): string {
  return `CAL#${hash}`;
}

export function directoryPartition(version: number): string {
  return `DIRECTORY#${version}`;
}

export function schedulePartition(scheduleId: string): string {
  return `SCHEDULE#${scheduleId}`;
}

/** Sorts before every override that ends after `endMs`. */
export function overridesEndingAfter(endMs: number): string {
  return `${overridePrefix}${instant(endMs + 1)}`;
}

export function leaveEndingAfter(endMs: number): string {
  return instant(endMs + 1);
}

/** Sequence numbers of at most eight digits. */
export const lastCommitKey = `${commitPrefix}99999999`;

/** The same id always falls into the same shard. */
export function shardOf(escalationId: string, shards: number): number {
  if (shards === 1) return 0;
  return createHash('sha256').update(escalationId).digest().readUInt32BE(0) % shards;
}

export function statePartition(state: EscalationState, shard: number): string {
  return `STATE#${state}#${shard}`;
}

export function teamPartition(team: string): string {
  return `TEAM#${team}`;
}

export function assigneePartition(assignee: string): string {
  return `PERSON#${assignee}`;
}

export function accountPartition(accountId: string): string {
  return `ACCOUNT#${accountId}`;
}

export function timePartition(shard: number): string {
  return `TIME#${shard}`;
}

/** @param severity by which those that wait are started; null: it is not told, which is asked for less often */
export function pendingPartition(shard: number, severity: Severity | null): string {
  return severity === null ? `PENDING#${shard}` : `PENDING#${shard}#${severity}`;
}

/** Sorts after every escalation made before `ms` and before every later one. */
export function escalationsMadeFrom(ms: number): string {
  return escalationPartition(escalationIdFloor(ms));
}

export const openPrefix = '0#';
export const endedPrefix = '1#';

/** An ended escalation has no urgency: ids sort after every urgency, and by time among themselves. */
export function urgencyPosition(record: EscalationRecord): string {
  return isOpen(record.state) ? `${urgencyOf(record)}#${record.id}` : record.id;
}

/** The attributes by which a head stands in the indexes; null: it does not stand in that one. */
export function headIndexKeys(record: EscalationRecord, shards: number): Readonly<Record<string, string | null>> {
  const shard = shardOf(record.id, shards);
  const open = isOpen(record.state);
  const listed = record.assignee !== null || record.accountId !== null;
  return {
    [indexAttributes.statePartition]: statePartition(record.state, shard),
    [indexAttributes.urgency]: urgencyPosition(record),
    [indexAttributes.teamPartition]: open && record.team !== null ? teamPartition(record.team) : null,
    [indexAttributes.assigneePartition]: record.assignee === null ? null : assigneePartition(record.assignee),
    [indexAttributes.accountPartition]: record.accountId === null ? null : accountPartition(record.accountId),
    [indexAttributes.openThenId]: listed ? `${open ? openPrefix : endedPrefix}${record.id}` : null,
    [indexAttributes.timePartition]: timePartition(shard),
  };
}

/** States in which an escalation still waits for somebody. */
export const openStates: readonly EscalationState[] = escalationStates.filter(isOpen);
