import { executionAsyncId } from 'node:async_hooks';
import { TemporalChannel } from '../../../lambdas/temporal/temporal-channel.ts';

/** Prints whether Node follows promises in a process that has called Temporal, as it does once a context was handed on. */
async function main(): Promise<void> {
  const channel = new TemporalChannel({ address: '127.0.0.1:1', namespace: 'default' });
  const failed = await channel
    .within(300, (client) => client.workflow.getHandle('none').describe())
    .then(
      () => false,
      () => true,
    );
  channel.close();
  await Promise.resolve();
  process.stdout.write(JSON.stringify({ failed, followed: executionAsyncId() !== 0 }));
}

void main();
