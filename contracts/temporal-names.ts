/**
 * Temporal's names, in one place: a misspelt signal name succeeds silently.
 * Imported by workflows: plain constants only.
 */
export const taskQueues = { escalations: 'tierline-escalations' } as const;
export const workflowTypes = { escalation: 'escalation', reconciler: 'reconciler' } as const;
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
  merged: 'merged',
} as const;
export const queryNames = { state: 'state' } as const;
/** Priority keys by severity: 1 is served first. */
export const priorityKeys = { sev1: 1, sev2: 2, sev3: 3, sev4: 4 } as const;
