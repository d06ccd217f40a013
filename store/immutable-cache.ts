import type { Store } from './client.ts';

/** How many documents of one kind a process keeps. */
const keptDocuments = 200;

/**
 * Keeps documents that never change under their key, for each store its own; the longest kept leaves first. What
 * `load` does not find is asked for again, for it may be written later.
 */
export function immutableCache<T>(): (store: Store, key: string, load: () => Promise<T | null>) => Promise<T | null> {
  const byStore = new WeakMap<Store, Map<string, T>>();
  return async (store, key, load) => {
    const kept = byStore.get(store) ?? new Map<string, T>();
    byStore.set(store, kept);
    const found = kept.get(key);
    if (found !== undefined) return found;
    const loaded = await load();
    if (loaded === null) return null;
    kept.set(key, loaded);
    const oldest = kept.keys().next().value;
    if (kept.size > keptDocuments && oldest !== undefined) kept.delete(oldest);
    return loaded;
  };
}
