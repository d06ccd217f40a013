import type { EscalationRecord } from '../domain/escalation/record.ts';
import type { OpenHours } from '../domain/calendar/open-hours.ts';
import type { PersonCommand, RefusalCode } from '../domain/escalation/commands.ts';
import type { Escalation } from '../domain/escalation/state.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { Actor } from '../domain/escalation/vocabulary.ts';

/** What a run of the escalation workflow is started with. The rest is read from the log. */
export interface EscalationInput {
  readonly escalationId: string;
  /** Present after continue-as-new. */
  readonly carried?: CarriedState;
  /** What intake knows of an escalation that it has begun, so that its log need not be read. A page is under way in it. */
  readonly begun?: CarriedState;
}

/** Everything that a run needs before its first decision: read from the log, or carried from the run before. */
export interface CarriedState {
  readonly state: Escalation;
  readonly policy: Policy;
  /** Expanded business calendars by hash. */
  readonly calendars: Readonly<Record<string, OpenHours>>;
  /** Calendar name to the hash in force. */
  readonly calendarPins: Readonly<Record<string, string>>;
  /** Commands done, oldest first, at most 1,000. */
  readonly processed: readonly ProcessedCommand[];
  /** How many older ones live in the store only. */
  readonly evicted: number;
  /** Behaviour in force for this escalation; see `contracts/behaviour-flags.ts`. */
  readonly flags: readonly string[];
}

/**
 * What may be handed to a new workflow in place of its log: only where a page is to be sent, for the commit of its outcome
 * takes the escalation off the list of those that wait for their workflow.
 */
export function mayBeHandedOver(carried: CarriedState): CarriedState | undefined {
  return carried.state.begun && carried.state.pendingPages.length > 0 ? carried : undefined;
}

export interface ProcessedCommand {
  readonly commandId: string;
  readonly bodyHash: string;
  /** Sequence number of the last event that the command caused. */
  readonly seq: number;
}

/** The argument of the update `command`. The update's id is `commandId` with the start of `bodyHash`. */
export interface CommandMessage {
  readonly commandId: string;
  /** Hash of the request, so that one id can't stand for two requests. */
  readonly bodyHash: string;
  readonly actor: Actor;
  readonly command: PersonCommand;
  /** From `If-Match`. */
  readonly expectedRev?: number;
}

/** What the update answers, after its commit. Refusals known at once come as a rejected update instead. */
export type CommandOutcome =
  | {
      readonly kind: 'done';
      readonly seq: number;
      readonly rev: number;
      readonly replayed: boolean;
      /** As its commit left it, so that the caller need not read it; a repeat has none. */
      readonly record?: EscalationRecord;
    }
  | { readonly kind: 'refused'; readonly code: RefusalCode | 'idempotency_key_reused'; readonly message: string };

export interface OccurrencesHint {
  readonly count: number;
}

export interface ClearedMessage {
  readonly source: string;
  readonly messageId: string;
}

/** What workflows tell the worker that runs them, outside their history. A type, since the SDK wants an index signature. */
export type TimerSinks = {
  readonly timers: {
    /** A timer is asked for in the task that runs. @param atMs what it is for, epoch milliseconds */
    armed(atMs: number): void;
  };
};
