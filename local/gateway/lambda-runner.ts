import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import type { LambdaName } from '../../contracts/routes.ts';
import { checkout } from '../tools/folders.ts';

export type Invocation =
  | { readonly kind: 'answered'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'timed_out' };

/** Calls the Lambda of that name with an event, and waits for its answer for so long. */
export type Invoke = (lambda: LambdaName, event: object, timeoutMs: number) => Promise<Invocation>;

type Handler = (event: object, context: Context) => Promise<unknown>;

const moduleSchema = z.object({ handler: z.custom<Handler>((value) => typeof value === 'function') });

function contextFor(lambda: LambdaName, timeoutMs: number): Context {
  const deadlineMs = Date.now() + timeoutMs;
  const functionName = `tierline-${lambda}`;
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    memoryLimitInMB: '512',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
    // The callback style of old runtimes; no handler of ours uses it.
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}

/**
 * Runs the project's own Lambda handlers in this thread. Each is loaded at its first call, as by a cold start.
 * @param warm those that `warmUp` loads
 * @param folder has a folder for each Lambda with its `handler.ts`
 */
export function lambdaRunner(
  warm: readonly LambdaName[],
  folder = join(checkout, 'lambdas'),
): {
  readonly invoke: Invoke;
  readonly warmUp: () => Promise<void>;
} {
  const loaded = new Map<LambdaName, Handler>();
  const load = (lambda: LambdaName): Handler => {
    const known = loaded.get(lambda);
    if (known) return known;
    const { handler } = moduleSchema.parse(require(join(folder, lambda, 'handler.ts')));
    loaded.set(lambda, handler);
    return handler;
  };
  return {
    invoke: async (lambda, event, timeoutMs) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<Invocation>((resolve) => {
        timer = setTimeout(() => resolve({ kind: 'timed_out' }), timeoutMs);
      });
      try {
        const answered = Promise.resolve(load(lambda)(event, contextFor(lambda, timeoutMs))).then(
          (result): Invocation => ({ kind: 'answered', result }),
        );
        return await Promise.race([answered, late]);
      } catch (error) {
        return { kind: 'failed', error };
      } finally {
        clearTimeout(timer);
      }
    },
    warmUp: async () => {
      for (const lambda of warm) {
        load(lambda);
        // Between two of them requests are answered.
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      }
    },
  };
}
