import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentOf, setting } from '../contracts/env.ts';
import { startStack, type Stack, type StackOptions } from './supervisor.ts';

export interface TemporaryStack extends Stack {
  /** Ends the stack and removes its folder. */
  dispose(): Promise<void>;
}

/** Settings of whoever runs the tests that would make two stacks share a part. */
const unset = environmentOf({
  temporalAddress: '',
  temporalHttpUrl: '',
  dynamodbEndpoint: '',
  snsEndpoint: '',
  sqsEndpoint: '',
  pagesTopicArn: '',
  updatesTopicArn: '',
  pagesQueueUrl: '',
  updatesQueueUrl: '',
  issuer: '',
  issuerPort: '',
  dynamodbPort: '',
  snsPort: '',
  temporalPort: '',
  temporalUiPort: '',
  publicUrl: '',
  faultPoint: '',
});

/**
 * A stack of its own on a folder of its own, for tests and measurements: free ports, nothing shared with any other.
 * Endpoints that the environment of the tests may name are not taken over.
 */
export async function startTemporaryStack(
  options: Omit<StackOptions, 'dataDir'> & { readonly dataDir?: string } = {},
): Promise<TemporaryStack> {
  const folder = options.dataDir ?? mkdtempSync(join(tmpdir(), 'tierline-'));
  const stack = await startStack({
    progress: reportOf(),
    ...options,
    env: { ...unset, ...options.env },
    dataDir: folder,
  });
  const dispose = async (): Promise<void> => {
    await stack.stop();
    if (existsSync(folder)) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  return Object.assign(stack, { dispose });
}

/** What the supervisor tells is of interest in a test run only when somebody looks for a fault. */
function reportOf(): (line: string) => void {
  return setting('logLevel') === 'debug' ? (line) => void process.stderr.write(`${line}\n`) : () => undefined;
}
