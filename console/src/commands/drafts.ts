import type { Values } from './forms.ts';

/** Half-written forms of this page, so that closing one by mistake loses nothing. Kept in memory only. */
const drafts = new Map<string, Values>();

export function readDraft(key: string): Values {
  return drafts.get(key) ?? {};
}

export function keepDraft(key: string, values: Values): void {
  drafts.set(key, values);
}

export function dropDraft(key: string): void {
  drafts.delete(key);
}
