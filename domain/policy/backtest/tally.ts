import { severities, type ClockName, type Severity } from '../../escalation/vocabulary.ts';
import { compareOutcomes, type OutcomeChange, type Outcomes } from './outcomes.ts';
import type { RefusedCommand } from './simulate.ts';

export interface SideTally {
  readonly before: number;
  readonly after: number;
  readonly added: number;
  readonly avoided: number;
  readonly earlier: number;
  readonly later: number;
}

export interface SeverityTally {
  readonly severity: Severity;
  readonly escalations: number;
  /** Escalations for which anything differs. */
  readonly differing: number;
  readonly pages: SideTally;
  readonly breaches: SideTally;
  /** Escalations whose last walk went unheard. */
  readonly exhausted: { readonly before: number; readonly after: number };
}

export interface ChangeTally {
  readonly severity: Severity;
  readonly kind: OutcomeChange['kind'];
  readonly change: OutcomeChange['change'];
  readonly what: string;
  readonly times: number;
  readonly firstEscalationId: string;
  readonly firstAtMs: number;
}

/** Pages and breaches of one day. */
export interface DayTally {
  /** Beginning of the day in UTC, epoch ms. */
  readonly dayMs: number;
  readonly pages: { readonly before: number; readonly after: number };
  readonly breaches: { readonly before: number; readonly after: number };
}

export interface BacktestReport {
  /** Oldest first; days without any are left out. */
  readonly days: readonly DayTally[];
  readonly severities: readonly SeverityTally[];
  /** Most frequent first. */
  readonly changes: readonly ChangeTally[];
  readonly breachesByClock: Readonly<Partial<Record<ClockName, { readonly before: number; readonly after: number }>>>;
  /** Commands that the other policy refuses, by `command: reason`. */
  readonly refused: Readonly<Record<string, number>>;
}

const dayLengthMs = 86_400_000;

type Counts = { -readonly [K in keyof SideTally]: number };

interface Pair {
  before: number;
  after: number;
}

interface Row {
  escalations: number;
  differing: number;
  pages: Counts;
  breaches: Counts;
  exhausted: { before: number; after: number };
}

/** Adds up what a backtest of many escalations finds. */
export class BacktestTally {
  readonly #rows = new Map<Severity, Row>(severities.map((severity) => [severity, emptyRow()]));
  readonly #changes = new Map<string, { -readonly [K in keyof ChangeTally]: ChangeTally[K] }>();
  readonly #clocks = new Map<ClockName, { before: number; after: number }>();
  readonly #refused = new Map<string, number>();
  readonly #days = new Map<number, { pages: Pair; breaches: Pair }>();

  /** Returns what has changed for this escalation. */
  add(
    escalationId: string,
    before: Outcomes,
    after: Outcomes,
    refused: readonly RefusedCommand[],
  ): readonly OutcomeChange[] {
    const changes = compareOutcomes(escalationId, before, after);
    const row = this.#rows.get(before.severity) ?? emptyRow();
    this.#rows.set(before.severity, row);
    row.escalations += 1;
    if (changes.length > 0) row.differing += 1;
    row.pages.before += before.pages.length;
    row.pages.after += after.pages.length;
    row.breaches.before += before.breaches.length;
    row.breaches.after += after.breaches.length;
    row.exhausted.before += Number(before.exhausted);
    row.exhausted.after += Number(after.exhausted);
    for (const change of changes) {
      const side = change.kind === 'page' ? row.pages : row.breaches;
      side[change.change] += 1;
      this.#noteChange(change);
    }
    for (const side of ['before', 'after'] as const) {
      const outcomes = side === 'before' ? before : after;
      for (const page of outcomes.pages) this.#day(page.atMs).pages[side] += 1;
      for (const breach of outcomes.breaches) this.#day(breach.dueAtMs).breaches[side] += 1;
    }
    for (const breach of before.breaches) this.#clock(breach.clock).before += 1;
    for (const breach of after.breaches) this.#clock(breach.clock).after += 1;
    for (const { command, code } of refused) {
      const key = `${command}: ${code}`;
      this.#refused.set(key, (this.#refused.get(key) ?? 0) + 1);
    }
    return changes;
  }

  report(): BacktestReport {
    return {
      days: [...this.#days].map(([dayMs, day]) => ({ dayMs, ...day })).toSorted((a, b) => a.dayMs - b.dayMs),
      severities: [...this.#rows].map(([severity, row]) => ({ severity, ...row })),
      changes: [...this.#changes.values()].toSorted((a, b) => b.times - a.times),
      breachesByClock: Object.fromEntries(this.#clocks),
      refused: Object.fromEntries(this.#refused),
    };
  }

  #day(atMs: number): { pages: Pair; breaches: Pair } {
    const dayMs = Math.floor(atMs / dayLengthMs) * dayLengthMs;
    const known = this.#days.get(dayMs) ?? { pages: { before: 0, after: 0 }, breaches: { before: 0, after: 0 } };
    this.#days.set(dayMs, known);
    return known;
  }

  #clock(name: ClockName): { before: number; after: number } {
    const known = this.#clocks.get(name) ?? { before: 0, after: 0 };
    this.#clocks.set(name, known);
    return known;
  }

  #noteChange({ escalationId, severity, kind, change, what, atMs }: OutcomeChange): void {
    const key = `${severity} ${kind} ${change} ${what}`;
    const known = this.#changes.get(key);
    if (known !== undefined) known.times += 1;
    else
      this.#changes.set(key, {
        severity,
        kind,
        change,
        what,
        times: 1,
        firstEscalationId: escalationId,
        firstAtMs: atMs,
      });
  }
}

function emptyRow(): Row {
  return { escalations: 0, differing: 0, pages: noCounts(), breaches: noCounts(), exhausted: { before: 0, after: 0 } };
}

function noCounts(): Counts {
  return { before: 0, after: 0, added: 0, avoided: 0, earlier: 0, later: 0 };
}
