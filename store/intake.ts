import type { EscalationEvent } from '../domain/escalation/events.ts';
import { fold } from '../domain/escalation/evolve.ts';
import { recordOf, type EscalationRecord } from '../domain/escalation/record.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { putFresh } from './batch-put.ts';
import type { Store } from './client.ts';
import { commitFrom, commitItemOf } from './commit-item.ts';
import { StoreError } from './errors.ts';
import { faultPoint } from './fault-points.ts';
import { headAttributes } from './head-item.ts';
import { keys, pendingPartition, shardOf, type ItemKey } from './keys.ts';
import { claimPointer, countLoser, forgetLoser, readPointer } from './pointer.ts';
import { deleteItem, getItem, putIfAbsent, type RawItem } from './requests.ts';
import { indexAttributes } from './table-definition.ts';
import { copyTitle, readTexts, textItemOf, type NewText } from './texts.ts';

/** How often a key that changes hands meanwhile is asked for. */
const mostAttempts = 5;

export type ReceivedEvent = Extract<EscalationEvent, { readonly type: 'escalation.received' }>;

export interface Intake {
  readonly escalationId: string;
  /** Sequence number 1. Its `dedupKey` is the hash that `absorbRepeat` was asked with before. */
  readonly received: ReceivedEvent;
  /** The title, and whatever else the event names by id. */
  readonly texts: readonly NewText[];
  /** The version that the event names. */
  readonly policy: Policy;
  /** False when this id may have been tried before: what an earlier attempt wrote then stands. */
  readonly fresh: boolean;
}

export type IntakeResult =
  | { readonly kind: 'accepted'; readonly record: EscalationRecord; readonly title: string | null }
  /** Another intake with the same key came first: this one was counted on it and has left nothing behind. */
  | { readonly kind: 'absorbed'; readonly escalationId: string; readonly count: number };

/**
 * Writes an accepted intake so that it can't be lost (design point 6): texts and the first commit, then the claim of its
 * dedup key, then the record. When this returns it is durable, and listed as pending until a workflow begins it.
 *
 * Costs a unit for each text, 2 for the commit, 1 for the claim, and 3 to 6 for the record in its lists.
 * @throws StoreError unavailable: nothing may be promised to the caller; what was begun is adopted later
 */
export async function acceptIntake(store: Store, intake: Intake): Promise<IntakeResult> {
  faultPoint('intake:before');
  const settled = await settle(store, intake);
  faultPoint('intake:after-claim');
  if (settled.kind === 'absorbed') return settled;
  const { received } = settled;
  const title = await titleOf(store, intake, received);
  const record = firstRecord(intake.escalationId, received, intake.policy);
  await putFirstHead(store, record, title);
  faultPoint('intake:after-head');
  return { kind: 'accepted', record, title };
}

type SettledIntake =
  | { readonly kind: 'claimed'; readonly received: ReceivedEvent }
  | Extract<IntakeResult, { kind: 'absorbed' }>;

/** Writes the first commit and takes the dedup key; one that lost the race for it is counted by exactly one side. */
async function settle(store: Store, intake: Intake): Promise<SettledIntake> {
  const { escalationId } = intake;
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const received = await writeFirstCommit(store, attempt === 0 ? intake : { ...intake, fresh: false });
    faultPoint('intake:after-commit');
    const { dedupKey, atMs } = received;
    if (dedupKey === undefined) return { kind: 'claimed', received };
    const claim = await claimPointer(store, dedupKey, escalationId, atMs);
    if (claim.kind === 'claimed') return { kind: 'claimed', received };
    faultPoint('intake:after-lost-claim');
    if (!(await takeBack(store, escalationId))) return settledByAdopter(store, dedupKey, received, escalationId);
    const counted = await countLoser(store, dedupKey, escalationId, atMs);
    // A winner that lets go meanwhile leaves its key to be claimed: the intake begins anew.
    if (counted.kind === 'none') continue;
    await Promise.all([
      ...intake.texts.map((text) => deleteItem(store, keys.text(escalationId, text.id))),
      forgetLoser(store, dedupKey, escalationId),
    ]);
    return counted;
  }
  throw new StoreError('unavailable', 'a dedup key keeps changing hands');
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

async function settledByAdopter(
  store: Store,
  dedupKey: string,
  received: ReceivedEvent,
  escalationId: string,
): Promise<SettledIntake> {
  const pointer = await readPointer(store, dedupKey);
  if (pointer === null) throw new StoreError('internal', 'a dedup key that was claimed has no pointer');
  if (pointer.escalationId === escalationId) return { kind: 'claimed', received };
  return { kind: 'absorbed', escalationId: pointer.escalationId, count: pointer.count };
}

/** The record of an escalation that nobody has touched. */
export function firstRecord(escalationId: string, received: ReceivedEvent, policy: Policy): EscalationRecord {
  const state = fold([received]);
  if (state === null) throw new Error('an event folds into a state');
  return recordOf(escalationId, state, policy, {});
}

function firstCommitItem(store: Store, escalationId: string, received: ReceivedEvent): RawItem & ItemKey {
  return {
    ...commitItemOf(escalationId, [received]),
    [indexAttributes.pendingPartition]: pendingPartition(shardOf(escalationId, store.indexShards)),
  };
}

/** @returns the event that stands in the log: an earlier attempt's, if there was one */
async function writeFirstCommit(store: Store, intake: Intake): Promise<ReceivedEvent> {
  const { escalationId, received, texts } = intake;
  const commitItem = firstCommitItem(store, escalationId, received);
  const textItems = texts.map((text) => textItemOf(escalationId, text));
  if (intake.fresh) {
    await putFresh(store, [...textItems, commitItem]);
    return received;
  }
  await Promise.all(textItems.map((item) => putIfAbsent(store, item)));
  const put = await putIfAbsent(store, commitItem);
  return put.kind === 'written' || put.item === null ? received : receivedFrom(put.item);
}

/** The event of a first commit. */
export function receivedFrom(item: RawItem): ReceivedEvent {
  const event = commitFrom(item).events[0];
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
  throw new StoreError('unavailable', 'a dedup key keeps changing hands');
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

/** Puts the first record with its title; where a workflow was faster, only the title is added to its record. */
export async function putFirstHead(store: Store, record: EscalationRecord, title: string | null): Promise<void> {
  const put = await putIfAbsent(store, {
    ...keys.head(record.id),
    ...headAttributes(record, store.indexShards),
    ...(title === null ? {} : { title }),
  });
  if (put.kind === 'refused' && title !== null) await copyTitle(store, record.id, title);
}
