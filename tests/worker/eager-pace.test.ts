import { describe, expect, it } from '@jest/globals';
import { EagerPace } from '../../worker/eager-pace.ts';

/** Starts on a clock that is moved by hand. */
function harness() {
  const clock = { nowMs: 0 };
  const pace = new EagerPace(() => clock.nowMs);
  /** @returns whether it was eager */
  const start = (takesMs: number): Promise<boolean> =>
    pace.run(async (isEager) => {
      clock.nowMs += takesMs;
      return isEager;
    });
  const fail = (): Promise<unknown> => pace.run(() => Promise.reject(new Error('away')));
  return { clock, start, fail };
}

describe('starts of the worker', () => {
  it('are eager while they are answered quickly', async () => {
    const { start } = harness();
    for (let index = 0; index < 20; index += 1) expect(await start(500)).toBe(true);
  });

  it('are plain for five seconds after one that was answered late, for the next answer may come too late', async () => {
    const { clock, start } = harness();
    expect(await start(501)).toBe(true);
    clock.nowMs += 4_990;
    expect(await start(10)).toBe(false);
    expect(await start(10)).toBe(true);
  });

  it('are plain for five seconds after one that failed, so that the return of a server loses no task', async () => {
    const { clock, start, fail } = harness();
    await expect(fail()).rejects.toThrow('away');
    clock.nowMs += 4_000;
    await expect(fail()).rejects.toThrow('away');
    clock.nowMs += 4_999;
    expect(await start(1)).toBe(false);
    expect(await start(1)).toBe(true);
  });
});
