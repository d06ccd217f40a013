import type {
  CarriedState,
  ClearedMessage,
  CommandMessage,
  CommandOutcome,
  OccurrencesHint,
} from '../../contracts/workflow-messages.ts';
import type { Severity } from '../../domain/escalation/vocabulary.ts';

/** What the API asks of running escalations. Temporal is behind it; tests put the bare core there. */
export interface EscalationGateway {
  /**
   * Gives a command to an escalation, starting its workflow where there is none, and waits for the outcome. Giving it
   * again under the same id is harmless.
   */
  sendCommand(escalationId: string, severity: Severity, message: CommandMessage): Promise<CommandAnswer>;
  /**
   * Starts the workflow of a new escalation.
   * @param begun what intake knows of it; absent: its log is read
   * @throws Error when that failed or took too long
   */
  start(escalationId: string, severity: Severity, begun?: CarriedState): Promise<void>;
  /** Tells that repeats have passed a threshold; a hint that may be lost. @throws Error when it was not delivered */
  hintOccurrences(escalationId: string, hint: OccurrencesHint): Promise<void>;
  /** Tells that a machine's cause has cleared. @throws ApiError `unavailable` or `overloaded`: send it again */
  reportClear(escalationId: string, severity: Severity, message: ClearedMessage): Promise<void>;
}

export type CommandAnswer =
  | CommandOutcome
  /** It was handed over; its outcome was not known in time. */
  | { readonly kind: 'pending' };
