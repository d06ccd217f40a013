import * as z from 'zod';
import type { Store } from './client.ts';
import { keys } from './keys.ts';
import { getItem, updateItem, type RawItem, type Update } from './requests.ts';

const pointerItem = z.object({
  id: z.string(),
  state: z.enum(['open', 'closed']),
  n: z.number().int(),
  firstAtMs: z.number().int(),
  lastAtMs: z.number().int(),
  /** Ids of intakes that were counted here, until it is noted elsewhere that they were. */
  losers: z.instanceof(Set).optional(),
});

/** Which open escalation a dedup key stands for, and how often it has come in: every occurrence is counted here first. */
export interface Pointer {
  readonly escalationId: string;
  readonly state: 'open' | 'closed';
  readonly count: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** @throws ZodError when the item is not a pointer */
export function pointerFrom(item: RawItem): Pointer {
  const { id, n, state, firstAtMs, lastAtMs } = pointerItem.parse(item);
  return { escalationId: id, state, count: n, firstAtMs, lastAtMs };
}

/** The pointer of a dedup key's hash; null when the key never came in. Read at each wake, so consistently. */
export async function readPointer(store: Store, dedupKey: string): Promise<Pointer | null> {
  const item = await getItem(store, keys.pointer(dedupKey), true);
  return item === null ? null : pointerFrom(item);
}

export type AbsorbResult =
  | { readonly kind: 'absorbed'; readonly escalationId: string; readonly count: number }
  /** No open escalation has this key. */
  | { readonly kind: 'none' };

/**
 * Counts a repeat that nobody will ask for again on the escalation that is open under its key, in one atomic addition that
 * is never done twice.
 * @param own the id that the repeat would have had: it is never counted on itself
 * @throws StoreError outcome_unknown when it may or may not have been counted; unavailable when it was not
 */
export async function absorbRepeat(store: Store, dedupKey: string, nowMs: number, own?: string): Promise<AbsorbResult> {
  const counted = await updateItem(store, {
    key: keys.pointer(dedupKey),
    change: { text: 'ADD #n :one SET #lastAtMs = :now', values: { ':one': 1, ':now': nowMs } },
    condition: {
      text: own === undefined ? '#state = :open' : '#state = :open AND #id <> :own',
      values: { ':open': 'open', ...(own === undefined ? {} : { ':own': own }) },
    },
    returnNew: true,
    once: true,
  });
  if (counted.kind === 'refused' || counted.item === null) return { kind: 'none' };
  const pointer = pointerFrom(counted.item);
  return { kind: 'absorbed', escalationId: pointer.escalationId, count: pointer.count };
}

export type ClaimResult = { readonly kind: 'claimed' } | { readonly kind: 'lost'; readonly winner: string };

/** The change that takes a dedup key for an escalation, where no other one that is open has it. */
export function claimOf(
  dedupKey: string,
  escalationId: string,
  nowMs: number,
): Pick<Update, 'key' | 'change' | 'condition'> {
  return {
    key: keys.pointer(dedupKey),
    change: {
      text: 'SET #id = :id, #state = :open, #n = :one, #firstAtMs = :now, #lastAtMs = :now REMOVE #losers',
      values: { ':id': escalationId, ':open': 'open', ':one': 1, ':now': nowMs },
    },
    condition: {
      // One's own closed pointer is not taken again: it was claimed, counted and closed. Nor is one that this was counted on.
      text: 'attribute_not_exists(#id) OR (#state = :closed AND #id <> :id AND NOT contains(#losers, :id))',
      values: { ':closed': 'closed' },
    },
  };
}

/**
 * Takes a dedup key for an escalation, unless another one that is open has it. Safe to repeat: a claim of one's own
 * counts as made.
 */
export async function claimPointer(
  store: Store,
  dedupKey: string,
  escalationId: string,
  nowMs: number,
): Promise<ClaimResult> {
  const claimed = await updateItem(store, { ...claimOf(dedupKey, escalationId, nowMs), returnOld: true });
  if (claimed.kind === 'written') return { kind: 'claimed' };
  if (claimed.item === null) throw new Error('the pointer in the way of a claim is gone');
  const standing = pointerFrom(claimed.item);
  return standing.escalationId === escalationId ? { kind: 'claimed' } : { kind: 'lost', winner: standing.escalationId };
}

/**
 * Counts an intake on the escalation that is open under its key: once, however often this is called for its id, as long as
 * `forgetLoser` was not. So it may be sent again where its answer was lost.
 * @param loserId the id that it has, or would have had: it is never counted on itself
 * @returns none when nothing is open under this key: the loser may claim it then
 */
export async function countLoser(
  store: Store,
  dedupKey: string,
  loserId: string,
  nowMs: number,
): Promise<AbsorbResult> {
  const counted = await updateItem(store, {
    key: keys.pointer(dedupKey),
    change: {
      text: 'ADD #n :one, #losers :loser SET #lastAtMs = :now',
      values: { ':one': 1, ':loser': new Set([loserId]), ':now': nowMs },
    },
    condition: {
      text: '#state = :open AND #id <> :loserId AND NOT contains(#losers, :loserId)',
      values: { ':open': 'open', ':loserId': loserId },
    },
    returnNew: true,
    returnOld: true,
  });
  if (counted.item === null) return { kind: 'none' };
  const parsed = pointerItem.parse(counted.item);
  if (counted.kind === 'refused' && parsed.losers?.has(loserId) !== true) return { kind: 'none' };
  return { kind: 'absorbed', escalationId: parsed.id, count: parsed.n };
}

/** Once it is noted that it was counted, in its log or beside its request's key, or it is gone, the pointer need not remember it. */
export async function forgetLoser(store: Store, dedupKey: string, loserId: string): Promise<void> {
  await updateItem(store, {
    key: keys.pointer(dedupKey),
    change: { text: 'DELETE #losers :loser', values: { ':loser': new Set([loserId]) } },
    condition: { text: 'contains(#losers, :loserId)', values: { ':loserId': loserId } },
  });
}

export type CloseResult =
  /** Closed now or by an earlier attempt: the next occurrence opens a new escalation. */
  | { readonly kind: 'closed' }
  /** It came in again meanwhile: these occurrences have to be decided first. */
  | { readonly kind: 'changed'; readonly count: number }
  /** The key stands for another escalation, or for none. */
  | { readonly kind: 'not_ours' };

/** Lets go of a dedup key, only if its count is the one that the escalation has folded in. */
export async function closePointer(
  store: Store,
  dedupKey: string,
  escalationId: string,
  expectedCount: number,
): Promise<CloseResult> {
  const closed = await updateItem(store, {
    key: keys.pointer(dedupKey),
    change: { text: 'SET #state = :closed', values: { ':closed': 'closed' } },
    condition: {
      text: '#id = :id AND #state = :open AND #n = :count',
      values: { ':id': escalationId, ':open': 'open', ':count': expectedCount },
    },
    returnOld: true,
  });
  if (closed.kind === 'written') return { kind: 'closed' };
  if (closed.item === null) return { kind: 'not_ours' };
  const standing = pointerFrom(closed.item);
  if (standing.escalationId !== escalationId) return { kind: 'not_ours' };
  return standing.state === 'closed' ? { kind: 'closed' } : { kind: 'changed', count: standing.count };
}

export type ReopenResult =
  | { readonly kind: 'reopened'; readonly count: number }
  /** A newer escalation has the key and is open: repeats go on being counted there. */
  | { readonly kind: 'taken'; readonly escalationId: string };

/**
 * Takes the dedup key of an escalation that is worked on again, unless a newer one holds it open.
 * @param occurrences what the escalation has folded in: the count goes on from there if it lost the pointer meanwhile
 */
export async function reopenPointer(
  store: Store,
  dedupKey: string,
  escalationId: string,
  occurrences: number,
  nowMs: number,
): Promise<ReopenResult> {
  const own = await updateItem(store, {
    key: keys.pointer(dedupKey),
    change: { text: 'SET #state = :open', values: { ':open': 'open' } },
    condition: { text: '#id = :id', values: { ':id': escalationId } },
    returnNew: true,
  });
  if (own.kind === 'written' && own.item !== null) return { kind: 'reopened', count: pointerFrom(own.item).count };
  const taken = await updateItem(store, {
    key: keys.pointer(dedupKey),
    change: {
      text: 'SET #id = :id, #state = :open, #n = :count, #firstAtMs = :now, #lastAtMs = :now REMOVE #losers',
      values: { ':id': escalationId, ':open': 'open', ':count': occurrences, ':now': nowMs },
    },
    condition: { text: 'attribute_not_exists(#id) OR #state = :closed', values: { ':closed': 'closed' } },
    returnOld: true,
  });
  if (taken.kind === 'written') return { kind: 'reopened', count: occurrences };
  if (taken.item === null) throw new Error('the pointer in the way of a reopening is gone');
  const standing = pointerFrom(taken.item);
  return standing.escalationId === escalationId
    ? { kind: 'reopened', count: standing.count }
    : { kind: 'taken', escalationId: standing.escalationId };
}
