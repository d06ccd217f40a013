import { join } from 'node:path';
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker';
import { setting } from '../contracts/env.ts';

function inCheckout(...path: readonly string[]): string {
  return join(__dirname, '..', ...path);
}

/**
 * Loaded once and shared by all workflows of a worker, which otherwise each load their own: the SDK, and the workflows'
 * own modules, which hold functions and classes but no state. The first makes stacks cheap, before the SDK freezes what is
 * shared.
 */
export function sharedModules(workflowsPath: string): string[] {
  return [inCheckout('workflows', 'short-stacks.ts'), '@temporalio/workflow', workflowsPath];
}

const workflowsPath = inCheckout('workflows', 'index.ts');
export const workflowSources = { workflowsPath, preloadModules: sharedModules(workflowsPath) };

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
