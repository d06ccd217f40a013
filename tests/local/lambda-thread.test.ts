import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { lambdaThread } from '../../local/gateway/lambda-thread.ts';

const { invoke, close } = lambdaThread(['admin'], join(__dirname, 'lambdas'));
const say = (what: string, timeoutMs = 20_000) => invoke('admin', { say: what }, timeoutMs);
const answer = (what: string) => ({ kind: 'answered', result: { said: what } });

describe('Lambdas in a thread of their own', () => {
  afterAll(close);

  it('answer, each call with its own', async () => {
    expect(await Promise.all([say('one'), say('two')])).toEqual([answer('one'), answer('two')]);
  });

  it('compute while this thread goes on', async () => {
    let ticks = 0;
    const ticking = setInterval(() => {
      ticks += 1;
    }, 5);
    expect(await say('compute')).toEqual(answer('compute'));
    clearInterval(ticking);
    expect(ticks).toBeGreaterThan(5);
  });

  it('tell what they threw', async () => {
    const failed = await say('throw');
    expect(failed).toMatchObject({ kind: 'failed', error: expect.objectContaining({ message: 'it broke' }) });
  });

  it('are given up at the end of their time, and begun again once nothing else is asked of them', async () => {
    const never = say('never', 300);
    const beside = say('beside', 500);
    expect(await never).toEqual({ kind: 'timed_out' });
    expect(await beside).toEqual({ kind: 'timed_out' });
    expect(await say('again')).toEqual(answer('again'));
  }, 60_000);

  it('are left to it where somebody else has run out of time before', async () => {
    const [long, short] = [say('compute for long'), say('short', 100)];
    expect(await short).toEqual({ kind: 'timed_out' });
    expect(await long).toEqual(answer('compute for long'));
  }, 60_000);

  it('are begun again after one that ended their thread', async () => {
    expect(await say('exit')).toMatchObject({ kind: 'failed' });
    expect(await say('again')).toEqual(answer('again'));
  }, 60_000);
});
