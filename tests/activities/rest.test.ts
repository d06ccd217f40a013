import { describe, expect, it } from '@jest/globals';
import { restAfterMs, restingAfter, usualRest } from '../../activities/rest.ts';

describe('work in the background', () => {
  it('rests nine times as long as a piece took, within bounds', () => {
    expect([1, 20, 40, 55, 56, 5_000].map((tookMs) => restAfterMs(usualRest, tookMs))).toEqual([
      100, 180, 360, 495, 500, 500,
    ]);
  });

  it('hands on the result after the rest, and a failure at once', async () => {
    const startedMs = performance.now();
    const add = restingAfter({ factor: 9, leastMs: 60, mostMs: 60 })((one: number, two: number) =>
      Promise.resolve(one + two),
    );
    await expect(add(1, 2)).resolves.toBe(3);
    expect(performance.now() - startedMs).toBeGreaterThan(55);
    // It would rest for longer than the test may take.
    const fail = restingAfter({ factor: 9, leastMs: 3_600_000, mostMs: 3_600_000 })(() =>
      Promise.reject(new Error('away')),
    );
    await expect(fail()).rejects.toThrow('away');
  });
});
