import {
  condition,
  defineUpdate,
  proxyActivities,
  proxyLocalActivities,
  proxySinks,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { RawActivities, RawSinks } from './types.ts';

/** The least that Temporal can do for the same purpose, as a measure of what the desk adds. */
const ordinary = proxyActivities<RawActivities>({ startToCloseTimeout: 15_000 });
const local = proxyLocalActivities<RawActivities>({ startToCloseTimeout: 5_000 });
const { clock } = proxySinks<RawSinks>();

/** A timer and nothing else. */
export async function bareTimer(input: { readonly dueAtMs: number; readonly group: string }): Promise<void> {
  await sleep(Math.max(1, input.dueAtMs - Date.now()));
  clock.fired(input.dueAtMs, input.group);
}

/** A new workflow with one activity. */
export async function bareActivity(): Promise<void> {
  await ordinary.writeLine();
}

/** An update with one local activity. */
export async function bareUpdate(): Promise<void> {
  setHandler(defineUpdate('touch'), async () => {
    await local.nothing();
  });
  await condition(() => false);
}
