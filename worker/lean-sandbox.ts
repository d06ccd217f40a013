import { Script, type Context } from 'node:vm';
import { ReusableVMWorkflow, ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm';
import { globalHandlers, type GlobalHandlers, type WorkflowModule } from '@temporalio/worker/lib/workflow/vm-shared';
import { native } from '@temporalio/core-bridge';

type Activate = ReusableVMWorkflow['activate'];
type SinkCall = Awaited<ReturnType<ReusableVMWorkflow['getAndResetSinkCalls']>>[number];
type Info = SinkCall['workflowInfo'];
/** What a workflow tells its worker, without what can't be sent to another thread: functions. */
export type ToldCall = Omit<SinkCall, 'workflowInfo'> & {
  readonly workflowInfo: Omit<Info, 'unsafe'> & { readonly unsafe: Omit<Info['unsafe'], 'now' | 'random'> };
};
/** The completion of an activation, with what the workflow tells besides. */
export type Told = Awaited<ReturnType<Activate>> & { readonly told?: readonly ToldCall[] };
type CreateOptions = Parameters<ReusableVMWorkflowCreator['createWorkflow']>[0];

/** What one workflow has of its own among the globals of the sandbox: that by which the SDK knows it, once it has begun. */
interface Own {
  activator: unknown;
}

/** What a call into the sandbox is handed over in. */
type Call = readonly [own: Own, name: keyof WorkflowModule, args: readonly unknown[]];

/**
 * Runs in the sandbox. All its workflows share its globals but one, which is put in place for the one that is entered.
 */
const entrance = new Script(`{
  Object.defineProperty(globalThis, '__tierline_enter', {
    value: () => {
      const [own, name, args] = globalThis.__tierline_call;
      globalThis.__TEMPORAL_ACTIVATOR__ = own.activator;
      return __TEMPORAL__.api[name](...args);
    },
  });
}`);
const enter = new Script('__tierline_enter()');

/**
 * What is run within a time limit. The limit begins a thread and ends it, so it is set once for all entrances of an
 * activation, which are three to five.
 */
let limited: () => unknown;
Object.defineProperty(globalThis, '__tierline_limited', { value: () => limited() });
const runLimited = new Script('__tierline_limited()');

/** @throws what the work throws; an error of code `ERR_SCRIPT_EXECUTION_TIMEOUT` where its synchronous part takes longer */
export function within<Result>(timeoutMs: number, work: () => Result): Result {
  let result: { readonly value: Result } | undefined;
  limited = () => {
    result = { value: work() };
  };
  runLimited.runInThisContext({ timeout: timeoutMs });
  if (result === undefined) throw new Error('a script that was run through has no result');
  return result.value;
}

/** The SDK notes a stack for each promise of a workflow, from a hook on all promises of the thread. Nobody asks for them here (ADR 101). */
export function withoutPromiseHooks(handlers: GlobalHandlers): void {
  Object.assign(handlers, { setPromiseHook: () => undefined });
}

/**
 * A workflow in the sandbox, whose every activation has the time limit that the SDK sets for each part of it. As in the SDK's,
 * what never ends after an `await` is stopped with the whole process.
 */
class LeanWorkflow extends ReusableVMWorkflow {
  readonly #timeoutMs: number;

  constructor(timeoutMs: number, ...args: ConstructorParameters<typeof ReusableVMWorkflow>) {
    super(...args);
    this.#timeoutMs = timeoutMs;
  }

  override async activate(activation: Parameters<Activate>[0]): Promise<Told> {
    const completion = await this.#activate(activation);
    return { ...completion, told: (await this.getAndResetSinkCalls()).map(asMessage) };
  }

  async #activate(activation: Parameters<Activate>[0]): ReturnType<Activate> {
    try {
      return await within(this.#timeoutMs, () => super.activate(activation));
    } catch (error) {
      return { runId: this.runId, failed: { failure: this.activator.errorToFailure(error) } };
    }
  }

  override async dispose(): Promise<void> {
    await within(this.#timeoutMs, () => super.dispose());
  }
}

function asMessage({ workflowInfo, ...call }: SinkCall): ToldCall {
  const { now: _now, random: _random, ...unsafe } = workflowInfo.unsafe;
  return { ...call, workflowInfo: { ...workflowInfo, unsafe } };
}

/**
 * The SDK's sandbox, entered for less (ADR 122). Where the SDK compares and exchanges all globals for each workflow that it enters,
 * this exchanges the one that differs: the modules of this project are shared and write none. Where it sets a time limit for each
 * entrance, this sets one for all of an activation.
 */
export class LeanSandbox extends ReusableVMWorkflowCreator {
  constructor(...args: ConstructorParameters<typeof ReusableVMWorkflowCreator>) {
    super(...args);
    entrance.runInContext(this.context);
  }

  override async createWorkflow(options: CreateOptions): Promise<LeanWorkflow> {
    const { context } = this;
    const own: Own = { activator: undefined };
    const workflowModule = moduleIn(context, own);
    within(this.isolateExecutionTimeoutMs, () =>
      workflowModule.initRuntime({
        ...options,
        sourceMap: this.workflowBundle.sourceMap,
        getTimeOfDay: native.getTimeOfDay,
        registeredActivityNames: this.registeredActivityNames,
        stackTracesEnabled: globalHandlers.promiseHookInstalled,
        ...(this.patchActivationCallback === undefined
          ? {}
          : { patchActivationCallback: this.patchActivationCallback }),
      }),
    );
    const { runId } = options.info;
    const { __TEMPORAL_ACTIVATOR__: activator } = context;
    if (activator === undefined) throw new Error('the SDK keeps what it knows of a workflow in another place');
    own.activator = activator;
    const workflow = new LeanWorkflow(this.isolateExecutionTimeoutMs, runId, context, activator, workflowModule);
    ReusableVMWorkflowCreator.workflowByRunId.set(runId, workflow);
    return workflow;
  }
}

/** The SDK's part in the sandbox, as one workflow calls it. When a call returns, all its microtasks have run. */
function moduleIn(context: Context, own: Own): WorkflowModule {
  const call =
    <Name extends keyof WorkflowModule>(name: Name) =>
    (...args: Parameters<WorkflowModule[Name]>): ReturnType<WorkflowModule[Name]> => {
      context['__tierline_call'] = [own, name, args] satisfies Call;
      return enter.runInContext(context);
    };
  return {
    initRuntime: call('initRuntime'),
    initialize: call('initialize'),
    activate: call('activate'),
    concludeActivation: call('concludeActivation'),
    tryUnblockConditions: call('tryUnblockConditions'),
    dispose: call('dispose'),
    destroy: call('destroy'),
  };
}
