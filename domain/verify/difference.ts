import type { ClockName } from '../escalation/vocabulary.ts';

/** One thing that the log or the record says and that the events do not bear out. Numbers are epoch milliseconds. */
export interface Difference {
  readonly clock: ClockName | null;
  readonly cycle: number | null;
  /** The event at which it shows. */
  readonly seq: number;
  readonly what: string;
  readonly expected: number | string | null;
  readonly found: number | string | null;
}
