/**
 * Runs something for each item, so many at the same time and in order of their beginning.
 * @returns the results in the order of the items. Throws what the first of them throws; those under way go on.
 */
export async function inParallel<T, R>(
  concurrency: number,
  items: readonly T[],
  run: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const queue = [...items.entries()];
  const results = new Map<number, R>();
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) results.set(next[0], await run(next[1]));
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, work));
  return [...results].toSorted(([a], [b]) => a - b).map(([, result]) => result);
}
