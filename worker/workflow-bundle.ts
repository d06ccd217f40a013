import { join } from 'node:path';
import { bundleWorkflowCode, type BundleOptions, type WorkflowBundleOption } from '@temporalio/worker';
import * as z from 'zod';
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

/** How the bundler compiles TypeScript. */
const swcRule = z.looseObject({
  use: z.looseObject({ loader: z.string().includes('swc-loader'), options: z.looseObject({ jsc: z.looseObject({}) }) }),
});

/**
 * What Node 20 and later run as it is written. The bundler's own target is years older: private fields became maps that
 * are held weakly, which cost memory and time to collect, and each spread of an object a loop over its keys.
 */
const target = 'es2022';

type BundlerConfig = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];

/** @throws Error where the bundler no longer compiles TypeScript as it did */
export function withTarget(config: BundlerConfig): BundlerConfig {
  const rules = config.module?.rules?.map((rule) => {
    const parsed = swcRule.safeParse(rule);
    if (!parsed.success) return rule;
    const { use } = parsed.data;
    return { ...parsed.data, use: { ...use, options: { ...use.options, jsc: { ...use.options.jsc, target } } } };
  });
  if (rules === undefined || rules.every((rule, index) => rule === config.module?.rules?.[index])) {
    throw new Error('the bundler of workflows compiles them with something else than swc');
  }
  return { ...config, module: { ...config.module, rules } };
}

const workflowsPath = inCheckout('workflows', 'index.ts');
/** What the bundler is told of this project's workflows. */
export const workflowSources = {
  workflowsPath,
  preloadModules: sharedModules(workflowsPath),
  webpackConfigHook: withTarget,
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
