import { sleep } from '@temporalio/workflow';
import * as workflows from '../../../workflows/index.ts';
import type { EscalationInput } from '../../../contracts/workflow-messages.ts';

/** What a careless change looks like: a timer that histories written before do not have. */
export async function escalation(input: EscalationInput): Promise<void> {
  await sleep(1_000);
  await workflows.escalation(input);
}
