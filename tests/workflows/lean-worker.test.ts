import { once } from 'node:events';
import threading, { type Worker as Thread } from 'node:worker_threads';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { openDesk } from './desk-env.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('the worker that holds little for each workflow', () => {
  it('goes on with more workflows than it has room for, counts those that it holds, and ends', async () => {
    const desk = await openDesk(undefined, undefined, { maxCachedWorkflows: 2 });
    try {
      const all = [await desk.start(), await desk.start(), await desk.start(), await desk.start()];
      for (const one of all) expect(await one.send({ type: 'acknowledge' })).toMatchObject({ kind: 'done' });
      for (const one of all) expect(await one.send({ type: 'start-investigation' })).toMatchObject({ kind: 'done' });
      for (const one of all) expect(desk.desk.records.get(one.id)?.state).toBe('investigating');
      const { numCachedWorkflows } = desk.worker.getStatus();
      expect(numCachedWorkflows).toBeGreaterThan(0);
      expect(numCachedWorkflows).toBeLessThanOrEqual(2);
    } finally {
      await desk.close();
    }
    expect(desk.worker.getState()).toBe('STOPPED');
    const { numInFlightWorkflowActivations, numCachedWorkflows } = desk.worker.getStatus();
    expect({ numInFlightWorkflowActivations, numCachedWorkflows }).toEqual({
      numInFlightWorkflowActivations: 0,
      numCachedWorkflows: 0,
    });
  }, 120_000);

  it('shares its threads with others of the same bundle, and they go on when it has ended', async () => {
    const threads: Thread[] = [];
    const { Worker: Original } = threading;
    jest.spyOn(threading, 'Worker').mockImplementation((...args) => {
      const thread = new Original(...args);
      threads.push(thread);
      return thread;
    });
    const one = await openDesk();
    const ofOne = threads.length;
    const other = await openDesk();
    const ends = threads.map((thread) => once(thread, 'exit'));
    try {
      expect(ofOne).toBeGreaterThan(0);
      expect(threads).toHaveLength(ofOne);
      const inMemory = await other.start();
      expect(await inMemory.send({ type: 'acknowledge' })).toMatchObject({ kind: 'done' });
      await one.close();
      expect(await inMemory.send({ type: 'start-investigation' })).toMatchObject({ kind: 'done' });
      expect(await (await other.start()).send({ type: 'acknowledge' })).toMatchObject({ kind: 'done' });
    } finally {
      await other.close();
    }
    // Nobody uses them any more.
    await Promise.all(ends);
  }, 120_000);
});
