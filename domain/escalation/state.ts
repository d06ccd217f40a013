import type { ClockState } from '../sla/clock.ts';
import type { CalendarPin, PageCause } from './events.ts';
import type {
  Category,
  Channel,
  ClockName,
  EscalationState,
  PauseReason,
  Severity,
  Target,
  TextRef,
  Tier,
  UpdateAudience,
} from './vocabulary.ts';

/** Raised when the shape below changes; older snapshots are upcast by `upcastEscalation`. */
export const stateVersion = 1;

/** Who is being asked to acknowledge, and until when. Null while nobody is asked. */
export interface Walk {
  readonly tier: Tier;
  readonly round: number;
  readonly step: number;
  /** Somebody has to acknowledge by then; what happens when nobody does is decided at the wake after it. */
  readonly acknowledgeByMs: number;
}

/** A page that was decided and has no outcome yet. */
export interface PendingPage {
  readonly pageId: string;
  readonly tier: Tier;
  readonly targets: readonly Target[];
  readonly cause: PageCause;
  readonly isStep: boolean;
  readonly requestedAtMs: number;
}

/** A page that waits for quiet hours or a maintenance window to end. */
export interface HeldPage {
  readonly pageId: string;
  readonly tier: Tier;
  readonly targets: readonly Target[];
  readonly cause: PageCause;
  readonly isStep: boolean;
  readonly untilMs: number;
}

/** An update that was decided and is not known to be published. */
export interface PendingUpdate {
  readonly updateId: string;
  readonly audience: UpdateAudience;
  /** The text that somebody wrote; null for what the policy tells by itself. */
  readonly textId: string | null;
  readonly cause: string;
  readonly decidedAtMs: number;
}

export interface Pause {
  readonly reason: PauseReason;
  readonly sinceMs: number;
  readonly untilMs: number;
}

export interface Rca {
  readonly text: TextRef;
  readonly submittedBy: string;
  readonly approvedBy: string | null;
}

/** One escalation, folded from its log. Holds no free text and no list that grows with its commands. */
export interface Escalation {
  readonly stateVersion: typeof stateVersion;
  readonly status: EscalationState;
  /** Counts events: the sequence number of the last one. */
  readonly seq: number;
  /** Counts what people changed: compared by `If-Match`. */
  readonly rev: number;
  readonly createdAtMs: number;
  /** Instant of the last event. */
  readonly updatedAtMs: number;
  readonly title: TextRef;
  readonly body: TextRef | null;
  readonly channel: Channel;
  readonly category: Category;
  readonly severity: Severity;
  readonly tier: Tier;
  readonly policy: { readonly name: string; readonly version: number };
  readonly dedupKey: string | null;
  readonly accountId: string | null;
  readonly accountClass: string | null;
  readonly team: string | null;
  readonly source: string;
  readonly reportedBy: string;
  readonly assignee: string | null;
  readonly occurrences: number;
  /** Whether the first decision was made: clocks run and the first tier was entered. */
  readonly begun: boolean;
  readonly walk: Walk | null;
  /** Steps entered so far; page ids derive from it. */
  readonly steps: number;
  /** Pages requested so far. */
  readonly pages: number;
  readonly pendingPages: readonly PendingPage[];
  readonly heldPages: readonly HeldPage[];
  /** Updates decided so far; their ids derive from it. */
  readonly updates: number;
  readonly pendingUpdates: readonly PendingUpdate[];
  /** Set when a step reached nobody, until somebody acknowledges. */
  readonly uncovered: boolean;
  /** Set once the fallback was asked in this walk. */
  readonly fallbackPaged: boolean;
  /** The last repeat of the policy ran out unheard. */
  readonly exhausted: boolean;
  /** Missed promises that move the tier up when the time of the tier that was asked is over: epoch ms, by clock. */
  readonly climbsOwed: Readonly<Partial<Record<ClockName, number>>>;
  readonly pause: Pause | null;
  readonly clocks: Readonly<Partial<Record<ClockName, ClockState>>>;
  /** Clocks of earlier cycles, oldest first. */
  readonly pastClocks: readonly ClockState[];
  /** Calendar in force by name, and how far its expansion reaches. */
  readonly calendars: Readonly<Record<string, { readonly pin: CalendarPin; readonly coveredUntilMs: number }>>;
  readonly rca: Rca | null;
  readonly resolvedAtMs: number | null;
  readonly reopenings: number;
  /** Instant of the last thing that a person did; null before the first. */
  readonly lastTouchedAtMs: number | null;
  /** Page of the idle reminder already sent for `lastTouchedAtMs`. */
  readonly idlePagedForMs: number | null;
  readonly mergedInto: string | null;
  /** A machine said that its cause has cleared. */
  readonly sourceClearedAtMs: number | null;
}
