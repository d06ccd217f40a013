import { join } from 'node:path';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import * as z from 'zod';
import { lambdaNames, type LambdaName } from '../../contracts/routes.ts';
import { lambdaRunner, type Invocation, type Invoke } from './lambda-runner.ts';

const given = z.object({ lambdas: z.array(z.enum(lambdaNames)), folder: z.string().optional() });
const asked = z.object({
  call: z.int(),
  lambda: z.enum(lambdaNames),
  event: z.looseObject({}),
  timeoutMs: z.number(),
});
const told = z.object({
  call: z.int(),
  invocation: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('answered'), result: z.unknown() }),
    z.object({ kind: z.literal('failed'), error: z.unknown() }),
    z.object({ kind: z.literal('timed_out') }),
  ]),
});

/** A call that is not answered for so long beyond the Lambda's time is given up; its thread too, where nothing else is asked of it. */
const patienceMs = 1_000;
/** Longer than any Lambda may take: a thread that says nothing for so long will never say anything. */
const longestSilenceMs = 31_000;

export interface LambdaThread {
  readonly invoke: Invoke;
  /** Begins the thread, if there is none. */
  readonly warmUp: () => void;
  /** Ends the thread; what is asked has failed. */
  readonly close: () => Promise<void>;
}

/**
 * Runs Lambdas in a thread of their own: while one computes for seconds the others answer, as they do on AWS. One that never comes to
 * an end goes with its thread, as its environment goes there, when what was asked beside it has run out of time as well; the next call
 * begins another.
 * @param folder has a folder for each Lambda with its `handler.ts`; the project's own where it is not said
 */
export function lambdaThread(lambdas: readonly LambdaName[], folder?: string): LambdaThread {
  const waiting = new Map<number, (invocation: Invocation) => void>();
  let thread: Worker | null = null;
  let calls = 0;
  let heardAtMs = 0;

  const drop = (ended: Worker, error: unknown): void => {
    if (thread !== ended) return;
    thread = null;
    void ended.terminate();
    const left = [...waiting.values()];
    waiting.clear();
    for (const answer of left) answer({ kind: 'failed', error });
  };
  const running = (): Worker => {
    if (thread !== null) return thread;
    const begun = new Worker(join(__dirname, 'lambda-thread.ts'), {
      workerData: { lambdas, ...(folder === undefined ? {} : { folder }) },
      execArgv: ['--require', join(__dirname, '..', '..', 'scripts', 'register.cjs')],
    });
    begun.on('message', (message) => {
      heardAtMs = performance.now();
      const { call, invocation } = told.parse(message);
      const answer = waiting.get(call);
      waiting.delete(call);
      answer?.(invocation);
    });
    begun.on('error', (error) => drop(begun, error));
    begun.on('exit', () => drop(begun, new Error('the thread of the Lambdas has ended')));
    thread = begun;
    heardAtMs = performance.now();
    return begun;
  };

  return {
    invoke: (lambda, event, timeoutMs) =>
      new Promise((resolve) => {
        const used = running();
        if (waiting.size === 0) heardAtMs = performance.now();
        calls += 1;
        const call = calls;
        const timer = setTimeout(() => {
          waiting.delete(call);
          resolve({ kind: 'timed_out' });
          // What waits behind it may have its turn yet.
          const isHopeless = waiting.size === 0 || performance.now() - heardAtMs > longestSilenceMs;
          if (isHopeless) drop(used, new Error('the thread of the Lambdas was given up'));
        }, timeoutMs + patienceMs);
        waiting.set(call, (invocation) => {
          clearTimeout(timer);
          resolve(invocation);
        });
        const message: unknown = { call, lambda, event, timeoutMs };
        used.postMessage(message, []);
      }),
    warmUp: () => void running(),
    close: async () => {
      const ended = thread;
      if (ended === null) return;
      drop(ended, new Error('the thread of the Lambdas was ended'));
      await ended.terminate();
    },
  };
}

/** What was thrown, in a form that goes from thread to thread. */
function plain(invocation: Invocation): Invocation {
  if (invocation.kind !== 'failed') return invocation;
  const { error } = invocation;
  return { kind: 'failed', error: error instanceof Error ? error : String(error) };
}

function serve(port: NonNullable<typeof parentPort>): void {
  const { lambdas, folder } = given.parse(workerData);
  const runner = lambdaRunner(lambdas, folder);
  port.on('message', (message) => {
    const { call, lambda, event, timeoutMs } = asked.parse(message);
    void runner
      .invoke(lambda, event, timeoutMs)
      .then((invocation) => port.postMessage({ call, invocation: plain(invocation) }));
  });
  runner.warmUp().catch(() => undefined);
}

if (parentPort !== null && require.main === module) serve(parentPort);
