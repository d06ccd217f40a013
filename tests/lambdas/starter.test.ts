import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../../contracts/logger.ts';
import type { Severity } from '../../domain/escalation/vocabulary.ts';
import { Starter } from '../../lambdas/intake/starter.ts';

/** A starter whose starts end when they are told to, on a clock that is moved by hand. */
function harness(clearPending?: (id: string) => Promise<void>) {
  const clock = { nowMs: 1_000 };
  const begun: string[] = [];
  const cleared: string[] = [];
  const codes: string[] = [];
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const log = createLogger({ component: 'test', write: (line) => void codes.push(String(JSON.parse(line).code)) });
  const starter = new Starter({
    gateway: {
      start: (id) => {
        begun.push(id);
        return new Promise<void>((resolve, reject) => void ends.push({ resolve, reject }));
      },
    },
    clearPending: clearPending ?? (async (id) => void cleared.push(id)),
    nowMs: () => clock.nowMs,
  });
  const ask = (id: string, severity: Severity = 'sev2'): Promise<void> =>
    starter.tryStart(id, severity, undefined, log);
  const askQuick = async (id: string, severity?: Severity): Promise<void> => {
    const asked = ask(id, severity);
    ends.at(-1)?.resolve();
    await asked;
  };
  /** Another intake under way, until it is ended. */
  const takingIn = (): (() => Promise<void>) => {
    const end = new EventEmitter();
    const during = starter.during(async () => void (await once(end, 'end')));
    return () => {
      end.emit('end');
      return during;
    };
  };
  return { starter, clock, begun, cleared, codes, ends, takingIn, ask, askQuick };
}

describe('the start of a workflow at its intake', () => {
  it('is made at once, and takes it off the list of those that wait', async () => {
    const { clock, begun, cleared, askQuick } = harness();
    for (let index = 0; index < 500; index += 1) {
      clock.nowMs += 84;
      await askQuick(`steady ${index}`);
    }
    expect(begun).toHaveLength(500);
    expect(cleared).toEqual(begun);
  });

  it('is made ten times at once and twelve times a second by one process; a load above that is left to the worker', async () => {
    const { clock, begun, askQuick } = harness();
    for (let index = 0; index < 20; index += 1) await askQuick(`few ${index}`);
    expect(begun).toHaveLength(10);
    for (let index = 0; index < 1_000; index += 1) {
      clock.nowMs += 10;
      await askQuick(`load ${index}`);
    }
    expect(begun).toHaveLength(10);
    clock.nowMs += 83;
    await askQuick('a little too soon');
    expect(begun).toHaveLength(10);
    clock.nowMs += 84;
    await askQuick('one in a lull');
    expect(begun.at(-1)).toBe('one in a lull');
    clock.nowMs += 834;
    for (let index = 0; index < 20; index += 1) await askQuick(`few again ${index}`);
    expect(begun).toHaveLength(21);
  });

  it('is made for each of those that come twelve a second after a load', async () => {
    const { clock, begun, askQuick } = harness();
    for (let index = 0; index < 1_000; index += 1) {
      clock.nowMs += 20;
      await askQuick(`load ${index}`);
    }
    // The first were a few together, and what came meanwhile used up what was left.
    expect(begun.length).toBeLessThan(15);
    begun.length = 0;
    for (let index = 0; index < 100; index += 1) {
      clock.nowMs += 84;
      await askQuick(`steady ${index}`);
    }
    expect(begun).toHaveLength(100);
  });

  it('is made for each of the most severe in calm, and those take nothing from the others', async () => {
    const { begun, askQuick } = harness();
    for (let index = 0; index < 100; index += 1) await askQuick(`urgent ${index}`, 'sev1');
    for (let index = 0; index < 20; index += 1) await askQuick(`other ${index}`);
    expect(begun).toHaveLength(110);
  });

  it('takes nothing from what may be started in calm while it is left to the worker', async () => {
    const { clock, begun, takingIn, askQuick } = harness();
    const ends = Array.from({ length: 9 }, takingIn);
    for (let index = 0; index < 100; index += 1) await askQuick(`burst ${index}`);
    await Promise.all(ends.map((end) => end()));
    clock.nowMs += 250;
    for (let index = 0; index < 20; index += 1) await askQuick(`calm ${index}`);
    expect(begun).toEqual(Array.from({ length: 10 }, (_, index) => `calm ${index}`));
  });

  it('is left to the worker while more than eight intakes are under way, except for the most severe', async () => {
    const { clock, begun, takingIn, askQuick } = harness();
    const ends = Array.from({ length: 8 }, takingIn);
    await askQuick('eight');
    ends.push(takingIn());
    await askQuick('nine');
    for (let index = 0; index < 20; index += 1) await askQuick(`urgent ${index}`, 'sev1');
    expect(begun).toEqual(['eight', ...Array.from({ length: 8 }, (_, index) => `urgent ${index}`)]);
    clock.nowMs += 25;
    await askQuick('urgent later', 'sev1');
    expect(begun.at(-1)).toBe('urgent later');
    await ends.pop()?.();
    await askQuick('a lull');
    clock.nowMs += 224;
    await askQuick('a lull still');
    expect(begun.at(-1)).toBe('urgent later');
    clock.nowMs += 1;
    await askQuick('eight again');
    expect(begun.at(-1)).toBe('eight again');
  });

  it('is made again after an intake that failed: it is under way no more', async () => {
    const { begun, starter, askQuick } = harness();
    for (let index = 0; index < 20; index += 1) {
      await expect(starter.during(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    }
    await askQuick('after');
    expect(begun).toEqual(['after']);
  });

  it('waits for six at most, so that intake never queues for Temporal', async () => {
    const { begun, ends, ask } = harness();
    const six = ['a', 'b', 'c', 'd', 'e', 'f'];
    const waiting = six.map((id) => ask(id));
    await ask('g');
    expect(begun).toEqual(six);
    for (const { resolve } of ends) resolve();
    await Promise.all(waiting);
  });

  it('is left to the worker for a second after one that failed, which stays on the list', async () => {
    const { clock, begun, cleared, codes, ends, ask, askQuick } = harness();
    const first = ask('first');
    ends[0]?.reject(new Error('no'));
    await first;
    expect(codes).toEqual(['workflow.start_left_pending']);
    clock.nowMs += 999;
    await askQuick('left');
    expect(begun).toEqual(['first']);
    clock.nowMs += 1;
    await askQuick('started');
    expect(begun).toEqual(['first', 'started']);
    expect(cleared).toEqual(['started']);
  });

  it('stands where the table can`t be told of it', async () => {
    const { begun, codes, askQuick } = harness(async () => {
      throw new Error('away');
    });
    await askQuick('first');
    await askQuick('second');
    expect(begun).toEqual(['first', 'second']);
    expect(codes).toEqual(['workflow.started_left_pending', 'workflow.started_left_pending']);
  });
});
