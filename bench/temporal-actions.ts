/** Of an event in a history only what is billed; the client's own type fits. */
export interface BillableEvent {
  readonly workflowExecutionStartedEventAttributes?: object | null;
  readonly activityTaskScheduledEventAttributes?: object | null;
  readonly activityTaskStartedEventAttributes?: { readonly attempt?: number | null } | null;
  readonly timerStartedEventAttributes?: object | null;
  readonly workflowExecutionSignaledEventAttributes?: object | null;
  readonly workflowExecutionUpdateAcceptedEventAttributes?: object | null;
  readonly upsertWorkflowSearchAttributesEventAttributes?: object | null;
  readonly markerRecordedEventAttributes?: { readonly workflowTaskCompletedEventId?: object | number | null } | null;
}

/** What Temporal Cloud bills for, by kind. */
export interface BillableActions {
  readonly total: number;
  readonly by: Readonly<Record<string, number>>;
}

/**
 * Counts the billable actions that a history shows, by the rules that Temporal Cloud publishes ("Temporal Cloud
 * Actions"): a start, each activity try, each timer, each signal and each accepted update count one, and so do all local
 * activities of one workflow task together; replies and the tasks themselves are free. Rejected updates leave nothing in
 * a history: whoever sends them counts them.
 */
export function billableActions(events: readonly BillableEvent[]): BillableActions {
  const by: Record<string, number> = {};
  const add = (kind: string, count = 1): void => {
    by[kind] = (by[kind] ?? 0) + count;
  };
  const tasksWithLocal = new Set<string>();
  for (const event of events) {
    if (event.workflowExecutionStartedEventAttributes != null) add('start');
    // A retried try is told by its number in the event of the try that was taken last.
    const attempt = event.activityTaskStartedEventAttributes?.attempt;
    if (event.activityTaskScheduledEventAttributes != null) add('activity');
    if (attempt != null && attempt > 1) add('activity retry', attempt - 1);
    if (event.timerStartedEventAttributes != null) add('timer');
    if (event.workflowExecutionSignaledEventAttributes != null) add('signal');
    if (event.workflowExecutionUpdateAcceptedEventAttributes != null) add('update');
    if (event.upsertWorkflowSearchAttributesEventAttributes != null) add('search attributes');
    const marker = event.markerRecordedEventAttributes;
    if (marker != null) tasksWithLocal.add(JSON.stringify(marker.workflowTaskCompletedEventId));
  }
  if (tasksWithLocal.size > 0) add('tasks with local activities', tasksWithLocal.size);
  return { total: Object.values(by).reduce((total, count) => total + count, 0), by };
}
