import { join } from 'node:path';
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker';
import { setting } from '../contracts/env.ts';

export const workflowsPath = join(__dirname, '..', 'workflows', 'index.ts');

/** Compiles the workflows into the one file that a worker runs. Takes a few seconds. */
export async function compileWorkflows(): Promise<string> {
  const { code } = await bundleWorkflowCode({ workflowsPath });
  return code;
}

/** The bundle that was made beforehand, else one compiled now. */
export async function workflowBundle(): Promise<WorkflowBundleOption> {
  const codePath = setting('workflowBundle');
  return codePath === undefined ? { code: await compileWorkflows() } : { codePath };
}
