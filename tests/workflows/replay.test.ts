import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { LateTimers } from '../../worker/late-timers.ts';
import { TaskSlots } from '../../worker/task-slots.ts';
import { workflowBundleForTests } from './desk-env.ts';
import { historyFromText } from './history-text.ts';

const folder = join(__dirname, '..', 'histories');
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));

function historyOf(name: string) {
  return historyFromText(readFileSync(join(folder, name), 'utf8'));
}

beforeAll(() => {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  } catch {
    // Another suite of this process has installed it.
  }
});

/** Timers of which the worker was told. */
let told: number[] = [];
const timers = new LateTimers(new TaskSlots(), () => undefined);
timers.note = (_id, atMs) => void told.push(atMs);
const { sinks } = timers;
beforeEach(() => {
  told = [];
});

describe('histories of earlier versions', () => {
  it('are there', () => {
    expect(names.length).toBeGreaterThanOrEqual(4);
    expect(names.every((name) => /^v\d+-[a-z-]+\.json$/.test(name))).toBe(true);
  });

  it.each(names)('%s replays without a difference', async (name) => {
    const workflowBundle = await workflowBundleForTests();
    await expect(
      Worker.runReplayHistory({ workflowBundle, sinks }, historyOf(name), 'esc_replayed'),
    ).resolves.toBeUndefined();
    expect(told).toEqual([]);
  });

  it('a change that breaks determinism is found', async () => {
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath: join(__dirname, 'broken', 'index.ts'),
      logger: new DefaultLogger('WARN'),
    });
    const name = names[0];
    if (name === undefined) throw new Error('no history');
    await expect(Worker.runReplayHistory({ workflowBundle, sinks }, historyOf(name), 'esc_replayed')).rejects.toThrow(
      DeterminismViolationError,
    );
  });
});
