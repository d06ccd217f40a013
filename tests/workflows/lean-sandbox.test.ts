import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.ts';
import { bundleOf, openDesk, type DeskEnv } from './desk-env.ts';

interface Around {
  readonly workflowId: string;
  readonly nowMs: number;
  readonly globals: readonly string[];
}

describe('the sandbox of workflows', () => {
  let desk: DeskEnv;
  beforeAll(async () => {
    desk = await openDesk(undefined, bundleOf('endless'), { isolateExecutionTimeout: '500ms' });
  });
  afterAll(() => desk.close());

  const begin = () => desk.start({ begins: true, handsOver: true });

  it('shows each workflow itself, and to all of them the same globals, whichever was entered last', async () => {
    const all = [await begin(), await begin(), await begin()];
    const around = (one: (typeof all)[number]): Promise<Around> => one.handle.query<Around>('around');
    const seen: Around[] = [];
    for (const one of [...all, ...all.toReversed()]) seen.push(await around(one));
    const ids = all.map(({ id }) => id);
    expect(seen.map(({ workflowId }) => workflowId)).toEqual([...ids, ...ids.toReversed()]);
    const [first] = seen;
    expect(first?.globals).toContain('__TEMPORAL_ACTIVATOR__');
    for (const { globals, nowMs } of seen) {
      expect(globals).toEqual(first?.globals);
      expect(nowMs).toBeGreaterThan(0);
    }
    for (const { handle } of all) await handle.terminate();
  });

  it('stops a workflow that never comes to an end, fails its task, and goes on with the others', async () => {
    const before = await begin();
    const endless = await desk.start();
    await until('its task has failed', async () => {
      const { events } = await endless.handle.fetchHistory();
      const failed = events?.find((event) => event.workflowTaskFailedEventAttributes != null);
      const failure = failed?.workflowTaskFailedEventAttributes?.failure;
      if (failure == null) return false;
      expect(failure.message).toContain('timed out after 500ms');
      return true;
    });
    const after = await begin();
    for (const one of [before, after]) {
      expect(await one.handle.query<Around>('around')).toMatchObject({ workflowId: one.id });
    }
    for (const { handle } of [before, endless, after]) await handle.terminate();
  });
});
