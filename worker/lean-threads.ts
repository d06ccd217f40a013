import { join } from 'node:path';
import { Worker as Thread } from 'node:worker_threads';
import type { Worker } from '@temporalio/worker';
import { ThreadedVMWorkflowCreator, WorkerThreadClient } from '@temporalio/worker/lib/workflow/threaded-vm';
import { WorkflowCodecRunner } from '@temporalio/worker/lib/workflow-codec-runner';
import { createUnsafeRandomSource } from '@temporalio/workflow/lib/random-helpers';
import type { Told, ToldCall } from './lean-sandbox.ts';

export type CreateThreads = (typeof Worker)['createWorkflowCreator'];
export type Threads = Awaited<ReturnType<CreateThreads>>;
type Workflow = Awaited<ReturnType<Threads['createWorkflow']>>;
type SinkCalls = Awaited<ReturnType<Workflow['getAndResetSinkCalls']>>;

/** The SDK's threads, each with a leaner sandbox (ADR 122). */
export async function leanThreads(...[workflowBundle, options, logger]: Parameters<CreateThreads>): Promise<Threads> {
  const { isolateExecutionTimeoutMs, activities, patchActivationCallback } = options;
  const clients = Array.from({ length: options.workflowThreadPoolSize }, () => {
    const thread = new Thread(join(__dirname, 'workflow-thread.ts'), {
      execArgv: ['--require', join(__dirname, '..', 'scripts', 'register.cjs')],
    });
    return new WorkerThreadClient(thread, logger, patchActivationCallback);
  });
  await Promise.all(
    clients.map((client) =>
      client.send({
        type: 'init',
        workflowBundle,
        isolateExecutionTimeoutMs,
        reuseV8Context: true,
        registeredActivityNames: new Set(activities.keys()),
        hasPatchActivationCallback: patchActivationCallback !== undefined,
      }),
    ),
  );
  const threads = new ThreadedVMWorkflowCreator(clients);
  return {
    createWorkflow: async (created) => new Proxied(await threads.createWorkflow(created)),
    destroy: () => threads.destroy(),
  };
}

/** A workflow in its thread, which need not be asked for what it tells its worker: that comes with the completion. */
class Proxied implements Workflow {
  readonly #workflow: Workflow;
  #told: SinkCalls | undefined;

  constructor(workflow: Workflow) {
    this.#workflow = workflow;
  }

  async activate(activation: Parameters<Workflow['activate']>[0]): ReturnType<Workflow['activate']> {
    const { told, ...completion }: Told = await this.#workflow.activate(activation);
    this.#told = told?.map(withFunctions);
    return completion;
  }

  getAndResetSinkCalls(): Promise<SinkCalls> {
    const told = this.#told;
    if (told === undefined) return this.#workflow.getAndResetSinkCalls();
    this.#told = undefined;
    return Promise.resolve(told);
  }

  dispose(): Promise<void> {
    return this.#workflow.dispose();
  }
}

const random = createUnsafeRandomSource(Math.random);

function withFunctions({ workflowInfo, ...call }: ToldCall): SinkCalls[number] {
  const unsafe = { ...workflowInfo.unsafe, now: Date.now, random };
  return { ...call, workflowInfo: { ...workflowInfo, unsafe } };
}

/**
 * Where a worker has no codecs, payloads are what they are: the SDK would copy and look through each activation to find that out.
 * @returns undefined where there is something to decode, or to fetch
 */
export function withoutCodecs({ namespace, loadedDataConverter }: Worker['options']): WorkflowCodecRunner | undefined {
  const { payloadCodecs, externalStorage } = loadedDataConverter;
  if (payloadCodecs.length > 0 || externalStorage !== undefined) return undefined;
  const plain = new WorkflowCodecRunner([], { type: 'workflow', namespace, workflowId: '' });
  return Object.assign(plain, {
    decodeActivation: <Activation>(activation: Activation) => Promise.resolve(activation),
    encodeCompletion: <Completion>(completion: Completion) => Promise.resolve(completion),
  });
}
