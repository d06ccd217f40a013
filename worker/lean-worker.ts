import { Worker } from '@temporalio/worker';
import { concat, defer, mergeMap, type Observable } from 'rxjs';
import { leanThreads, withoutCodecs, type CreateThreads, type Threads } from './lean-threads.ts';

type HandleActivation = Worker['handleActivation'];
type Activation = Parameters<HandleActivation>[1]['activation'];
type LoadedWorkflow = NonNullable<Parameters<HandleActivation>[0]>;

/** The threads that the workflows of one bundle run in, and how many workers use them. */
interface SharedThreads {
  readonly threads: Promise<Threads>;
  users: number;
}

/**
 * The SDK's worker with less held for each workflow in memory: where the SDK keeps a chain of streams and the last
 * completion of each, this keeps a map's entry (ADR 118). Workers of one bundle share their threads (ADR 119), whose sandbox is
 * entered for less (ADR 122). Everything else is the SDK's own.
 */
export class LeanWorker extends Worker {
  static readonly #shared = new Map<string, SharedThreads>();
  readonly #loaded = new Map<string, LoadedWorkflow>();
  readonly #withoutCodecs = withoutCodecs(this.options);

  /** @returns by what the server knows the build that workers of one bundle run */
  static buildIdOf([worker]: readonly Worker[]): string {
    const buildId = worker?.options.buildId;
    if (buildId === undefined) throw new Error('a worker has no build id of its own any more');
    return buildId;
  }

  /** With the threads their heaps are shared, and all that workflows have alike. */
  protected static override async createWorkflowCreator(...args: Parameters<CreateThreads>): Promise<Threads> {
    const [{ code }, { debugMode, reuseV8Context }] = args;
    if (debugMode || !reuseV8Context) return super.createWorkflowCreator(...args);
    const shared = this.#shared.get(code) ?? { threads: leanThreads(...args), users: 0 };
    this.#shared.set(code, shared);
    shared.users += 1;
    const threads = await shared.threads.catch((error: unknown) => {
      this.#shared.delete(code);
      throw error;
    });
    return {
      createWorkflow: (options) => threads.createWorkflow(options),
      destroy: async () => {
        shared.users -= 1;
        if (shared.users > 0) return;
        this.#shared.delete(code);
        await threads.destroy();
      },
    };
  }

  protected override workflow$(): Observable<void> {
    if (this.workflowCreator === undefined) return super.workflow$();
    return concat(
      this.workflowPoll$().pipe(mergeMap((activation) => this.#handle(activation))),
      defer(() => this.#disposeAll()),
    );
  }

  /** The SDK's core hands out a run's next activation when it has been given the completion of the one before. */
  async #handle(activation: Activation): Promise<void> {
    const { runId } = activation;
    countBy(this.numInFlightActivationsSubject, 1);
    const { state, output } = await this.handleActivation(this.#loaded.get(runId), { activation, synthetic: false });
    countBy(this.numInFlightActivationsSubject, -1);
    if (output.close) {
      if (this.#loaded.delete(runId)) countBy(this.numCachedWorkflowsSubject, -1);
    } else if (state !== undefined) {
      if (this.#withoutCodecs !== undefined) state.workflowCodecRunner = this.#withoutCodecs;
      this.#loaded.set(runId, state);
    }
    if (output.completion !== undefined) await this.#complete(output.completion);
  }

  /** The threads of workflows end only when nothing is loaded in them. */
  async #disposeAll(): Promise<void> {
    const left = [...this.#loaded.values()];
    this.#loaded.clear();
    await Promise.all(left.map(({ workflow }) => workflow.dispose()));
    countBy(this.numCachedWorkflowsSubject, -left.length);
  }

  async #complete({ buffer, byteOffset, byteLength }: Uint8Array): Promise<void> {
    try {
      await this.nativeWorker.completeWorkflowActivation(Buffer.from(buffer, byteOffset, byteLength));
    } catch (error) {
      this.logger.error('The completion of an activation was refused, so the worker ends', { error });
      this.unexpectedErrorSubject.error(error);
    }
  }
}

function countBy(count: Worker['numInFlightActivationsSubject'], by: number): void {
  count.next(count.value + by);
}
