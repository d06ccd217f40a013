import { useSyncExternalStore } from 'react';

/** Names by id, as the directory tells them; ids without a name stand for themselves. */
let names: ReadonlyMap<string, string> = new Map();
const listeners = new Set<() => void>();

export function learnNames(people: readonly { readonly id: string; readonly name: string }[]): void {
  names = new Map(people.map((person) => [person.id, person.name]));
  for (const listener of listeners) listener();
}

export function nameOf(id: string): string {
  return names.get(id) ?? id;
}

/** Renders again when the directory has been learnt; for parts of the page that call `nameOf`. */
export function useNames(): ReadonlyMap<string, string> {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => names,
  );
}
