import * as z from 'zod';
import type { Policy } from '../domain/policy/policy.ts';
import type { Store } from './client.ts';
import { immutableCache } from './immutable-cache.ts';
import { keys, policiesPartition } from './keys.ts';
import { policySchema } from './policy-schema.ts';
import { getItem, putIfAbsent, queryItems, updateItem } from './requests.ts';

/** A version never changes once it is there; `LATEST` says which one new escalations start under. */
export interface PublishedPolicy {
  readonly name: string;
  readonly version: number;
  readonly hash: string;
  readonly publishedAtMs: number;
  readonly publishedBy: string;
}

const versionItem = z.object({ doc: z.string(), hash: z.string(), source: z.string().optional() });
const latestItem = z.object({
  name: z.string(),
  version: z.number().int(),
  hash: z.string(),
  publishedAtMs: z.number().int(),
  publishedBy: z.string(),
});

const kept = immutableCache<Policy>();

/**
 * One version of a policy, kept by the process once read.
 * @returns null when there is no such version
 */
export async function readPolicy(store: Store, name: string, version: number): Promise<Policy | null> {
  return kept(store, `${name}@${version}`, async () => {
    const item = await getItem(store, keys.policyVersion(name, version), true);
    return item === null ? null : policySchema.parse(JSON.parse(versionItem.parse(item).doc));
  });
}

/** The YAML that a version was compiled from; null when there is none. */
export async function readPolicySource(store: Store, name: string, version: number): Promise<string | null> {
  const item = await getItem(store, keys.policyVersion(name, version), false);
  return item === null ? null : (versionItem.parse(item).source ?? null);
}

/** Which version is in force; null when the name is not known. */
export async function readLatestPolicyVersion(store: Store, name: string): Promise<PublishedPolicy | null> {
  const item = await getItem(store, keys.policyLatest(name), false);
  return item === null ? null : latestItem.parse(item);
}

/** The policy in force under a name; null when the name is not known. */
export async function readLatestPolicy(store: Store, name: string): Promise<Policy | null> {
  const latest = await readLatestPolicyVersion(store, name);
  return latest === null ? null : readPolicy(store, name, latest.version);
}

/** Every policy in its version in force, by name. */
export async function listPolicies(store: Store): Promise<readonly PublishedPolicy[]> {
  const { items } = await queryItems(store, {
    partition: policiesPartition,
    sort: { kind: 'prefix', prefix: 'LATEST#' },
  });
  return items.map((item) => latestItem.parse(item));
}

export type PublishResult =
  | { readonly kind: 'published' }
  /** This very version was there before: `LATEST` stands at it or later. */
  | { readonly kind: 'already' }
  /** The version exists with another content. */
  | { readonly kind: 'version_taken'; readonly hash: string };

/** Puts a version and makes it the one in force, unless a later one is. Safe to repeat. */
export async function publishPolicy(
  store: Store,
  policy: Policy,
  by: { readonly actorId: string; readonly nowMs: number; readonly source?: string },
): Promise<PublishResult> {
  const put = await putIfAbsent(store, {
    ...keys.policyVersion(policy.name, policy.version),
    doc: JSON.stringify(policy),
    hash: policy.hash,
    ...(by.source === undefined ? {} : { source: by.source }),
  });
  if (put.kind === 'refused') {
    const standing = versionItem.parse(put.item);
    if (standing.hash !== policy.hash) return { kind: 'version_taken', hash: standing.hash };
  }
  const moved = await updateItem(store, {
    key: keys.policyLatest(policy.name),
    change: {
      text: 'SET #name = :name, #version = :version, #hash = :hash, #publishedAtMs = :at, #publishedBy = :by',
      values: {
        ':name': policy.name,
        ':version': policy.version,
        ':hash': policy.hash,
        ':at': by.nowMs,
        ':by': by.actorId,
      },
    },
    condition: { text: 'attribute_not_exists(#version) OR #version < :version' },
  });
  return moved.kind === 'written' ? { kind: 'published' } : { kind: 'already' };
}
