/**
 * Names of metrics and of the log codes that they are made from, for the code that logs and the stack that counts and
 * raises alarms: so they can't drift apart.
 *
 * A metric counts log lines with its code; with `value` it takes that field of the line in their place.
 */
export const metricNamespace = 'Tierline';

export interface LogMetric {
  readonly name: string;
  readonly code: string;
  readonly value?: 'count';
}

export const metrics = {
  /** Accepted intakes without an escalation: must be 0. Logged by each run of the reconciler. */
  lost: { name: 'Lost', code: 'books.lost', value: 'count' },
  /** First commits that were left behind, as the reconciler found them. */
  orphaned: { name: 'Orphaned', code: 'books.orphaned', value: 'count' },
  /** Open escalations without a workflow or a wake-up, as the reconciler found them. */
  stuck: { name: 'Stuck', code: 'books.stuck', value: 'count' },
  /** Requests that ended in an error nobody expected. */
  requestFailed: { name: 'RequestFailed', code: 'request.failed' },
  /** A worker ended because of an error. */
  workerFailed: { name: 'WorkerFailed', code: 'worker.failed' },
  temporalUnreachable: { name: 'TemporalUnreachable', code: 'temporal.unreachable' },
  /** The worker could not read the list of escalations that wait for their workflow. */
  pendingPollFailed: { name: 'PendingPollFailed', code: 'pending.poll_failed' },
  /** Intakes whose workflow did not start in time: the worker starts them. */
  startLeftPending: { name: 'StartLeftPending', code: 'workflow.start_left_pending' },
} as const satisfies Readonly<Record<string, LogMetric>>;

export type MetricKey = keyof typeof metrics;
