import { setTimeout as wait } from 'node:timers/promises';

/** How long work in the background rests after each piece of it. */
export interface Rest {
  /** So many times as long as the piece took: the busier the machine, the longer. */
  readonly factor: number;
  readonly leastMs: number;
  /** However long a piece took, its activity has to end in time. */
  readonly mostMs: number;
}

/** At work for a tenth of the time; where a piece takes longer than 55 ms, for more, so that a run ends. */
export const usualRest: Rest = { factor: 9, leastMs: 100, mostMs: 500 };

/** @returns how long to rest after a piece of work. Milliseconds. */
export function restAfterMs({ factor, leastMs, mostMs }: Rest, tookMs: number): number {
  return Math.min(mostMs, Math.max(leastMs, factor * tookMs));
}

/** Lets whoever works in the background rest after each piece, before its result is handed on. */
export function restingAfter(
  rest: Rest,
): <Input extends readonly unknown[], R>(work: (...input: Input) => Promise<R>) => (...input: Input) => Promise<R> {
  return (work) =>
    async (...input) => {
      const startedMs = performance.now();
      const result = await work(...input);
      await wait(restAfterMs(rest, performance.now() - startedMs));
      return result;
    };
}
