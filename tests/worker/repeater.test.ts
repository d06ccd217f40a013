import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createLogger } from '../../contracts/logger.ts';
import { Repeater } from '../../worker/repeater.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

function fail(): never {
  throw new Error('away');
}

/** Runs rounds for a second of a clock of its own. @returns when each began, in ms */
async function begins(
  takesMs: number,
  { isEven = true, outcome = () => false }: { isEven?: boolean; outcome?: (round: number) => boolean } = {},
): Promise<readonly number[]> {
  const fromMs = performance.now();
  const atMs: number[] = [];
  const repeater = new Repeater({
    code: 'test.failed',
    everyMs: 100,
    isEven,
    longestMs: 300,
    logger: createLogger({ component: 'worker', write: () => undefined }),
    round: async () => {
      atMs.push(performance.now() - fromMs);
      await new Promise((resolve) => void setTimeout(resolve, takesMs));
      return outcome(atMs.length);
    },
  });
  repeater.run();
  await jest.advanceTimersByTimeAsync(1_000);
  const stopped = repeater.stop();
  await jest.advanceTimersByTimeAsync(takesMs);
  await stopped;
  return atMs;
}

describe('rounds', () => {
  it('have the pause between them', async () => {
    expect((await begins(30, { isEven: false })).slice(0, 4)).toEqual([0, 130, 260, 390]);
  });

  it('begin at even distances where that is asked for, however long each takes', async () => {
    expect((await begins(30)).slice(0, 4)).toEqual([0, 100, 200, 300]);
  });

  it('leave a tenth of the distance where they take longer than that', async () => {
    expect((await begins(150)).slice(0, 3)).toEqual([0, 160, 320]);
  });

  it('follow at once where there is more to do', async () => {
    expect((await begins(30, { outcome: (round) => round < 3 })).slice(0, 4)).toEqual([0, 30, 60, 160]);
  });

  it('wait longer after each failure, from its end and up to the longest wait', async () => {
    expect((await begins(30, { outcome: fail })).slice(0, 4)).toEqual([0, 230, 560, 890]);
  });

  it('are over when a stop comes while one is under way, without another pause', async () => {
    expect(await begins(2_000)).toEqual([0]);
  });
});
