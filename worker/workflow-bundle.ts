import { join } from 'node:path';
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker';
import { setting } from '../contracts/env.ts';

function inCheckout(...path: readonly string[]): string {
  return join(__dirname, '..', ...path);
}

/**
 * Loaded once and shared by all workflows of a worker, which otherwise each load their own. The first sets a limit,
 * before the SDK freezes what is shared.
 */
export const sharedSdk: readonly string[] = [inCheckout('workflows', 'short-stacks.ts'), '@temporalio/workflow'];
/** The core is pure and holds no state, so it can be shared too. */
const sharedCore = ['decide', 'evolve', 'next-wake', 'record'].map((name) =>
  inCheckout('domain', 'escalation', `${name}.ts`),
);

export const workflowSources = {
  workflowsPath: inCheckout('workflows', 'index.ts'),
  preloadModules: [...sharedSdk, ...sharedCore],
};

/** Compiles the workflows into the one file that a worker runs. Takes a few seconds. */
export async function compileWorkflows(): Promise<string> {
  const { code } = await bundleWorkflowCode(workflowSources);
  return code;
}

/** The bundle that was made beforehand, else one compiled now. */
export async function workflowBundle(): Promise<WorkflowBundleOption> {
  const codePath = setting('workflowBundle');
  return codePath === undefined ? { code: await compileWorkflows() } : { codePath };
}
