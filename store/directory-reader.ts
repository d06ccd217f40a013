import { own } from '../domain/own.ts';
import { parsePublishedDocument, type PublishedDocument } from '../contracts/policy/published.ts';
import { expandDirectory, type OnCallChanges } from '../contracts/policy/expand-directory.ts';
import type { OpenHours } from '../domain/calendar/open-hours.ts';
import type { Target, UpdateAudience } from '../domain/escalation/vocabulary.ts';
import type { Directory } from '../domain/policy/directory.ts';
import { resolveRecipients } from '../domain/policy/resolve-targets.ts';
import { expandCalendar } from '../zones/expand-calendar.ts';
import { putCalendar } from './calendars.ts';
import type { Store } from './client.ts';
import { readDirectory, readLatestDirectoryVersion } from './directory.ts';
import { listLeave, listOverrides } from './overrides.ts';

const dayMs = 24 * 3_600_000;
/** Changes of on-call are seen by the next page after this long. */
const freshForMs = 1_000;
/** Ranges that are kept expanded at once. */
const mostExpanded = 50;
/**
 * Calendars are expanded for whole months, so that escalations of one month share one expansion. Each workflow carries
 * its own copy and asks for more in time: four months ahead are enough, and half the size of a year.
 */
const calendarDays = 200;

export interface CalendarsInForce {
  /** Expanded calendars by hash. */
  readonly calendars: Readonly<Record<string, OpenHours>>;
  /** Calendar name to hash. */
  readonly calendarPins: Readonly<Record<string, string>>;
}

interface Published {
  readonly version: number;
  readonly document: PublishedDocument;
}

/** The published directory as those use it who page people: schedules worked out, overrides and leave included. */
export class DirectoryReader {
  readonly #store: Store;
  #published: { readonly at: number; readonly value: Promise<Published> } | null = null;
  readonly #expanded = new Map<string, { readonly at: number; readonly value: Promise<Directory> }>();
  readonly #calendars = new Map<string, Promise<OpenHours>>();

  readonly #keepsCalendars: boolean;

  /** @param options.keepsCalendars false where nothing may be written: expansions are then used and not stored */
  constructor(store: Store, options: { readonly keepsCalendars?: boolean } = {}) {
    this.#store = store;
    this.#keepsCalendars = options.keepsCalendars ?? true;
  }

  /**
   * The document in force, at most a second old.
   * @throws Error before the first publication
   */
  async document(): Promise<PublishedDocument> {
    return (await this.#latest()).document;
  }

  /** The directory around an instant, a day before to eight days after. Epoch ms. */
  async around(atMs: number): Promise<Directory> {
    const fromMs = Math.floor(atMs / dayMs) * dayMs - dayMs;
    return this.between(fromMs, fromMs + 9 * dayMs);
  }

  /** The directory over a range, with the changes that people made. Half-open, epoch ms. */
  async between(fromMs: number, untilMs: number): Promise<Directory> {
    const published = await this.#latest();
    const key = `${published.version}:${fromMs}:${untilMs}`;
    const known = this.#expanded.get(key);
    const nowMs = Date.now();
    if (known !== undefined && nowMs - known.at < freshForMs) return known.value;
    for (const [old, entry] of this.#expanded) {
      if (nowMs - entry.at >= freshForMs || this.#expanded.size >= mostExpanded) this.#expanded.delete(old);
    }
    const value = this.#changes(published, fromMs, untilMs).then((changes) =>
      expandDirectory(published.document.directory, fromMs, untilMs, changes),
    );
    this.#expanded.set(key, { at: nowMs, value });
    value.catch(() => this.#expanded.delete(key));
    return value;
  }

  /** The people behind targets at an instant who can be reached; empty: nobody. */
  async resolve(targets: readonly Target[], atMs: number, turn = 0): Promise<readonly string[]> {
    return resolveRecipients(await this.around(atMs), targets, atMs, turn);
  }

  /** Whom an audience means by name: the manager of the account; other audiences subscribe to the topic. */
  async audience(audience: UpdateAudience, accountId: string | null): Promise<readonly string[]> {
    if (audience !== 'account_managers' || accountId === null) return [];
    const manager = own((await this.document()).directory.accounts, accountId)?.manager;
    return manager === undefined ? [] : [manager];
  }

  /**
   * Business calendars in force from `fromMs` on, expanded and stored under their content hash.
   * @throws Error when a calendar has no definition: a deadline is never guessed
   */
  async current(calendarIds: readonly string[], fromMs: number): Promise<CalendarsInForce> {
    const named = [...new Set(calendarIds)].filter((id) => id !== 'always');
    if (named.length === 0) return { calendars: {}, calendarPins: {} };
    const published = await this.#latest();
    const entries = await Promise.all(
      named.map(async (id) => [id, await this.#calendar(published, id, fromMs)] as const),
    );
    return {
      calendars: Object.fromEntries(entries.map(([, hours]) => [hours.id, hours])),
      calendarPins: Object.fromEntries(entries.map(([id, hours]) => [id, hours.id])),
    };
  }

  #calendar(published: Published, id: string, fromMs: number): Promise<OpenHours> {
    const definition = own(published.document.directory.calendars, id);
    if (definition === undefined) throw new Error(`calendar ${id} is not in the directory`);
    const month = new Date(fromMs);
    const startMs = Date.UTC(month.getUTCFullYear(), month.getUTCMonth() - 1, 1);
    const key = `${published.version}:${id}:${startMs}`;
    const known = this.#calendars.get(key);
    if (known !== undefined) return known;
    if (this.#calendars.size > 200) this.#calendars.clear();
    const hours = expandCalendar(definition, startMs, startMs + calendarDays * dayMs);
    const stored = this.#keepsCalendars ? putCalendar(this.#store, hours).then(() => hours) : Promise.resolve(hours);
    this.#calendars.set(key, stored);
    stored.catch(() => this.#calendars.delete(key));
    return stored;
  }

  async #changes(published: Published, fromMs: number, untilMs: number): Promise<OnCallChanges> {
    const [leave, ...overrides] = await Promise.all([
      listLeave(this.#store, fromMs, untilMs),
      ...Object.keys(published.document.directory.schedules).map((id) =>
        listOverrides(this.#store, id, fromMs, untilMs),
      ),
    ]);
    return { leave, overrides: overrides.flat() };
  }

  #latest(): Promise<Published> {
    const nowMs = Date.now();
    if (this.#published !== null && nowMs - this.#published.at < freshForMs) return this.#published.value;
    const value = this.#readLatest();
    this.#published = { at: nowMs, value };
    value.catch(() => {
      this.#published = null;
    });
    return value;
  }

  async #readLatest(): Promise<Published> {
    const latest = await readLatestDirectoryVersion(this.#store);
    if (latest === null) throw new Error('no directory is published');
    return { version: latest.version, document: await this.#parsed(latest.version) };
  }

  readonly #documents = new Map<number, PublishedDocument>();

  async #parsed(version: number): Promise<PublishedDocument> {
    const known = this.#documents.get(version);
    if (known !== undefined) return known;
    const document = parsePublishedDocument(await readDirectory(this.#store, version));
    this.#documents.clear();
    this.#documents.set(version, document);
    return document;
  }
}
