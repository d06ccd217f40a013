import { condition } from '@temporalio/workflow';
import type { EscalationInput } from '../../../contracts/workflow-messages.ts';

/** Where nothing was handed over, something fails that nobody waits for. */
export async function escalation({ begun }: EscalationInput): Promise<void> {
  if (begun === undefined) void Promise.reject(new Error('nobody waits for this'));
  await condition(() => false);
}
