import type { Escalation } from './types.ts';

type Listener = (record: Escalation) => void;
const listeners = new Set<Listener>();

/** Tells every list on the page that a newer record is known: lists may lag a write, an answer does not. */
export function publishRecord(record: Escalation): void {
  for (const listener of listeners) listener(record);
}

export function onRecord(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
