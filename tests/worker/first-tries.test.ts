import { describe, expect, jest, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import { SendingPace } from '../../worker/first-tries.ts';

const failing = (): Promise<string> => Promise.reject(new Error('away'));

describe('tries within a workflow task', () => {
  let nowMs = 0;
  const pace = (): SendingPace => new SendingPace(() => nowMs);
  const taking = (ms: number) => () => {
    nowMs += ms;
    return Promise.resolve('sent');
  };

  test('go through while sending is quick', async () => {
    const quick = pace();
    expect(await quick.run(true, taking(20))).toBe('sent');
    expect(await quick.run(true, taking(700))).toBe('sent');
    expect(await quick.run(true, taking(20))).toBe('sent');
  });

  test('are refused without being tried for five seconds after a slow one, and then made again', async () => {
    const slow = pace();
    await slow.run(true, taking(800));
    const send = jest.fn(taking(1));
    await expect(slow.run(true, send)).rejects.toMatchObject({ type: 'unavailable', nonRetryable: false });
    expect(send).not.toHaveBeenCalled();
    nowMs += 5_000;
    expect(await slow.run(true, send)).toBe('sent');
  });

  test('are refused after a failure, which is told as it was', async () => {
    const broken = pace();
    await expect(broken.run(true, failing)).rejects.toThrow('away');
    await expect(broken.run(true, taking(1))).rejects.toBeInstanceOf(ApplicationFailure);
  });

  test('ordinary activities are never refused, and a quick one ends the rest', async () => {
    const back = pace();
    await expect(back.run(false, failing)).rejects.toThrow('away');
    expect(await back.run(false, taking(10))).toBe('sent');
    expect(await back.run(true, taking(10))).toBe('sent');
  });
});
