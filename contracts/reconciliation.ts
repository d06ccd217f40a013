import type { BookFault } from '../domain/books/faults.ts';
import type { FaultNote, Tally } from '../domain/books/tally.ts';

/** What the reconciler carries from run to run: how far it came, and what it could not put right. */
export interface BooksMemory {
  /** Position in the list of open escalations; null: at its beginning. */
  readonly openAfter: string | null;
  /** Sweeps through the open ones so far: chooses whom the sample looks up. */
  readonly sweeps: number;
  readonly openSweptAtMs: number | null;
  /** Position in the table; null: at its beginning. */
  readonly itemsAfter: string | null;
  readonly itemsSweptAtMs: number | null;
  readonly left: readonly LeftNote[];
}

/** Somebody whose books are still wrong, looked at again in each run. */
export interface LeftNote {
  readonly escalationId: string;
  readonly faults: readonly BookFault[];
  /** Runs that found it so. */
  readonly runs: number;
  readonly sinceMs: number;
}

/** What one run found. The last one is kept and served. */
export interface Reconciliation {
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly lost: Tally;
  readonly orphaned: Tally;
  readonly stuck: Tally;
  readonly checked: {
    /** Open escalations whose record was read. */
    readonly open: number;
    /** Items of the table that were passed. */
    readonly items: number;
    /** Escalations whose books were compared from end to end, Temporal included. */
    readonly audited: number;
  };
  /** The first 100. */
  readonly notes: readonly FaultNote[];
  readonly memory: BooksMemory;
}

export const emptyMemory: BooksMemory = {
  openAfter: null,
  sweeps: 0,
  openSweptAtMs: null,
  itemsAfter: null,
  itemsSweptAtMs: null,
  left: [],
};
