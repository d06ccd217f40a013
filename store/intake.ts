import type { EscalationEvent } from '../domain/escalation/events.ts';
import { fold } from '../domain/escalation/evolve.ts';
import type { FirstDecision } from '../domain/escalation/first-events.ts';
import { recordOf, type EscalationRecord } from '../domain/escalation/record.ts';
import type { Escalation } from '../domain/escalation/state.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { Calendars } from '../domain/sla/clock.ts';
import type { Store } from './client.ts';
import { commitFrom, commitItemOf } from './commit-item.ts';
import { StoreError } from './errors.ts';
import { faultPoint } from './fault-points.ts';
import { foldRecord } from './fold.ts';
import { headAttributes } from './head-item.ts';
import { keys, pendingPartition, shardOf, type ItemKey } from './keys.ts';
import { absorbRepeat, claimOf, claimPointer, countLoser, readPointer } from './pointer.ts';
import { deleteItem, getItem, putIfAbsent, transact, type RawItem, type Transaction } from './requests.ts';
import { indexAttributes } from './table-definition.ts';
import { copyTitle, readTexts, textItemOf, type NewText } from './texts.ts';

/** How often a key that changes hands meanwhile is asked for. */
const mostAttempts = 5;

export type ReceivedEvent = Extract<EscalationEvent, { readonly type: 'escalation.received' }>;

export interface Intake {
  readonly escalationId: string;
  /** Sequence number 1. */
  readonly received: ReceivedEvent;
  /** What follows from the receipt at once, decided by intake; absent or without events: the workflow begins. */
  readonly begun?: FirstDecision;
  /** The calendars that these pin, by hash. They are in the table already. */
  readonly calendars?: Calendars;
  /** The title, and whatever else the event names by id. */
  readonly texts: readonly NewText[];
  /** The version that the event names. */
  readonly policy: Policy;
  readonly attempt: AttemptAt;
}

/**
 * Which attempt at its id an intake is: the only one, for nobody knows the id but this request; the first, for the
 * request may be sent again and has the same id then; or not the first, and what an earlier one wrote stands.
 */
export type AttemptAt = 'only' | 'first' | 'again';

export type IntakeResult =
  | {
      readonly kind: 'accepted';
      readonly record: EscalationRecord;
      readonly title: string | null;
      /** Null where an earlier attempt's events stand. */
      readonly state: Escalation | null;
    }
  /** Another intake with the same key came first: this one was counted on it and has left nothing behind. */
  | {
      readonly kind: 'absorbed';
      readonly escalationId: string;
      readonly count: number;
      /** The pointer remembers that it was counted: `forgetLoser`, once that is noted. */
      readonly remembered: boolean;
    };

/**
 * Writes an accepted intake so that it can't be lost (design point 6). When this returns it is durable, and listed as
 * pending until a workflow begins it.
 *
 * A new id is written in one transaction: texts, first commit, the claim of its dedup key, record. Where the id may have
 * been tried before, or the endpoint has no transactions, step by step in that order.
 *
 * Costs a unit for each text, 2 or 3 for the commit, 1 for the claim and 1 for the record, all of them twice in a
 * transaction, and 2 to 5 for the lists that the record stands in.
 * @throws StoreError unavailable: nothing may be promised to the caller, and what was begun is adopted later;
 *   outcome_unknown when it may or may not have been counted on the one that has its key
 */
export async function acceptIntake(store: Store, intake: Intake): Promise<IntakeResult> {
  faultPoint('intake:before');
  const result =
    (intake.attempt === 'again' ? null : await writeAtOnce(store, intake)) ?? (await writeByStep(store, intake));
  if (result.kind === 'accepted') faultPoint('intake:after-head');
  return result;
}

/** @returns null where the id has been tried before, or the endpoint has no transactions */
async function writeAtOnce(store: Store, intake: Intake): Promise<IntakeResult | null> {
  const { escalationId, received, texts } = intake;
  const { dedupKey, atMs } = received;
  const events = eventsOf(intake);
  const state = intake.begun?.state ?? folded(events);
  const record = recordOf(escalationId, state, intake.policy, intake.calendars ?? {});
  const title = texts.find((text) => text.id === received.title.id)?.text ?? null;
  const whole: Transaction = {
    puts: [
      ...texts.map((text) => textItemOf(escalationId, text)),
      firstCommitItem(store, escalationId, events),
      firstHeadItem(store, record, title),
    ],
    ...(dedupKey === undefined ? {} : { update: claimOf(dedupKey, escalationId, atMs) }),
  };
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const answer = await transact(store, whole);
    if (answer.kind === 'written') return { kind: 'accepted', record, title, state };
    if (answer.kind === 'unsupported' || answer.by === 'put' || dedupKey === undefined) return null;
    const counted = await countRepeat(store, dedupKey, escalationId, intake.attempt, atMs);
    // A winner that lets go meanwhile leaves its key to be claimed, perhaps by an earlier try of this one.
    if (counted.kind === 'absorbed') return counted;
  }
  throw keepsChangingHands();
}

/**
 * Counts an intake of which nothing is written on the one that is open under its key. What may be sent again is
 * remembered there, so that it is found to be counted.
 * @param escalationId the id that it would have had: it is never counted on itself
 * @throws StoreError unavailable; outcome_unknown when it may or may not have been counted, of the only attempt
 */
export async function countRepeat(
  store: Store,
  dedupKey: string,
  escalationId: string,
  attempt: AttemptAt,
  nowMs: number,
): Promise<Extract<IntakeResult, { kind: 'absorbed' }> | { readonly kind: 'none' }> {
  const remembered = attempt !== 'only';
  const counted = remembered
    ? await countLoser(store, dedupKey, escalationId, nowMs)
    : await absorbRepeat(store, dedupKey, nowMs, escalationId);
  return counted.kind === 'absorbed' ? { ...counted, remembered } : counted;
}

async function writeByStep(store: Store, intake: Intake): Promise<IntakeResult> {
  const settled = await settle(store, intake);
  faultPoint('intake:after-claim');
  if (settled.kind === 'absorbed') return settled;
  const { events } = settled;
  const title = await titleOf(store, intake, receivedIn(events));
  const state = settled.isOwn ? folded(events) : null;
  const record =
    state === null
      ? await firstRecord(store, intake.escalationId, events)
      : recordOf(intake.escalationId, state, intake.policy, intake.calendars ?? {});
  await putFirstHead(store, record, title);
  return { kind: 'accepted', record, title, state };
}

function eventsOf({ received, begun }: Intake): readonly EscalationEvent[] {
  return begun === undefined ? [received] : [received, ...begun.events];
}

function keepsChangingHands(): StoreError {
  return new StoreError('unavailable', 'a dedup key keeps changing hands');
}

type SettledIntake =
  | {
      readonly kind: 'claimed';
      readonly events: readonly EscalationEvent[];
      /** Whether they are those of this attempt, and not of an earlier one. */
      readonly isOwn: boolean;
    }
  | Extract<IntakeResult, { kind: 'absorbed' }>;

/** Writes the first commit and takes the dedup key; one that lost the race for it is counted by exactly one side. */
async function settle(store: Store, intake: Intake): Promise<SettledIntake> {
  const { escalationId } = intake;
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const first = await writeFirstCommit(store, intake);
    faultPoint('intake:after-commit');
    const claimed = { kind: 'claimed', ...first } as const;
    const { dedupKey, atMs } = receivedIn(first.events);
    if (dedupKey === undefined) return claimed;
    const claim = await claimPointer(store, dedupKey, escalationId, atMs);
    if (claim.kind === 'claimed') return claimed;
    faultPoint('intake:after-lost-claim');
    if (!(await takeBack(store, escalationId))) {
      const pointer = await readPointer(store, dedupKey);
      if (pointer === null) throw new StoreError('internal', 'a dedup key that was claimed has no pointer');
      if (pointer.escalationId === escalationId) return claimed;
      // It is its adopter that lets the pointer forget it.
      return { kind: 'absorbed', escalationId: pointer.escalationId, count: pointer.count, remembered: false };
    }
    const counted = await countLoser(store, dedupKey, escalationId, atMs);
    // A winner that lets go meanwhile leaves its key to be claimed: the intake begins anew.
    if (counted.kind === 'none') continue;
    await Promise.all(intake.texts.map((text) => deleteItem(store, keys.text(escalationId, text.id))));
    return { ...counted, remembered: true };
  }
  throw keepsChangingHands();
}

/**
 * Takes back a first commit that lost the race: its id was never told to anybody, and once it is gone nobody can adopt
 * and count it.
 * @returns false when it is being adopted: then its adopter counts and merges it
 */
async function takeBack(store: Store, escalationId: string): Promise<boolean> {
  const key = keys.commit(escalationId, 1);
  const removed = await deleteItem(store, key, {
    text: `attribute_exists(#${indexAttributes.pendingPartition}) AND attribute_not_exists(#adopting)`,
  });
  // An adopter leaves it standing; what is gone was removed by an attempt whose answer was lost.
  return removed || (await getItem(store, key, true)) === null;
}

/**
 * The record of an escalation that nobody has touched, by the policy and the calendars in the table.
 * @param events those of its first commit
 * @throws StoreError internal when its policy is not in the table
 */
export async function firstRecord(
  store: Store,
  escalationId: string,
  events: readonly EscalationEvent[],
): Promise<EscalationRecord> {
  const record = await foldRecord(store, escalationId, events);
  if (record === null) throw policyMissing(receivedIn(events));
  return record;
}

export function policyMissing({ policy: { name, version } }: ReceivedEvent): StoreError {
  return new StoreError('internal', `policy ${name} version ${version} is not in the table`);
}

function folded(events: readonly EscalationEvent[]): Escalation {
  const state = fold(events);
  if (state === null) throw new Error('an event folds into a state');
  return state;
}

function firstCommitItem(store: Store, escalationId: string, events: readonly EscalationEvent[]): RawItem & ItemKey {
  return {
    ...commitItemOf(escalationId, events),
    [indexAttributes.pendingPartition]: pendingPartition(
      shardOf(escalationId, store.indexShards),
      receivedIn(events).severity,
    ),
  };
}

/** @returns the events that stand in the log: an earlier attempt's, if there was one */
async function writeFirstCommit(
  store: Store,
  intake: Intake,
): Promise<{ readonly events: readonly EscalationEvent[]; readonly isOwn: boolean }> {
  const { escalationId, texts } = intake;
  const events = eventsOf(intake);
  await Promise.all(texts.map((text) => putIfAbsent(store, textItemOf(escalationId, text))));
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const put = await putIfAbsent(store, firstCommitItem(store, escalationId, events));
    if (put.kind === 'written') return { events, isOwn: true };
    if (put.item !== null) return { events: commitFrom(put.item).events, isOwn: false };
    // Another attempt under this id took its own back in between.
  }
  throw keepsChangingHands();
}

/** The receipt that a log begins with. @throws StoreError internal when it begins otherwise */
export function receivedIn(events: readonly EscalationEvent[]): ReceivedEvent {
  const event = events[0];
  if (event?.type !== 'escalation.received') throw new StoreError('internal', 'a log has to begin with its intake');
  return event;
}

export type Settled =
  | { readonly kind: 'claimed' }
  | { readonly kind: 'absorbed'; readonly escalationId: string; readonly count: number };

/**
 * Takes a dedup key for an orphan, or counts the orphan on the one that has it. A winner that lets go meanwhile is asked again.
 * @throws StoreError unavailable when the key keeps changing hands
 */
export async function claimOrCount(
  store: Store,
  dedupKey: string,
  escalationId: string,
  nowMs: number,
): Promise<Settled> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const claim = await claimPointer(store, dedupKey, escalationId, nowMs);
    if (claim.kind === 'claimed') return claim;
    const counted = await countLoser(store, dedupKey, escalationId, nowMs);
    if (counted.kind === 'absorbed') return counted;
  }
  throw keepsChangingHands();
}

async function titleOf(store: Store, intake: Intake, received: ReceivedEvent): Promise<string | null> {
  const own = intake.texts.find((text) => text.id === received.title.id);
  if (own !== undefined) return own.text;
  return readTitle(store, intake.escalationId, received);
}

/** The title as it stands in the table; null when it was erased or never written. */
export async function readTitle(store: Store, escalationId: string, received: ReceivedEvent): Promise<string | null> {
  const texts = await readTexts(store, escalationId, [received.title.id]);
  return texts.get(received.title.id)?.text ?? null;
}

function firstHeadItem(store: Store, record: EscalationRecord, title: string | null): RawItem & ItemKey {
  return {
    ...keys.head(record.id),
    ...headAttributes(record, store.indexShards),
    ...(title === null ? {} : { title }),
  };
}

/** Puts the first record with its title; where a workflow was faster, only the title is added to its record. */
export async function putFirstHead(store: Store, record: EscalationRecord, title: string | null): Promise<void> {
  const put = await putIfAbsent(store, firstHeadItem(store, record, title));
  if (put.kind === 'refused' && title !== null) await copyTitle(store, record.id, title);
}
