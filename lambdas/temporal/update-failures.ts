import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';

import type { CommandOutcome } from '../../contracts/workflow-messages.ts';
import { refusalCodes } from '../../domain/escalation/commands.ts';
import { isOneOf } from '../../domain/escalation/vocabulary.ts';

function failureIn(error: unknown): ApplicationFailure | null {
  if (!(error instanceof WorkflowUpdateFailedError)) return null;
  return error.cause instanceof ApplicationFailure ? error.cause : null;
}

/** The refusal that a rejected update carries as the type of its failure; null for any other error. */
export function refusalIn(error: unknown): CommandOutcome | null {
  const { type, message = '' } = failureIn(error) ?? {};
  return isOneOf([...refusalCodes, 'idempotency_key_reused'] as const, type)
    ? { kind: 'refused', code: type, message }
    : null;
}

/**
 * Failures that the server itself gives an update. Of one that it rejected as not processed nothing has happened: it came
 * in while a workflow task ended without it. One whose workflow ended first may have been done: its id tells the next
 * run. Either may be given again.
 */
const serverFailures = ['UnprocessedUpdate', 'AcceptedUpdateCompletedWorkflow'] as const;

export function wasNotDecided(error: unknown): boolean {
  return isOneOf(serverFailures, failureIn(error)?.type);
}
