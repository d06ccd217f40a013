import { proxyActivities, sleep } from '@temporalio/workflow';
import type { Audited, ReconcilerActivities, Suspect } from '../activities/reconciler-types.ts';
import type { BooksMemory, LeftNote, Reconciliation } from '../contracts/reconciliation.ts';
import { tallyOf, type FaultNote } from '../domain/books/tally.ts';

/** How much one run may read and look up, so that checking the books never becomes a load of its own. */
const limits = {
  /** Open records in a page, and pages in a run: 10,000 open ones are passed in ten runs. */
  openPage: 100,
  openPages: 10,
  /** One open escalation in so many is looked up in Temporal in each sweep, whatever its record says. */
  sampleOf: 10,
  /** Items of the table that are passed in a run. */
  items: 200,
  waiting: 100,
  /** Escalations compared from end to end in a run. */
  audits: 200,
  auditsAtOnce: 20,
  /** No more are begun after so long, in milliseconds: what is left is the next run's. */
  auditingMs: 120_000,
  notes: 100,
  /** Fewer than are audited: what can't be cured must not keep a run from looking any further. */
  remembered: 50,
} as const;

/** A workflow that was started or nudged is given so long to act before it is looked at again. */
const recoverMs = 2_000;

const books = proxyActivities<ReconcilerActivities>({
  startToCloseTimeout: 60_000,
  retry: { initialInterval: 500, backoffCoefficient: 2, maximumAttempts: 3 },
});

/**
 * Checks the books: that every accepted intake has one escalation, every open escalation one workflow that will wake, and
 * that nothing due was left undone. A schedule runs it again and again; each run reads a bounded part and goes on where
 * the last one stopped.
 */
export async function reconciler(): Promise<Pick<Reconciliation, 'lost' | 'orphaned' | 'stuck'>> {
  const startedAtMs = Date.now();
  const memory = await books.openBooks();
  const audit = new Audit(memory.left);
  await audit.check(memory.left);
  await audit.check(await books.listWaiting({ nowMs: Date.now(), limit: limits.waiting }));
  const open = await sweepOpen(memory, audit);
  const items = await sweepItems(memory, audit);
  if (audit.hasLeft()) {
    await sleep(recoverMs);
    await audit.recheck();
  }
  const notes = audit.notes();
  const result: Reconciliation = {
    startedAtMs,
    finishedAtMs: Date.now(),
    ...tallyOf(notes),
    checked: { open: open.seen, items: items.seen, audited: audit.audited },
    notes: notes.slice(0, limits.notes),
    memory: { ...open.memory, ...items.memory, left: audit.left(startedAtMs) },
  };
  await books.publishBooks(result);
  return { lost: result.lost, orphaned: result.orphaned, stuck: result.stuck };
}

type OpenMemory = Pick<BooksMemory, 'openAfter' | 'sweeps' | 'openSweptAtMs'>;
type ItemsMemory = Pick<BooksMemory, 'itemsAfter' | 'itemsSweptAtMs'>;

async function sweepOpen(before: BooksMemory, audit: Audit): Promise<{ seen: number; memory: OpenMemory }> {
  let { openAfter, sweeps, openSweptAtMs } = before;
  let seen = 0;
  for (let pages = 0; pages < limits.openPages && audit.hasRoom(); pages += 1) {
    const page = await books.sweepOpen({
      after: openAfter,
      limit: limits.openPage,
      nowMs: Date.now(),
      sample: { turn: sweeps, of: limits.sampleOf },
    });
    seen += page.seen;
    if (!(await audit.check(page.suspects))) break;
    openAfter = page.next;
    if (page.next !== null) continue;
    sweeps += 1;
    openSweptAtMs = Date.now();
    break;
  }
  return { seen, memory: { openAfter, sweeps, openSweptAtMs } };
}

async function sweepItems(before: BooksMemory, audit: Audit): Promise<{ seen: number; memory: ItemsMemory }> {
  const { itemsAfter, itemsSweptAtMs } = before;
  if (!audit.hasRoom()) return { seen: 0, memory: { itemsAfter, itemsSweptAtMs } };
  const page = await books.sweepItems({ after: itemsAfter, limit: limits.items });
  if (!(await audit.check(page.suspects))) return { seen: 0, memory: { itemsAfter, itemsSweptAtMs } };
  const memory = { itemsAfter: page.next, itemsSweptAtMs: page.next === null ? Date.now() : itemsSweptAtMs };
  return { seen: page.seen, memory };
}

/** What a run found out about each escalation that it looked at; each is looked at once, and once more at the end. */
class Audit {
  readonly #before: ReadonlyMap<string, LeftNote>;
  readonly #seen = new Map<string, Audited>();
  readonly #endMs = Date.now() + limits.auditingMs;

  constructor(before: readonly LeftNote[]) {
    this.#before = new Map(before.map((note) => [note.escalationId, note]));
  }

  get audited(): number {
    return this.#seen.size;
  }

  hasRoom(): boolean {
    return this.#seen.size < limits.audits && this.#hasTime();
  }

  hasLeft(): boolean {
    return this.#wrong().length > 0;
  }

  /** @returns whether there was time to look at all of them */
  async check(suspects: readonly Suspect[]): Promise<boolean> {
    const fresh = suspects.filter(({ escalationId }) => !this.#seen.has(escalationId));
    const withRuns = fresh.map((suspect) => {
      const runs = this.#before.get(suspect.escalationId)?.runs;
      const { escalationId, dedupKey } = suspect;
      const named = dedupKey === undefined ? { escalationId } : { escalationId, dedupKey };
      return runs === undefined ? named : { ...named, runs };
    });
    for (let from = 0; from < withRuns.length; from += limits.auditsAtOnce) {
      if (!this.#hasTime()) return false;
      const part = withRuns.slice(from, from + limits.auditsAtOnce);
      const audited = await books.audit({ suspects: part, nowMs: Date.now(), repair: true });
      for (const each of audited) this.#seen.set(each.escalationId, each);
    }
    return true;
  }

  /** Looks once more at what was still wrong after its repair. */
  async recheck(): Promise<void> {
    const wrong = this.#wrong();
    for (let from = 0; from < wrong.length; from += limits.auditsAtOnce) {
      const suspects = wrong.slice(from, from + limits.auditsAtOnce).map(({ escalationId, dedupKey }) => ({
        escalationId,
        ...(dedupKey === undefined ? {} : { dedupKey }),
      }));
      for (const each of await books.audit({ suspects, nowMs: Date.now(), repair: false })) {
        const first = this.#seen.get(each.escalationId);
        const found = [...new Set([...(first?.found ?? []), ...each.found])];
        this.#seen.set(each.escalationId, { ...each, found });
      }
    }
  }

  notes(): readonly FaultNote[] {
    return [...this.#seen.values()].flatMap(({ escalationId, found, left }) =>
      found.map((fault) => ({ escalationId, fault, outcome: left.includes(fault) ? 'left' : 'repaired' }) as const),
    );
  }

  /** For the next run: what is still wrong, and what there was no time to look at again. */
  left(nowMs: number): readonly LeftNote[] {
    const wrong = this.#wrong().map(({ escalationId, left }) => {
      const before = this.#before.get(escalationId);
      return { escalationId, faults: left, runs: (before?.runs ?? 0) + 1, sinceMs: before?.sinceMs ?? nowMs };
    });
    const unseen = [...this.#before.values()].filter(({ escalationId }) => !this.#seen.has(escalationId));
    return [...unseen, ...wrong].slice(0, limits.remembered);
  }

  #hasTime(): boolean {
    return Date.now() < this.#endMs;
  }

  #wrong(): readonly Audited[] {
    return [...this.#seen.values()].filter(({ found, left }) => found.length > 0 && left.length > 0);
  }
}
