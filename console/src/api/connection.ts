import { useSyncExternalStore } from 'react';

/** Whether the server can be heard: `offline` is the browser's word, `reconnecting` ours after a failed call. */
export type Connection = 'online' | 'offline' | 'reconnecting';

let connection: Connection = navigator.onLine ? 'online' : 'offline';
const listeners = new Set<() => void>();

function set(next: Connection): void {
  if (next === connection) return;
  connection = next;
  for (const listener of listeners) listener();
}

window.addEventListener('online', () => set('reconnecting'));
window.addEventListener('offline', () => set('offline'));

export function reportAnswer(): void {
  set('online');
}

export function reportSilence(): void {
  set(navigator.onLine ? 'reconnecting' : 'offline');
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => connection,
  );
}
