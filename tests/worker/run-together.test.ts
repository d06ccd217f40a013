import { describe, expect, it } from '@jest/globals';
import { runTogether } from '../../worker/run-together.ts';

type State = 'INITIALIZED' | 'RUNNING' | 'DRAINING' | 'STOPPED' | 'FAILED';

/** A worker that is told what becomes of it. */
class Puppet {
  shutdowns = 0;
  #state: State = 'INITIALIZED';
  #settle: { readonly resolve: () => void; readonly reject: (error: Error) => void } | null = null;

  /** @param endsAfterMs how long it takes to end in order; null: it never does */
  constructor(private readonly endsAfterMs: number | null = 0) {}

  getState(): State {
    return this.#state;
  }

  run(): Promise<void> {
    this.#state = 'RUNNING';
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  shutdown(): void {
    this.shutdowns += 1;
    this.#state = 'DRAINING';
    if (this.endsAfterMs === null) return;
    setTimeout(() => {
      this.#state = 'STOPPED';
      this.#settle?.resolve();
    }, this.endsAfterMs);
  }

  /** Asks for nothing any more, by itself. */
  drain(): void {
    this.#state = 'DRAINING';
  }

  fail(message: string): void {
    this.#state = 'FAILED';
    this.#settle?.reject(new Error(message));
  }
}

const quick = { endWithinMs: 400, failWithinMs: 200, everyMs: 5 };
const wait = (ms: number) => new Promise((resolve) => void setTimeout(resolve, ms));

describe('the workers of one process', () => {
  it('run until they are told to end', async () => {
    const workers = [new Puppet(), new Puppet()];
    const running = runTogether(workers, quick);
    await wait(20);
    expect(workers.map((worker) => worker.shutdowns)).toEqual([0, 0]);
    for (const worker of workers) worker.shutdown();
    await expect(running).resolves.toBeUndefined();
  });

  it('are told to end where one fails only after what has to end before them', async () => {
    const workers = [new Puppet(), new Puppet()];
    const ended: string[] = [];
    const before = async (): Promise<void> => {
      await wait(30);
      ended.push(`before, ${workers[1]?.shutdowns} told`);
    };
    const running = runTogether(workers, { ...quick, before });
    workers[0]?.fail('gone');
    await expect(running).rejects.toThrow('gone');
    expect(ended).toEqual(['before, 0 told']);
    expect(workers[1]?.shutdowns).toBe(1);
  });

  it('end in order where one fails, and tell why', async () => {
    const [bad, good] = [new Puppet(), new Puppet(50)];
    const running = runTogether([bad, good], quick);
    bad.fail('no way to the server');
    const settled = running.then(
      () => 'ended',
      (error: unknown) => String(error),
    );
    await wait(20);
    expect(good.shutdowns).toBe(1);
    expect(good.getState()).toBe('DRAINING');
    expect(await settled).toBe('Error: no way to the server');
    expect(good.getState()).toBe('STOPPED');
  });

  it('end as soon as one asks for nothing any more, not only when it is done', async () => {
    const [draining, other] = [new Puppet(), new Puppet()];
    const running = runTogether([draining, other], quick);
    draining.drain();
    await wait(20);
    expect(other.shutdowns).toBe(1);
    draining.shutdown();
    await expect(running).resolves.toBeUndefined();
  });

  it('have more time to end where all were told to', async () => {
    const workers = [new Puppet(null), new Puppet(null)];
    const running = runTogether(workers, quick);
    for (const worker of workers) worker.shutdown();
    await expect(running).rejects.toThrow('have not ended within 400 ms');
  });

  it('are given up where they do not end in time', async () => {
    const [bad, stuck] = [new Puppet(), new Puppet(null)];
    const running = runTogether([bad, stuck], quick);
    bad.fail('gone');
    await expect(running).rejects.toThrow('have not ended within 200 ms');
  });
});
