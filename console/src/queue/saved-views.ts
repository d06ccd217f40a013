import { useSyncExternalStore } from 'react';
import { parseQueueSearch } from './filters.ts';
import type { View } from './views.ts';

const storageKey = 'tierline.views';
const maxViews = 30;
const maxName = 60;
const listeners = new Set<() => void>();
let views = read();

function read(): readonly View[] {
  try {
    const raw: unknown = JSON.parse(window.localStorage.getItem(storageKey) ?? '[]');
    if (!Array.isArray(raw)) return [];
    return raw.slice(0, maxViews).flatMap((item: unknown) => {
      if (typeof item !== 'object' || item === null || !('name' in item) || !('search' in item)) return [];
      if (typeof item.name !== 'string' || typeof item.search !== 'object' || item.search === null) return [];
      return [{ name: item.name.slice(0, maxName), search: parseQueueSearch({ ...item.search }) }];
    });
  } catch {
    return [];
  }
}

function write(next: readonly View[]): void {
  views = next;
  try {
    window.localStorage.setItem(storageKey, JSON.stringify(next));
  } catch {
    // Storage may be full or forbidden: the views then last as long as the page.
  }
  for (const listener of listeners) listener();
}

/** A view of the same name is replaced. */
export function saveView(view: View): void {
  const name = view.name.trim().slice(0, maxName);
  if (name === '') return;
  write([...views.filter((other) => other.name !== name), { name, search: view.search }].slice(-maxViews));
}

export function removeView(name: string): void {
  write(views.filter((view) => view.name !== name));
}

/** The views that this browser keeps, oldest first. */
export function useSavedViews(): readonly View[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => views,
  );
}
