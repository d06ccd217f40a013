import * as z from 'zod';
import type { Store } from './client.ts';
import { StoreError } from './errors.ts';
import { immutableCache } from './immutable-cache.ts';
import { directoryPartition, keys } from './keys.ts';
import { putParts, readParts } from './parts.ts';
import { getItem, updateItem } from './requests.ts';

/**
 * People, teams, schedules and which calendar each name stands for: one document for the desk, in versions. What is in
 * it is parsed by those who use it.
 */
const latestItem = z.object({
  version: z.number().int(),
  hash: z.string(),
  publishedAtMs: z.number().int(),
  publishedBy: z.string(),
});
export type PublishedDirectory = z.infer<typeof latestItem>;

const kept = immutableCache<string>();

/**
 * Makes a version of the directory the one in force, unless a later one is. Safe to repeat.
 * @returns false when this version or a later one was in force already
 */
export async function publishDirectory(
  store: Store,
  published: PublishedDirectory,
  document: unknown,
): Promise<boolean> {
  await putParts(store, directoryPartition(published.version), JSON.stringify(document));
  const moved = await updateItem(store, {
    key: keys.directoryLatest,
    change: {
      text: 'SET #version = :version, #hash = :hash, #publishedAtMs = :at, #publishedBy = :by',
      values: {
        ':version': published.version,
        ':hash': published.hash,
        ':at': published.publishedAtMs,
        ':by': published.publishedBy,
      },
    },
    condition: { text: 'attribute_not_exists(#version) OR #version < :version' },
  });
  return moved.kind === 'written';
}

/** Which version is in force; null before the first. */
export async function readLatestDirectoryVersion(store: Store): Promise<PublishedDirectory | null> {
  const item = await getItem(store, keys.directoryLatest, true);
  return item === null ? null : latestItem.parse(item);
}

/**
 * One version's document, not yet parsed into its shape; kept by the process once read.
 * @returns null when there is no such version
 */
export async function readDirectory(store: Store, version: number): Promise<unknown> {
  const text = await kept(store, String(version), () => readParts(store, directoryPartition(version)));
  return text === null ? null : JSON.parse(text);
}

/** The directory in force with its version; null before the first. */
export async function readLatestDirectory(
  store: Store,
): Promise<{ readonly published: PublishedDirectory; readonly document: unknown } | null> {
  const published = await readLatestDirectoryVersion(store);
  if (published === null) return null;
  const document = await readDirectory(store, published.version);
  if (document === null) throw new StoreError('internal', `the directory has lost its version ${published.version}`);
  return { published, document };
}
