import type {
  Actor,
  Category,
  Channel,
  ClockName,
  PauseReason,
  ResolutionCode,
  Severity,
  Target,
  TextRef,
  Tier,
  UpdateAudience,
} from './vocabulary.ts';

/** The instant, the place in the log and the cause that every event carries. */
export interface EventMeta {
  /** Place in the escalation's log, from 1, without gaps. */
  readonly seq: number;
  /** Epoch milliseconds; never earlier than the event before. */
  readonly atMs: number;
  readonly actor: Actor;
  /** The command that caused it; absent for what the system decided by itself. */
  readonly commandId?: string;
}

export interface CalendarPin {
  /** Name of the calendar in the policy set. */
  readonly id: string;
  /** Content hash of its expansion into open intervals. */
  readonly hash: string;
}

export type TierCause =
  | 'started'
  /** Its first page waited too long for a workflow to send it: the tier is asked anew, with all of its time. */
  | 'taken_up_late'
  | 'not_acknowledged'
  | 'step_uncovered'
  | 'clock_breached'
  | 'by_hand'
  | 'repeat'
  | 'severity_raised'
  | 'reopened';

export type PageCause = TierCause | 'fallback' | 'warning' | 'breach' | 'assigned' | 'handed_off' | 'idle';

export type EventBody =
  | {
      readonly type: 'escalation.received';
      readonly title: TextRef;
      /** The raw body as it came in; absent when there was none. */
      readonly body?: TextRef;
      readonly channel: Channel;
      readonly category: Category;
      readonly severity: Severity;
      readonly policy: { readonly name: string; readonly version: number };
      /** Hash of the caller's dedup key. */
      readonly dedupKey?: string;
      readonly accountId?: string;
      /** Class of the account in the directory, for policies that promise more to some. */
      readonly accountClass?: string;
      readonly team?: string;
      /** Which intake it came through: `api`, `alertmanager`, … */
      readonly source: string;
    }
  | {
      readonly type: 'tier.entered';
      readonly tier: Tier;
      /** Which walk through the tiers, from 1. */
      readonly round: number;
      readonly step: number;
      readonly cause: TierCause;
      readonly reason?: TextRef;
      /** Somebody of this tier has to acknowledge by then. */
      readonly acknowledgeByMs: number;
    }
  | { readonly type: 'tier.lowered'; readonly from: Tier; readonly to: Tier; readonly reason: TextRef }
  | { readonly type: 'tiers.exhausted'; readonly rounds: number }
  | {
      /** A missed promise would move the tier up, but the tier's people still have time to answer: it moves then. */
      readonly type: 'climb.deferred';
      readonly clock: ClockName;
      readonly untilMs: number;
    }
  | {
      readonly type: 'page.requested';
      readonly pageId: string;
      readonly tier: Tier;
      readonly targets: readonly Target[];
      readonly cause: PageCause;
      /** True for the page whose going unheard moves the tier on. */
      readonly isStep: boolean;
    }
  | {
      /** The page waits; when its time has come it is requested under the same id. */
      readonly type: 'page.held';
      readonly pageId: string;
      readonly tier: Tier;
      readonly targets: readonly Target[];
      readonly cause: PageCause;
      readonly isStep: boolean;
      readonly reason: 'quiet_hours' | 'maintenance';
      readonly untilMs: number;
    }
  | { readonly type: 'page.sent'; readonly pageId: string; readonly recipients: readonly string[] }
  | { readonly type: 'page.suppressed'; readonly pageId: string; readonly reason: string }
  | { readonly type: 'page.failed'; readonly pageId: string; readonly reason: string }
  | { readonly type: 'step.uncovered'; readonly pageId: string; readonly tier: Tier }
  | {
      readonly type: 'clock.started';
      readonly clock: ClockName;
      /** 1 for the first run, one more with each reopening or each further update owed. */
      readonly cycle: number;
      readonly targetMs: number;
      readonly calendar: CalendarPin;
      readonly warnAtPercent: readonly number[];
      readonly pausable: boolean;
    }
  | { readonly type: 'clock.stopped'; readonly clock: ClockName; readonly cause: string }
  | { readonly type: 'clock.paused'; readonly clock: ClockName; readonly cause: string }
  | { readonly type: 'clock.resumed'; readonly clock: ClockName; readonly cause: string }
  | {
      readonly type: 'clock.retargeted';
      readonly clock: ClockName;
      readonly targetMs: number;
      readonly calendar: CalendarPin;
      readonly warnAtPercent: readonly number[];
      readonly pausable: boolean;
      readonly cause: string;
    }
  | { readonly type: 'clock.warned'; readonly clock: ClockName; readonly percent: number; readonly warnAtMs: number }
  | { readonly type: 'clock.breached'; readonly clock: ClockName; readonly cycle: number; readonly dueAtMs: number }
  | { readonly type: 'policy.migrated'; readonly name: string; readonly from: number; readonly to: number }
  | { readonly type: 'calendar.pinned'; readonly calendar: CalendarPin; readonly coveredUntilMs: number }
  | { readonly type: 'escalation.acknowledged'; readonly by: string; readonly tier: Tier }
  | { readonly type: 'investigation.started' }
  | { readonly type: 'escalation.assigned'; readonly assignee: string; readonly team?: string }
  | {
      readonly type: 'escalation.handed_off';
      readonly from: string | null;
      readonly to: string;
      readonly note: TextRef;
    }
  | {
      readonly type: 'severity.changed';
      readonly from: Severity;
      readonly to: Severity;
      readonly cause: string;
      readonly reason?: TextRef;
    }
  | { readonly type: 'note.added'; readonly text: TextRef }
  | {
      /** Somebody wrote to an audience; it is published under `updateId`. */
      readonly type: 'update.sent';
      readonly updateId: string;
      readonly audience: UpdateAudience;
      readonly text: TextRef;
    }
  | {
      /** The policy tells an audience of a missed or nearly missed promise: an update is owed. */
      readonly type: 'update.promised';
      readonly updateId: string;
      readonly audience: UpdateAudience;
      readonly cause: string;
    }
  | { readonly type: 'update.published'; readonly updateId: string; readonly recipients: readonly string[] }
  | { readonly type: 'update.failed'; readonly updateId: string; readonly reason: string }
  | {
      readonly type: 'escalation.paused';
      readonly reason: PauseReason;
      readonly untilMs: number;
      readonly note?: TextRef;
    }
  | {
      readonly type: 'escalation.resumed';
      readonly cause: 'by_hand' | 'time_over' | 'resolved' | 'ended';
      /** The acknowledgement that was owed when the pause began, moved by the pause's length. */
      readonly acknowledgeByMs?: number;
    }
  | { readonly type: 'escalation.resolved'; readonly code: ResolutionCode; readonly summary?: TextRef }
  | { readonly type: 'escalation.reopened'; readonly reason: TextRef }
  | { readonly type: 'rca.submitted'; readonly text: TextRef; readonly by: string }
  | { readonly type: 'rca.approved'; readonly by: string }
  | { readonly type: 'escalation.closed' }
  | { readonly type: 'escalation.cancelled'; readonly reason: TextRef }
  | { readonly type: 'escalation.merged'; readonly into: string }
  | { readonly type: 'occurrences.counted'; readonly count: number }
  | { readonly type: 'source.cleared'; readonly source: string };

export type EscalationEvent = EventMeta & EventBody;
export type EventType = EventBody['type'];
