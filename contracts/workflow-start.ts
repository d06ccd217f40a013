import type { Severity } from '../domain/escalation/vocabulary.ts';
import { workflowIdOf } from './ids.ts';
import { priorityKeys, taskQueues, workflowTypes } from './temporal-names.ts';
import type { EscalationInput } from './workflow-messages.ts';

export const escalationWorkflowType = workflowTypes.escalation;

/**
 * How an escalation's workflow is started, whoever does it: intake, the poller of pending ones, the reconciler, or a
 * command that finds none. Starting it again is harmless: a running one is used, an ended one is made again from its log.
 */
export function escalationStart(escalationId: string, severity: Severity) {
  const input: EscalationInput = { escalationId };
  return {
    workflowId: workflowIdOf(escalationId),
    taskQueue: taskQueues.escalations,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    // A killed worker's task goes to another after this long; 10 s would be the default.
    workflowTaskTimeout: '2s',
    priority: { priorityKey: priorityKeys[severity] },
  } as const;
}
