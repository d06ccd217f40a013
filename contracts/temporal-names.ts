import type { CarriedState, EscalationInput } from './workflow-messages.ts';

/**
 * Temporal's names, in one place: a misspelt signal name succeeds silently.
 * Imported by workflows: plain constants only.
 */
export const taskQueues = {
  /** Escalations are spread over these by their ids (ADR 119); what began while there was one is on the first. */
  escalations: ['tierline-escalations', 'tierline-escalations-2'],
  reconciler: 'tierline-escalations',
} as const;
export const workflowTypes = { escalation: 'escalation', reconciler: 'reconciler' } as const;
/** The schedule and the workflow of the reconciler: one of each. */
export const reconcilerIds = { schedule: 'tierline-reconciler', workflow: 'tierline-reconciler-run' } as const;
export const updateNames = { command: 'command' } as const;
export const signalNames = {
  /** The pointer's count has passed a threshold: a hint, the counter itself is read. */
  occurrences: 'occurrences',
  /** A machine reports that the cause has cleared. */
  cleared: 'cleared',
  /** A business calendar or a policy in use has changed. */
  calendarChanged: 'calendar-changed',
  /** Look at the books again: sent by the reconciler. */
  nudge: 'nudge',
  /** Due by now, and its timer has not fired: sent by a worker for the most severe. */
  wake: 'wake',
  merged: 'merged',
} as const;
export const queryNames = { state: 'state' } as const;
/** Priority keys by severity: 1 is served first. */
export const priorityKeys = { sev1: 1, sev2: 2, sev3: 3, sev4: 4 } as const;

/** A worker that died in a task costs this long; the server's default of 10 s is as late as a polling engine. Milliseconds. */
export const taskTimeoutMs = 2_000;

/** Which task queue an escalation that begins is given; a running one stays where it began. */
export function escalationQueueOf(escalationId: string): string {
  let hash = 0;
  for (const character of escalationId) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0;
  const queues = taskQueues.escalations;
  return queues[hash % queues.length] ?? queues[0];
}

/**
 * How an escalation's workflow is started, by whoever starts it: starting one that runs changes nothing, and one that
 * has ended (a closed escalation that is reopened) is made again from its log.
 */
export function escalationStart(escalationId: string, severity: keyof typeof priorityKeys, begun?: CarriedState) {
  const args: [EscalationInput] = [begun === undefined ? { escalationId } : { escalationId, begun }];
  return {
    taskQueue: escalationQueueOf(escalationId),
    workflowId: escalationId,
    args,
    workflowTaskTimeout: taskTimeoutMs,
    priority: { priorityKey: priorityKeys[severity] },
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  } as const;
}
