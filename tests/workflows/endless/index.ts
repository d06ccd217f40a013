import { condition, defineQuery, setHandler, workflowInfo } from '@temporalio/workflow';
import type { EscalationInput } from '../../../contracts/workflow-messages.ts';

/** What a workflow sees around it. */
interface Around {
  readonly workflowId: string;
  readonly nowMs: number;
  readonly globals: readonly string[];
}

/** Where nothing was handed over, it never comes to an end. */
export async function escalation({ begun }: EscalationInput): Promise<void> {
  setHandler(defineQuery<Around>('around'), () => ({
    workflowId: workflowInfo().workflowId,
    nowMs: Date.now(),
    globals: Object.getOwnPropertyNames(globalThis).toSorted(),
  }));
  // oxlint-disable-next-line no-unmodified-loop-condition -- it is not to end
  while (begun === undefined);
  await condition(() => false);
}
