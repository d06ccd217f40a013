import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as z from 'zod';
import { canonicalJson, sha256 } from '../contracts/ids.ts';
import type { EscalationEvent } from '../domain/escalation/events.ts';
import { actorSchema, parseEventBody, type EventOrigin } from './event-schema.ts';
import { commitPrefix, keys, type ItemKey } from './keys.ts';
import type { RawItem } from './requests.ts';

/**
 * One decision as one item: all its events, the sequence number of the last, and a hash by which a writer knows its
 * own. An event carries no sequence number of its own, and its instant, actor and command only where they differ from
 * those of the event before: most decisions fit into one write unit.
 */
export interface StoredCommit {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly hash: string;
  readonly events: readonly EscalationEvent[];
}

const commitItem = z.object({
  sk: z.string().startsWith(commitPrefix),
  l: z.number().int().positive(),
  h: z.string(),
  j: z.string().optional(),
  /** The same, deflated: only where that saves a write unit. */
  z: z.instanceof(Uint8Array).optional(),
});

const originDelta = z.looseObject({
  atMs: z.number().int().optional(),
  actor: actorSchema.optional(),
  commandId: z.string().nullable().optional(),
});

/** What an item holds beside the events: keys, hash, names. */
const besideEventsBytes = 220;
const unitBytes = 1024;

function unitsFor(bytes: number): number {
  return Math.ceil((bytes + besideEventsBytes) / unitBytes);
}

/** The hash of what was decided; equal for equal events, in whatever order their keys stand. */
export function commitHash(events: readonly EscalationEvent[]): string {
  return sha256(canonicalJson(events)).slice(0, 40);
}

function encode(events: readonly EscalationEvent[]): string {
  let before: EventOrigin | null = null;
  const stored: object[] = [];
  for (const event of events) {
    const { atMs, actor, commandId } = event;
    // What is undefined is not written.
    stored.push({
      ...event,
      seq: undefined,
      atMs: before?.atMs === atMs ? undefined : atMs,
      actor: before?.actor.id === actor.id && before.actor.kind === actor.kind ? undefined : actor,
      commandId: before?.commandId === commandId ? undefined : (commandId ?? null),
    });
    before = { atMs, actor, ...(commandId === undefined ? {} : { commandId }) };
  }
  return JSON.stringify(stored);
}

function decode(json: string, firstSeq: number): readonly EscalationEvent[] {
  const stored: unknown = JSON.parse(json);
  const events: EscalationEvent[] = [];
  for (const value of z.array(z.unknown()).parse(stored)) {
    const before = events.at(-1);
    const { atMs: ownAtMs, actor: ownActor, commandId: ownCommand, ...body } = originDelta.parse(value);
    const atMs = ownAtMs ?? before?.atMs;
    const actor = ownActor ?? before?.actor;
    if (atMs === undefined || actor === undefined)
      throw new Error('a commit has to begin with an instant and an actor');
    const commandId = ownCommand === undefined ? before?.commandId : (ownCommand ?? undefined);
    const origin: EventOrigin = { atMs, actor, ...(commandId === undefined ? {} : { commandId }) };
    events.push({ ...parseEventBody(body), seq: firstSeq + events.length, ...origin });
  }
  return events;
}

/** @param events at least one, with consecutive sequence numbers */
export function commitItemOf(escalationId: string, events: readonly EscalationEvent[]): RawItem & ItemKey {
  const first = events[0];
  const last = events.at(-1);
  if (first === undefined || last === undefined) throw new Error('a commit needs at least one event');
  for (const [index, event] of events.entries()) {
    if (event.seq !== first.seq + index)
      throw new Error(`event ${event.seq} stands where ${first.seq + index} belongs`);
  }
  const json = encode(events);
  const key = { ...keys.commit(escalationId, first.seq), l: last.seq, h: commitHash(events) };
  const plainBytes = Buffer.byteLength(json);
  if (unitsFor(plainBytes) === 1) return { ...key, j: json };
  const deflated = new Uint8Array(deflateRawSync(json));
  return unitsFor(deflated.byteLength) < unitsFor(plainBytes) ? { ...key, z: deflated } : { ...key, j: json };
}

/** @throws Error when the item can't be read in full: what the log says is never guessed */
export function commitFrom(item: RawItem): StoredCommit {
  const parsed = commitItem.parse(item);
  const json = parsed.z === undefined ? parsed.j : inflateRawSync(parsed.z).toString('utf8');
  if (json === undefined) throw new Error(`commit ${parsed.sk} holds no events`);
  const firstSeq = Number(parsed.sk.slice(commitPrefix.length));
  const events = decode(json, firstSeq);
  if (events.at(-1)?.seq !== parsed.l) throw new Error(`commit ${parsed.sk} does not end at ${parsed.l}`);
  return { firstSeq, lastSeq: parsed.l, hash: parsed.h, events };
}
