import type { OpenHours } from '../domain/calendar/open-hours.ts';
import type { EscalationEvent } from '../domain/escalation/events.ts';
import type { EscalationRecord } from '../domain/escalation/record.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { Escalation, PendingPage, PendingUpdate } from '../domain/escalation/state.ts';
import type { PageOutcome, SystemCommand, UpdateOutcome } from '../domain/escalation/commands.ts';
import type { Severity, Category } from '../domain/escalation/vocabulary.ts';
import type { CommitResult } from '../contracts/store-types.ts';
import type { CarriedState, ProcessedCommand } from '../contracts/workflow-messages.ts';

export interface LoadRequest {
  readonly escalationId: string;
}

/** What a local activity says of the time, for the timer that its workflow arms next. */
export interface Ended {
  /** The worker's clock at its end, epoch ms: it may be wrong. Absent in older histories. */
  readonly endedAtMs?: number;
}

/** What is recorded of a decision that stands. */
export interface Stands {
  /**
   * The workflow's instant at which it was made, epoch ms: a replay may come to it at another. Absent in older histories, and
   * where nothing was decided.
   */
  readonly decidedAtMs?: number;
}

export interface LoadReply extends CarriedState, Ended {
  /** Repeats of the dedup key as the whole count, where some are not folded in; null: none. */
  readonly newCount?: number | null;
}

export interface CommitRequest {
  readonly escalationId: string;
  readonly events: readonly EscalationEvent[];
  readonly record: EscalationRecord;
  /** True for the first commit of a workflow that has not loaded its log: the escalation leaves the list of those that wait for their workflow. */
  readonly clearPending: boolean;
  /** With the first commit of one that intake has begun: the key whose repeats are to be read. */
  readonly countOn?: string;
  /** Commands that leave the workflow's set; written before the commit. */
  readonly evict: readonly ProcessedCommand[];
}

/** With the count of the dedup key where it was asked for; null: it is another escalation's or gone. */
export type CommitReply = CommitResult & Ended & Stands & { readonly count?: number | null };

/** As a commit is written: without a record, the one of a later commit follows at once. */
export type CommitWrite = Omit<CommitRequest, 'record'> & { readonly record: EscalationRecord | null };

/** A decision with what it asks to be told, to be carried out in one call. */
export interface CarryOutRequest {
  readonly escalationId: string;
  /** Written first; null: what is to be told stands in the log already. */
  readonly commit: Omit<CommitRequest, 'countOn'> | null;
  /** What the log leads to after that. */
  readonly state: Escalation;
  /** Calendar name to the hash in force. */
  readonly calendarPins: Readonly<Record<string, string>>;
  readonly flags: readonly string[];
  /** The workflow's instant. Epoch ms. */
  readonly atMs: number;
  readonly pages: readonly PageRequest[];
  readonly updates: readonly TellRequest[];
  /** With the first call of one that intake has begun: the key whose repeats are to be read. */
  readonly countOn?: string;
}

export type CarryOutReply =
  /** As `CommitReply`: other events stand in the place of the decision, and nothing was sent. */
  | Extract<CommitReply, { readonly kind: 'adopted' }>
  | (Ended &
      Stands & {
        readonly kind: 'carried_out';
        /** As decided and written behind the decision: the outcomes of what was sent, and of what can't be. */
        readonly events: readonly EscalationEvent[];
        /** Those outcomes where they could not be written: the workflow decides them. What has none did not go in time. */
        readonly outcomes: readonly Extract<SystemCommand, { readonly type: 'record-page' | 'record-update' }>[];
        readonly count?: number | null;
      });

export interface PointerRequest {
  readonly escalationId: string;
  readonly dedupKey: string;
  /** Close only if no repeat has come since this count. */
  readonly expectedCount: number;
  /** Epoch ms of the decision. */
  readonly nowMs: number;
}

export type PointerClosing =
  | { readonly kind: 'closed' }
  | { readonly kind: 'changed'; readonly count: number }
  | { readonly kind: 'not_ours' };

export interface PageRequest {
  readonly escalationId: string;
  readonly page: PendingPage;
  readonly severity: Severity;
  readonly category: Category;
  readonly drill: boolean;
  /** The workflow's instant: recipients are resolved at it, whenever the page is tried. Epoch ms. */
  readonly atMs: number;
}

export interface TellRequest {
  readonly escalationId: string;
  readonly update: PendingUpdate;
  readonly severity: Severity;
  readonly category: Category;
  readonly drill: boolean;
  readonly accountId: string | null;
}

export interface CalendarsRequest {
  readonly calendarIds: readonly string[];
  readonly fromMs: number;
}

export interface CalendarsReply {
  readonly calendars: Readonly<Record<string, OpenHours>>;
  readonly calendarPins: Readonly<Record<string, string>>;
}

/** What the escalation workflow asks of the world. Each of these may be repeated without a second effect. */
export interface EscalationActivities {
  load(request: LoadRequest): Promise<LoadReply>;
  commit(request: CommitRequest): Promise<CommitReply>;
  /** Writes a decision, sends what it asks for and writes the outcomes; see `activities/carry-out.ts`. */
  carryOut(request: CarryOutRequest): Promise<CarryOutReply>;
  /** Answers once the store takes writes. */
  probe(request: { escalationId: string }): Promise<void>;
  /** The outcome of each command that the store knows, by id. */
  findProcessed(request: { escalationId: string; commandIds: readonly string[] }): Promise<readonly ProcessedCommand[]>;
  /** The pointer's count; null when it is another escalation's or gone. */
  readOccurrences(request: { escalationId: string; dedupKey: string }): Promise<number | null>;
  closePointer(request: PointerRequest): Promise<PointerClosing>;
  reopenPointer(request: PointerRequest): Promise<void>;
  /** One version of a policy; null where there is none. */
  loadPolicy(request: { name: string; version: number }): Promise<Policy | null>;
  loadCalendars(request: CalendarsRequest): Promise<CalendarsReply>;
  page(request: PageRequest): Promise<PageOutcome>;
  tell(request: TellRequest): Promise<UpdateOutcome>;
}
