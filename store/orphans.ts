import type { SystemCommand } from '../domain/escalation/commands.ts';
import { advance } from '../domain/escalation/decide.ts';
import type { EscalationEvent } from '../domain/escalation/events.ts';
import { fold } from '../domain/escalation/evolve.ts';
import { recordOf } from '../domain/escalation/record.ts';
import type { Escalation } from '../domain/escalation/state.ts';
import { severities, systemActor, type Severity } from '../domain/escalation/vocabulary.ts';
import type { Store } from './client.ts';
import { clearPending, commit, repairHead } from './commit.ts';
import { commitFrom } from './commit-item.ts';
import { faultPoint } from './fault-points.ts';
import { readCalendarsOf } from './fold.ts';
import { claimOrCount, firstRecord, policyMissing, putFirstHead, readTitle, receivedIn } from './intake.ts';
import { escalationIdOf, escalationsMadeFrom, keys, pendingPartition } from './keys.ts';
import { readHead, readWholeLog } from './log.ts';
import { forgetLoser } from './pointer.ts';
import { readPolicy } from './policies.ts';
import { queryItems, updateItem } from './requests.ts';
import { indexAttributes, indexNames } from './table-definition.ts';
import { copyTitle } from './texts.ts';

/** Those of one severity that no workflow has taken up. */
export interface Lane {
  /** Null: it is not told. */
  readonly severity: Severity | null;
  /** Oldest first. */
  readonly ids: readonly string[];
  /** Whether there are no others within the range. */
  readonly isWhole: boolean;
}

/** The most severe first, and with them those that may be. */
const laneOrder: readonly (Severity | null)[] = [null, ...severities];

/**
 * Escalations that no workflow has taken up: a sparse index, so that asking costs next to nothing when there are none.
 * Each severity is listed by itself, so that the most severe are told without their records, and not crowded out by others.
 * @param limit of all of them together
 * @param range those received before `beforeMs`, and at `fromMs` or later (epoch milliseconds)
 * @param untold whether those are meant as well whose severity is not told: listed anew by the reconciler, or by a version
 *   that did not tell it
 * @returns a lane for each severity; the index may lag, so a workflow may have begun meanwhile
 * @throws StoreError unavailable
 */
export async function listWaiting(
  store: Store,
  limit: number,
  { fromMs = 0, beforeMs }: { readonly fromMs?: number; readonly beforeMs: number },
  untold = true,
): Promise<readonly Lane[]> {
  const listed = async (severity: Severity | null, shard: number): Promise<readonly string[]> => {
    const { items } = await queryItems(store, {
      index: indexNames.pending,
      partitionName: indexAttributes.pendingPartition,
      sortName: 'pk',
      partition: pendingPartition(shard, severity),
      sort: { kind: 'between', from: escalationsMadeFrom(fromMs), to: escalationsMadeFrom(beforeMs) },
      limit,
    });
    return items.map((item) => escalationIdOf(String(item['pk'])));
  };
  const found = await Promise.all(
    laneOrder
      .filter((severity) => untold || severity !== null)
      .map(async (severity) => {
        const shards = Array.from({ length: store.indexShards }, (_, shard) => listed(severity, shard));
        return { severity, ids: (await Promise.all(shards)).flat().toSorted(byText) };
      }),
  );
  let room = limit;
  return found.map(({ severity, ids }) => {
    const taken = ids.slice(0, room);
    // As many as were asked for may not be all of them.
    const isWhole = taken.length === ids.length && ids.length < limit;
    room -= taken.length;
    return { severity, ids: taken, isWhole };
  });
}

/**
 * The ids of those that no workflow has taken up, oldest first, received before an instant (epoch milliseconds).
 * @throws StoreError unavailable
 */
export async function listPending(store: Store, limit: number, madeBeforeMs: number): Promise<readonly string[]> {
  const lanes = await listWaiting(store, limit, { beforeMs: madeBeforeMs });
  return lanes.flatMap(({ ids }) => ids).toSorted(byText);
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
 * @param nowMs epoch milliseconds: when its repeats were last counted
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
  const first = commitFrom(marked.item);
  const received = receivedIn(first.events);
  const later = await readWholeLog(store, escalationId, first.lastSeq + 1);
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
  if (settled.kind === 'claimed') {
    const title = await readTitle(store, escalationId, received);
    await putFirstHead(store, await firstRecord(store, escalationId, first.events), title);
    return { kind: 'ready' };
  }
  faultPoint('orphan:after-count');
  await writeMerged(store, escalationId, first.events, settled.escalationId);
  return { kind: 'absorbed', into: settled.escalationId, count: settled.count };
}

/** Gives a record the copy of its title that an intake or an adoption did not come to write. */
async function addTitle(store: Store, escalationId: string): Promise<void> {
  const [received] = await readWholeLog(store, escalationId);
  if (received?.type !== 'escalation.received') return;
  const title = await readTitle(store, escalationId, received);
  if (title !== null) await copyTitle(store, escalationId, title);
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

/**
 * Ends it as merged, at the instant at which it came in: it never was anybody's, so its pages are not sent, and no promise
 * was missed meanwhile.
 */
async function writeMerged(
  store: Store,
  escalationId: string,
  first: readonly EscalationEvent[],
  into: string,
): Promise<void> {
  const received = receivedIn(first);
  const policy = await readPolicy(store, received.policy.name, received.policy.version);
  const start = fold(first);
  if (policy === null || start === null) throw policyMissing(received);
  const calendars = await readCalendarsOf(store, start);
  const commands: readonly SystemCommand[] = [
    ...start.pendingPages.map(
      ({ pageId }) => ({ type: 'record-page', pageId, outcome: { kind: 'suppressed', reason: 'merged' } }) as const,
    ),
    { type: 'merge', into },
  ];
  const origin = { actor: systemActor, nowMs: received.atMs };
  const { events, state } = commands.reduce<{ events: readonly EscalationEvent[]; state: Escalation }>(
    (before, command) => {
      const context = { escalationId, policy, calendars, calendarPins: {}, ...origin };
      const next = advance(before.state, command, context);
      if (next.kind === 'refused') return before;
      return { events: [...before.events, ...next.events], state: next.state };
    },
    { events: [], state: start },
  );
  await commit(store, { escalationId, events, record: recordOf(escalationId, state, policy, calendars) });
  faultPoint('orphan:after-merge');
  await addTitle(store, escalationId);
  await clearPending(store, escalationId);
  if (received.dedupKey !== undefined) await forgetLoser(store, received.dedupKey, escalationId);
}
