import * as z from 'zod';
import type { Store } from './client.ts';
import { keys } from './keys.ts';
import { putIfAbsent, updateItem } from './requests.ts';

const createItem = z.object({
  bodyHash: z.string(),
  id: z.string(),
  /** Once its outcome is known to be a repeat: the escalation that it was counted on, and the count then. */
  into: z.string().optional(),
  n: z.number().int().optional(),
});

/** A create that carries an idempotency key. */
export interface CreateRequest {
  /** Hash of caller, route and key. */
  readonly hash: string;
  readonly bodyHash: string;
  /** The id that the escalation will have if this is the first time. */
  readonly escalationId: string;
  /** Epoch milliseconds after which the key may be used again. */
  readonly expiresAtMs: number;
}

export type ClaimedCreate =
  /** The first time: use `escalationId`. */
  | { readonly kind: 'first' }
  /** Tried before with this outcome, or with none that is known: then go on under this id. */
  | {
      readonly kind: 'again';
      readonly escalationId: string;
      readonly absorbed: { readonly escalationId: string; readonly count: number } | null;
    }
  | { readonly kind: 'other_body' };

/**
 * Ties an idempotency key to one request and one escalation id, before anything else is written. Safe to repeat; costs
 * one unit.
 * @throws StoreError unavailable
 */
export async function claimCreate(store: Store, request: CreateRequest): Promise<ClaimedCreate> {
  const put = await putIfAbsent(store, {
    ...keys.create(request.hash),
    bodyHash: request.bodyHash,
    id: request.escalationId,
    ttl: Math.ceil(request.expiresAtMs / 1000),
  });
  if (put.kind === 'written') return { kind: 'first' };
  const standing = createItem.parse(put.item);
  if (standing.bodyHash !== request.bodyHash) return { kind: 'other_body' };
  // The same new id: our own put, whose answer was lost on the way.
  if (standing.id === request.escalationId) return { kind: 'first' };
  const absorbed = standing.into === undefined ? null : { escalationId: standing.into, count: standing.n ?? 1 };
  return { kind: 'again', escalationId: standing.id, absorbed };
}

/** Notes that a create was counted on another escalation, so that its repetition is not counted once more. */
export async function settleCreate(
  store: Store,
  hash: string,
  absorbed: { readonly escalationId: string; readonly count: number },
): Promise<void> {
  await updateItem(store, {
    key: keys.create(hash),
    change: { text: 'SET #into = :into, #n = :n', values: { ':into': absorbed.escalationId, ':n': absorbed.count } },
    condition: { text: 'attribute_exists(#id) AND attribute_not_exists(#into)' },
  });
}
