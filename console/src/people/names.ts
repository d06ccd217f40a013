import { useSyncExternalStore } from 'react';

/** Names by id, as the directory tells them; ids without a name stand for themselves. */
let names: ReadonlyMap<string, string> = new Map();
const listeners = new Set<() => void>();

export function learnNames(people: readonly { readonly id: string; readonly name: string }[]): void {
  names = new Map(people.map((person) => [person.id, person.name]));
  for (const listener of listeners) listener();
}

let schedules: ReadonlyMap<string, string> = new Map();

/** Names of schedules, as the on-call page knows them. */
export function learnSchedules(known: readonly { readonly schedule: string; readonly name: string }[]): void {
  const isSame = known.length === schedules.size && known.every((one) => schedules.get(one.schedule) === one.name);
  if (isSame) return;
  schedules = new Map(known.map((one) => [one.schedule, one.name]));
  // A new map of people: whoever renders by it renders anew.
  names = new Map(names);
  for (const listener of listeners) listener();
}

export function scheduleNameOf(id: string): string {
  return schedules.get(id) ?? id;
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
