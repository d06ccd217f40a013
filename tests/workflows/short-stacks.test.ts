import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.ts';
import { bundleOf, openDesk, type DeskEnv } from './desk-env.ts';

describe('a workflow whose promises note no stacks', () => {
  let desk: DeskEnv;
  beforeAll(async () => {
    desk = await openDesk(undefined, bundleOf('careless'));
  });
  afterAll(() => desk.close());

  it('is found by a failure that nobody waits for, which fails its own task and no other workflow', async () => {
    const careless = await desk.start();
    const careful = await desk.start({ begins: true, handsOver: true });
    await until('its task has failed', async () => {
      const { events } = await careless.handle.fetchHistory();
      const failed = events?.find((event) => event.workflowTaskFailedEventAttributes != null);
      const failure = failed?.workflowTaskFailedEventAttributes?.failure;
      if (failure == null) return false;
      expect(failure.message).toContain('nobody waits for this');
      expect(failure.cause?.stackTrace).toContain('careless');
      return true;
    });
    await expect(careful.handle.query('__stack_trace')).rejects.toThrow('stack traces are not enabled');
    await careless.handle.terminate();
    await careful.handle.terminate();
  });
});
