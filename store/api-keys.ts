import * as z from 'zod';
import { roles } from '../contracts/roles.ts';
import type { Store } from './client.ts';
import { apiKeyPartition, keys } from './keys.ts';
import { getItem, putIfAbsent, queryItems, updateItem } from './requests.ts';

const apiKeyItem = z.object({
  id: z.string(),
  /** SHA-256 of the secret in hex: enough, for the secret is 256 random bits and not a password. */
  secretHash: z.string(),
  source: z.string(),
  label: z.string(),
  roles: z.array(z.enum(roles)),
  createdBy: z.string(),
  createdAtMs: z.number().int(),
  revokedAtMs: z.number().int().nullable(),
});
/** A key of a machine: bound to one source, hashed at rest, revoked for good. */
export type ApiKey = Readonly<z.infer<typeof apiKeyItem>>;

/** @returns false when the id is taken */
export async function putApiKey(store: Store, key: ApiKey): Promise<boolean> {
  const put = await putIfAbsent(store, { ...keys.apiKey(key.id), ...apiKeyItem.parse(key) });
  return put.kind === 'written';
}

/** Read consistently, so that a revoked key stops at once; null when there is none. */
export async function readApiKey(store: Store, keyId: string): Promise<ApiKey | null> {
  const item = await getItem(store, keys.apiKey(keyId), true);
  return item === null ? null : apiKeyItem.parse(item);
}

/** Every key there ever was, oldest first. */
export async function listApiKeys(store: Store): Promise<readonly ApiKey[]> {
  const { items } = await queryItems(store, { partition: apiKeyPartition, consistent: true });
  return items.map((item) => apiKeyItem.parse(item));
}

/** @returns the key as it stands then, revoked now or before; null when there is none */
export async function revokeApiKey(store: Store, keyId: string, nowMs: number): Promise<ApiKey | null> {
  const revoked = await updateItem(store, {
    key: keys.apiKey(keyId),
    change: { text: 'SET #revokedAtMs = :now', values: { ':now': nowMs, ':none': null } },
    condition: { text: 'attribute_exists(#id) AND #revokedAtMs = :none' },
    returnNew: true,
    returnOld: true,
  });
  return revoked.item === null ? null : apiKeyItem.parse(revoked.item);
}
