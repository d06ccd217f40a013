import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../../contracts/logger.ts';
import { Starter } from '../../lambdas/intake/starter.ts';

const log = createLogger({ component: 'test', write: () => undefined });

/** A starter whose starts end when they are told to, on a clock that is moved by hand. */
function harness() {
  const clock = { nowMs: 1_000 };
  const begun: string[] = [];
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const starter = new Starter(
    {
      start: (id) => {
        begun.push(id);
        return new Promise((resolve, reject) => void ends.push({ resolve, reject }));
      },
    },
    () => clock.nowMs,
  );
  const ask = (id: string): Promise<void> => starter.tryStart(id, 'sev2', undefined, log);
  const askQuick = async (id: string): Promise<void> => {
    const asked = ask(id);
    ends.at(-1)?.resolve();
    await asked;
  };
  return { clock, begun, ends, ask, askQuick };
}

describe('the start of a workflow at its intake', () => {
  it('is made at once while starts are quick, up to a rate', async () => {
    const { clock, begun, askQuick } = harness();
    for (let index = 0; index < 20; index += 1) await askQuick(`burst ${index}`);
    expect(begun).toHaveLength(8);
    clock.nowMs += 1_000;
    await askQuick('later');
    expect(begun.at(-1)).toBe('later');
  });

  it('waits for two at most, so that intake never queues for Temporal', async () => {
    const { begun, ends, ask } = harness();
    const waiting = [ask('a'), ask('b')];
    await ask('c');
    expect(begun).toEqual(['a', 'b']);
    for (const { resolve } of ends) resolve();
    await Promise.all(waiting);
  });

  it('is left to the worker for a second after one that failed', async () => {
    const { clock, begun, ends, ask, askQuick } = harness();
    const first = ask('first');
    ends[0]?.reject(new Error('no'));
    await first;
    clock.nowMs += 999;
    await askQuick('left');
    expect(begun).toEqual(['first']);
    clock.nowMs += 1;
    await askQuick('started');
    expect(begun).toEqual(['first', 'started']);
  });
});
