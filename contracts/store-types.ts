import type { EscalationEvent } from '../domain/escalation/events.ts';
import type { EscalationRecord } from '../domain/escalation/record.ts';

/** One decision's write: all its events, then the record, as design point 2 lays down. */
export interface CommitInput {
  readonly escalationId: string;
  /** At least one, with consecutive sequence numbers. */
  readonly events: readonly EscalationEvent[];
  /** Null: the record of a later commit follows at once, and readers see the decision with it. */
  readonly record: EscalationRecord | null;
  /** Set with the workflow's first commit: the escalation no longer waits for its workflow to begin. */
  readonly clearPending?: boolean;
}

export type CommitResult =
  | { readonly kind: 'committed' }
  /** The slot held other events: they are the truth, the caller adopts them and decides again. */
  | {
      readonly kind: 'adopted';
      /** Everything that stands in the log from the slot on, in order. */
      readonly events: readonly EscalationEvent[];
      /** Whether the head now shows the last of them; if not, the next commit will. */
      readonly headRepaired: boolean;
    };

export type NotificationKind = 'page' | 'update';

/** What was told to whom; written before it is published, so that a retry tells the same people. */
export interface NotificationRecord {
  /** `<escalation>#<step>#<n>`: also the id in the published message. */
  readonly id: string;
  readonly escalationId: string;
  readonly kind: NotificationKind;
  /** Version of the published message's shape: a retry publishes what the first attempt would have. */
  readonly messageType: string;
  readonly recipients: readonly string[];
  readonly createdAtMs: number;
}
