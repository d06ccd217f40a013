import type { OpenHours } from '../calendar/open-hours.ts';
import type { Policy } from '../policy/policy.ts';
import type { EventBody } from './events.ts';
import type { Actor, PauseReason, ResolutionCode, Severity, TextRef, Tier, UpdateAudience } from './vocabulary.ts';

/** What people (and, where a policy lets them, integrations) ask for. */
export type PersonCommand =
  | { readonly type: 'acknowledge' }
  | { readonly type: 'start-investigation' }
  | { readonly type: 'assign'; readonly assignee: string; readonly team?: string }
  | { readonly type: 'hand-off'; readonly to: string; readonly note: TextRef }
  | { readonly type: 'escalate'; readonly reason: TextRef; readonly toTier?: Tier }
  | { readonly type: 'de-escalate'; readonly reason: TextRef; readonly toTier?: Tier }
  | { readonly type: 'change-severity'; readonly severity: Severity; readonly reason: TextRef }
  | { readonly type: 'note'; readonly text: TextRef }
  | { readonly type: 'send-update'; readonly audience: UpdateAudience; readonly text: TextRef }
  | { readonly type: 'pause'; readonly reason: PauseReason; readonly untilMs: number; readonly note?: TextRef }
  | { readonly type: 'resume' }
  | { readonly type: 'resolve'; readonly code: ResolutionCode; readonly summary: TextRef }
  | { readonly type: 'reopen'; readonly reason: TextRef }
  | { readonly type: 'submit-rca'; readonly text: TextRef }
  | { readonly type: 'approve-rca' }
  | { readonly type: 'close' }
  /** Takes the promises and tiers of another version of its policy, from now on. */
  | { readonly type: 'migrate-policy'; readonly version: number }
  | { readonly type: 'cancel'; readonly reason: TextRef };

export type PersonCommandType = PersonCommand['type'];

export const personCommandTypes = [
  'acknowledge',
  'start-investigation',
  'assign',
  'hand-off',
  'escalate',
  'de-escalate',
  'change-severity',
  'note',
  'send-update',
  'pause',
  'resume',
  'resolve',
  'reopen',
  'submit-rca',
  'approve-rca',
  'close',
  'migrate-policy',
  'cancel',
] as const satisfies readonly PersonCommandType[];

/** What the system tells the core: time has passed, a page had an outcome, a machine spoke. */
export type SystemCommand =
  | { readonly type: 'begin' }
  /** A workflow takes up what was begun without it. */
  | { readonly type: 'take-up' }
  | { readonly type: 'wake' }
  | { readonly type: 'report-clear'; readonly source: string }
  | { readonly type: 'count-occurrences'; readonly count: number }
  | { readonly type: 'record-page'; readonly pageId: string; readonly outcome: PageOutcome }
  | { readonly type: 'record-update'; readonly updateId: string; readonly outcome: UpdateOutcome }
  | { readonly type: 'pin-calendar'; readonly calendarId: string }
  | { readonly type: 'merge'; readonly into: string };

export type PageOutcome =
  | { readonly kind: 'sent'; readonly recipients: readonly string[] }
  | { readonly kind: 'suppressed'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'uncovered' };

export type UpdateOutcome =
  | { readonly kind: 'published'; readonly recipients: readonly string[] }
  | { readonly kind: 'failed'; readonly reason: string };

export type Command = PersonCommand | SystemCommand;

/** Everything that a decision may know besides the state: no clock, no random source, no database is asked. */
export interface DecisionContext {
  /** Page ids derive from it. */
  readonly escalationId: string;
  /** Epoch milliseconds; never earlier than the last event. */
  readonly nowMs: number;
  readonly actor: Actor;
  readonly policy: Policy;
  /** Other versions of the same policy, by version: what `migrate-policy` may take. */
  readonly otherPolicies?: Readonly<Record<number, Policy>>;
  /** Expanded business calendars by hash; `always` needs none. */
  readonly calendars: Readonly<Record<string, OpenHours>>;
  /** Calendar name to the hash in force, for clocks that start now. */
  readonly calendarPins: Readonly<Record<string, string>>;
  /** Behaviour flags under which the escalation is hosted; absent: all that are known, as for one that begins now. */
  readonly flags?: readonly string[];
  /** What a person saw when asking; refused when people have changed the escalation since. */
  readonly expectedRev?: number;
}

export const refusalCodes = [
  'wrong_state',
  'already_so',
  'same_person',
  'rca_required',
  'rca_not_approved',
  'no_such_tier',
  'no_such_policy',
  'bad_time',
  'stale_revision',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

export type Decision =
  | { readonly kind: 'accepted'; readonly events: readonly EventBody[] }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string };
