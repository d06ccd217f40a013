import { describe, expect, it } from '@jest/globals';
import { openDesk } from './desk-env.ts';

describe('the worker that holds little for each workflow', () => {
  it('goes on with more workflows than it has room for, counts those that it holds, and ends', async () => {
    const desk = await openDesk(undefined, undefined, 2);
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
});
