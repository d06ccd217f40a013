import { systemActor } from '../domain/escalation/vocabulary.ts';
import type { Store } from './client.ts';
import { clearPending, commit, repairHead } from './commit.ts';
import { StoreError } from './errors.ts';
import { faultPoint } from './fault-points.ts';
import { foldRecord } from './fold.ts';
import { claimOrCount, firstRecord, putFirstHead, readTitle, receivedFrom, type ReceivedEvent } from './intake.ts';
import { escalationIdOf, escalationsMadeFrom, keys, pendingPartition } from './keys.ts';
import { readHead, readWholeLog } from './log.ts';
import { forgetLoser } from './pointer.ts';
import { readPolicy } from './policies.ts';
import { queryItems, updateItem } from './requests.ts';
import { indexAttributes, indexNames } from './table-definition.ts';
import { copyTitle } from './texts.ts';

/**
 * Escalations whose workflow has not begun, oldest first: a sparse index, so that asking costs next to nothing when
 * there are none.
 * @param madeBeforeMs only those received before this instant (epoch milliseconds)
 * @param madeFromMs only those received at this instant or later
 * @returns at most `limit` ids; the index may lag, so a workflow may have begun meanwhile
 */
export async function listPending(
  store: Store,
  limit: number,
  madeBeforeMs: number,
  madeFromMs = 0,
): Promise<readonly string[]> {
  const shards = Array.from({ length: store.indexShards }, (_, shard) => pendingPartition(shard));
  const found = await Promise.all(
    shards.map(async (partition) => {
      const { items } = await queryItems(store, {
        index: indexNames.pending,
        partitionName: indexAttributes.pendingPartition,
        sortName: 'pk',
        partition,
        sort: { kind: 'between', from: escalationsMadeFrom(madeFromMs), to: escalationsMadeFrom(madeBeforeMs) },
        limit,
      });
      return items.map((item) => escalationIdOf(String(item['pk'])));
    }),
  );
  return found.flat().toSorted(byText).slice(0, limit);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export type AdoptResult =
  /** It has a record (now, or had one before): start its workflow. */
  | { readonly kind: 'ready' }
  /** Its key belongs to another: it was counted there once, and ended as merged. It needs no workflow. */
  | { readonly kind: 'absorbed'; readonly into: string; readonly count: number }
  /** It was begun, or taken back, meanwhile. */
  | { readonly kind: 'gone' };

/**
 * Finishes what an intake left behind that stopped after its first commit (design point 6): it claims its dedup key, or
 * is counted on the escalation that has it and ends as merged. Safe to call at any time, by several at once, and again
 * after a crash.
 * @param nowMs epoch milliseconds, for the events that it writes
 * @throws StoreError unavailable; internal when the policy that it pinned is not in the table
 */
export async function adoptOrphan(store: Store, escalationId: string, nowMs: number): Promise<AdoptResult> {
  const head = await readHead(store, escalationId);
  if (head !== null) {
    if (head.title === null && head.titleErasedAtMs === null) await addTitle(store, escalationId);
    return settledBefore(store, escalationId, head.record.mergedInto);
  }
  const marked = await updateItem(store, {
    key: keys.commit(escalationId, 1),
    // From here on the intake itself no longer takes it back.
    change: { text: 'SET #adopting = :now', values: { ':now': nowMs } },
    condition: { text: `attribute_exists(#${indexAttributes.pendingPartition})` },
    returnNew: true,
  });
  if (marked.kind === 'refused' || marked.item === null) return { kind: 'gone' };
  const received = receivedFrom(marked.item);
  const later = await readWholeLog(store, escalationId, 2);
  if (later.length > 0) {
    // An earlier adoption merged it, or a workflow began it, and stopped before the record.
    if ((await repairHead(store, escalationId)) === 'not_possible') throw policyMissing(received);
    await addTitle(store, escalationId);
    const repaired = await readHead(store, escalationId);
    return settledBefore(store, escalationId, repaired?.record.mergedInto ?? null, received.dedupKey);
  }
  const settled =
    received.dedupKey === undefined
      ? ({ kind: 'claimed' } as const)
      : await claimOrCount(store, received.dedupKey, escalationId, nowMs);
  const policy = await readPolicy(store, received.policy.name, received.policy.version);
  if (policy === null) throw policyMissing(received);
  if (settled.kind === 'claimed') {
    const title = await readTitle(store, escalationId, received);
    await putFirstHead(store, firstRecord(escalationId, received, policy), title);
    return { kind: 'ready' };
  }
  faultPoint('orphan:after-count');
  await writeMerged(store, escalationId, received, settled.escalationId, nowMs);
  return { kind: 'absorbed', into: settled.escalationId, count: settled.count };
}

/** Gives a record the copy of its title that an intake or an adoption did not come to write. */
async function addTitle(store: Store, escalationId: string): Promise<void> {
  const [received] = await readWholeLog(store, escalationId);
  if (received?.type !== 'escalation.received') return;
  const title = await readTitle(store, escalationId, received);
  if (title !== null) await copyTitle(store, escalationId, title);
}

function policyMissing(received: ReceivedEvent): StoreError {
  const { name, version } = received.policy;
  return new StoreError('internal', `policy ${name} version ${version} is not in the table`);
}

async function settledBefore(
  store: Store,
  escalationId: string,
  mergedInto: string | null,
  dedupKey?: string,
): Promise<AdoptResult> {
  if (mergedInto === null) return { kind: 'ready' };
  await clearPending(store, escalationId);
  if (dedupKey !== undefined) await forgetLoser(store, dedupKey, escalationId);
  return { kind: 'absorbed', into: mergedInto, count: 0 };
}

async function writeMerged(
  store: Store,
  escalationId: string,
  received: ReceivedEvent,
  into: string,
  nowMs: number,
): Promise<void> {
  const merged = {
    type: 'escalation.merged',
    into,
    seq: 2,
    atMs: Math.max(nowMs, received.atMs),
    actor: systemActor,
  } as const;
  const record = await foldRecord(store, escalationId, [received, merged]);
  if (record === null) throw policyMissing(received);
  await commit(store, { escalationId, events: [merged], record });
  faultPoint('orphan:after-merge');
  await addTitle(store, escalationId);
  await clearPending(store, escalationId);
  if (received.dedupKey !== undefined) await forgetLoser(store, received.dedupKey, escalationId);
}
