import type { BookFault } from '../domain/books/faults.ts';
import type { BooksMemory, Reconciliation } from '../contracts/reconciliation.ts';

/** An escalation to be looked at, or an open key that names one. */
export interface Suspect {
  readonly escalationId: string;
  /** Where it was come upon by its key. */
  readonly dedupKey?: string;
  /** Runs that found it wrong before. */
  readonly runs?: number;
}

export interface AuditRequest {
  readonly suspects: readonly Suspect[];
  /** Epoch ms, the workflow's. */
  readonly nowMs: number;
  /** False: only look. */
  readonly repair: boolean;
}

export interface Audited {
  readonly escalationId: string;
  readonly dedupKey?: string;
  /** All that was found, in the order in which it showed. */
  readonly found: readonly BookFault[];
  /** What is still so after the repairs. */
  readonly left: readonly BookFault[];
}

export interface SuspectPage {
  readonly suspects: readonly Suspect[];
  /** How many were passed. */
  readonly seen: number;
  /** null: the end. */
  readonly next: string | null;
}

export interface OpenPageRequest {
  readonly after: string | null;
  readonly limit: number;
  readonly nowMs: number;
  /** One in `of` is looked up each sweep, another each time. */
  readonly sample: { readonly turn: number; readonly of: number };
}

/** What the reconciler asks of the world. Each of these may be repeated without a second effect. */
export interface ReconcilerActivities {
  openBooks(): Promise<BooksMemory>;
  /** Those that have been waiting for their workflow for too long. */
  listWaiting(request: { readonly nowMs: number; readonly limit: number }): Promise<readonly Suspect[]>;
  /** Reads a page of open records; suspects are those that are overdue and the sample. */
  sweepOpen(request: OpenPageRequest): Promise<SuspectPage>;
  /** Passes a page of the table's items; suspects are the escalations and open keys in it. */
  sweepItems(request: { readonly after: string | null; readonly limit: number }): Promise<SuspectPage>;
  audit(request: AuditRequest): Promise<readonly Audited[]>;
  publishBooks(result: Reconciliation): Promise<void>;
}
