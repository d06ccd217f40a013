import { setFlagsFromString } from 'node:v8';

/**
 * By how much a heap may grow over what it held after the last full collection before the next one. Left alone V8 lets it grow
 * to two or three times as much: with thousands of workflows in memory half of the heaps was garbage.
 */
const growthPercent = 40;

/**
 * To be called before threads are begun.
 *
 * Not an option of the command line: a Node that no longer knows it would not start, and here only says so.
 */
export function growHeapsSlowly(): void {
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
}
