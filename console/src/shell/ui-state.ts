import { useSyncExternalStore } from 'react';

/** Which of the layers over the page is open. */
export type Layer = 'none' | 'palette' | 'help' | 'navigation';

let layer: Layer = 'none';
const listeners = new Set<() => void>();

export function showLayer(next: Layer): void {
  layer = next;
  for (const listener of listeners) listener();
}

export function useLayer(): Layer {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => layer,
  );
}
