/**
 * The SDK notes a stack for every promise that a workflow makes, for the query `__stack_trace`: that took a quarter of the processor
 * time of a workflow task. A workflow here waits in one place, and its state tells for what, so none is noted. Of an
 * error three frames still tell where it came from.
 */
Error.stackTraceLimit = 3;

/** The SDK asks a promise's realm for these two, by the text of a function. */
const askedFor: ReadonlyMap<string, () => unknown> = new Map<string, () => unknown>([
  ['return globalThis.__TEMPORAL_ACTIVATOR__', () => Reflect.get(globalThis, '__TEMPORAL_ACTIVATOR__')],
  // An error without a stack: then the SDK keeps nothing.
  ['return globalThis.Error', () => Object],
]);

// What is found by `promise.constructor.constructor`; anything else that is asked of it is answered as before.
Object.defineProperty(Promise, 'constructor', {
  // oxlint-disable-next-line no-implied-eval -- it stands for the one that is there without it
  value: (text: string) => askedFor.get(text) ?? Function(text),
});
