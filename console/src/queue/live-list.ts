import type { Escalation } from '../api/types.ts';
import { compareRecords } from './order.ts';

export interface ListPage {
  readonly items: readonly Escalation[];
  readonly nextCursor: string | null;
}

export type FetchPage = (cursor: string | undefined, signal: AbortSignal) => Promise<ListPage>;

export interface ListState {
  /** In the list's order, each escalation once. */
  readonly items: readonly Escalation[];
  readonly status: 'loading' | 'ready' | 'failed';
  readonly error: unknown;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  /** Epoch milliseconds by this machine's clock; null before the first answer. */
  readonly refreshedAtMs: number | null;
}

interface PageSlot {
  readonly cursor: string | undefined;
  readonly next: string | null;
  readonly size: number;
}

/**
 * A list that stays alive while thousands of rows are known. Pages are asked for as a person scrolls; a refresh asks
 * again only for the pages on the screen and folds them in by id and sequence number, so that nothing flickers and the
 * cost of staying live does not grow with the list.
 *
 * A row that lies between the first and last row of a fresh page and is not in it has left the list, or moved to a page
 * that will bring it back when it is looked at.
 */
export class LiveList {
  #byId = new Map<string, Escalation>();
  #pages: PageSlot[] = [];
  #state: ListState = {
    items: [],
    status: 'loading',
    error: null,
    hasMore: false,
    isLoadingMore: false,
    refreshedAtMs: null,
  };
  readonly #listeners = new Set<() => void>();
  readonly #stop = new AbortController();
  #isRefreshing = false;

  constructor(
    private readonly fetchPage: FetchPage,
    private readonly order: 'urgency' | 'newest',
    private readonly keeps: (record: Escalation) => boolean,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): ListState => this.#state;

  close(): void {
    this.#stop.abort();
  }

  /** Asks for the first page, again after a failure. */
  async start(): Promise<void> {
    this.#set({ ...this.#state, status: this.#state.items.length === 0 ? 'loading' : 'ready', error: null });
    await this.#attempt(async () => {
      this.#fold(await this.#load(0));
      await this.#fillFirstScreen();
    });
  }

  /** Asks for the page after the last; does nothing while one is on its way. */
  async loadMore(): Promise<void> {
    if (!this.#state.hasMore || this.#state.isLoadingMore) return;
    this.#set({ ...this.#state, isLoadingMore: true });
    await this.#attempt(async () => this.#fold(await this.#load(this.#pages.length)));
    this.#set({ ...this.#state, isLoadingMore: false });
  }

  /** Brings the rows from `first` to `last` up to date, and the top of the list with them. */
  async refresh(first: number, last: number): Promise<void> {
    if (this.#isRefreshing || this.#pages.length === 0) return;
    this.#isRefreshing = true;
    await this.#attempt(async () => {
      for (const index of this.#pagesShowing(first, last)) this.#fold(await this.#load(index));
    });
    this.#isRefreshing = false;
  }

  /** Takes a record that an answer brought, if it is newer. */
  merge(record: Escalation): void {
    const known = this.#byId.get(record.id);
    if (known !== undefined && !supersedes(record, known)) return;
    if (known === undefined && this.#state.status !== 'ready') return;
    if (this.keeps(record)) this.#byId.set(record.id, record);
    else this.#byId.delete(record.id);
    this.#publish(this.#state.refreshedAtMs);
  }

  /** A page that fits a filter badly may be short or empty: the first screen is filled from the following ones. */
  async #fillFirstScreen(): Promise<void> {
    for (let asked = 0; asked < 5 && this.#state.hasMore && this.#byId.size < 40; asked += 1) {
      this.#fold(await this.#load(this.#pages.length));
    }
  }

  async #load(index: number): Promise<{ readonly index: number; readonly page: ListPage }> {
    const cursor = index === 0 ? undefined : (this.#pages[index]?.cursor ?? this.#pages[index - 1]?.next ?? undefined);
    const page = await this.fetchPage(cursor, this.#stop.signal);
    const isNew = index >= this.#pages.length;
    const slot: PageSlot = { cursor, next: page.nextCursor, size: page.items.length };
    this.#pages = isNew ? [...this.#pages, slot] : this.#pages.with(index, slot);
    return { index, page };
  }

  #fold({ index, page }: { readonly index: number; readonly page: ListPage }): void {
    const fresh = new Set(page.items.map((item) => item.id));
    const isLast = page.nextCursor === null;
    const first = page.items[0];
    const last = page.items.at(-1);
    for (const known of this.#byId.values()) {
      if (fresh.has(known.id)) continue;
      const isAfterStart = index === 0 || (first !== undefined && compareRecords(this.order, known, first) > 0);
      const isBeforeEnd = isLast || (last !== undefined && compareRecords(this.order, known, last) < 0);
      if (isAfterStart && isBeforeEnd) this.#byId.delete(known.id);
    }
    for (const item of page.items) {
      const known = this.#byId.get(item.id);
      if (known !== undefined && !supersedes(item, known)) continue;
      this.#byId.set(item.id, item);
    }
    this.#publish(Date.now());
  }

  #pagesShowing(first: number, last: number): readonly number[] {
    const shown = new Set([0]);
    let start = 0;
    for (const [index, page] of this.#pages.entries()) {
      if (start <= last && start + page.size >= first) shown.add(index);
      start += page.size;
    }
    return [...shown].slice(0, 4);
  }

  #publish(refreshedAtMs: number | null): void {
    const items = [...this.#byId.values()].filter(this.keeps).toSorted((a, b) => compareRecords(this.order, a, b));
    const before = this.#state.items;
    const isSame = before.length === items.length && before.every((item, index) => item === items[index]);
    this.#set({
      ...this.#state,
      items: isSame ? before : items,
      status: 'ready',
      error: null,
      hasMore: this.#pages.at(-1)?.next !== null,
      refreshedAtMs,
    });
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      // Rows that are there stay: an old list is more use than none.
      this.#set({ ...this.#state, error, status: this.#state.items.length === 0 ? 'failed' : 'ready' });
    }
  }

  #set(state: ListState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** Occurrences are counted and titles erased beside the log: they change a record whose sequence number stays. */
function supersedes(next: Escalation, known: Escalation): boolean {
  if (next.seq !== known.seq) return next.seq > known.seq;
  return next.occurrences !== known.occurrences || next.title !== known.title;
}
