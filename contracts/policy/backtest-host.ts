import type { EscalationEvent } from '../../domain/escalation/events.ts';
import { readHistoryOfAnyAge, type Mismatch, type ReplayWorld } from '../../domain/policy/backtest/history.ts';
import { outcomesOf } from '../../domain/policy/backtest/outcomes.ts';
import { simulate, type SettlePage } from '../../domain/policy/backtest/simulate.ts';
import { BacktestTally, type BacktestReport } from '../../domain/policy/backtest/tally.ts';
import type { Directory } from '../../domain/policy/directory.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { turnOfPage } from '../../domain/escalation/page-id.ts';
import { resolveRecipients } from '../../domain/policy/resolve-targets.ts';

/** One recorded escalation, with what it was decided under. */
export interface RecordedEscalation {
  readonly escalationId: string;
  readonly log: readonly EscalationEvent[];
  readonly policy: Policy;
  /** Calendars that its log has pinned, by hash. */
  readonly world: ReplayWorld;
}

export interface BacktestSides {
  /** What recorded logs are compared with; null: with what was recorded. */
  readonly before: ((recorded: RecordedEscalation) => Policy | null) | null;
  /** null: no policy to compare under; the escalation is left out. */
  readonly after: (recorded: RecordedEscalation) => Policy | null;
  /** Calendars for the policies that are compared: the log's own come first. A function where they grow with the log. */
  readonly world: ReplayWorld | (() => ReplayWorld);
  readonly settlePage: SettlePage;
}

export interface BacktestResult extends BacktestReport {
  readonly escalations: number;
  /** Logs that the core reproduces event by event under the policy that they were recorded under. */
  readonly reproduced: number;
  /** The first place in each log that it does not reproduce. */
  readonly mismatches: readonly (Mismatch & { readonly escalationId: string })[];
  /** Left out: no policy of that name. */
  readonly leftOut: number;
  readonly firstAtMs: number | null;
  readonly lastAtMs: number | null;
}

/** Runs recorded escalations through other policies, one at a time, and adds up what differs. */
export class Backtest {
  readonly #sides: BacktestSides;
  readonly #tally = new BacktestTally();
  readonly #mismatches: (Mismatch & { readonly escalationId: string })[] = [];
  #escalations = 0;
  #reproduced = 0;
  #leftOut = 0;
  #firstAtMs: number | null = null;
  #lastAtMs: number | null = null;

  constructor(sides: BacktestSides) {
    this.#sides = sides;
  }

  add(recorded: RecordedEscalation): void {
    const { escalationId, log, policy } = recorded;
    const history = readHistoryOfAnyAge(escalationId, log, policy, recorded.world);
    this.#escalations += 1;
    this.#firstAtMs = Math.min(this.#firstAtMs ?? Infinity, history.received.atMs);
    this.#lastAtMs = Math.max(this.#lastAtMs ?? -Infinity, history.endMs);
    const [mismatch] = history.mismatches;
    if (mismatch === undefined) this.#reproduced += 1;
    else this.#mismatches.push({ escalationId, ...mismatch });
    const after = this.#sides.after(recorded);
    const before = this.#sides.before === null ? null : this.#sides.before(recorded);
    if (after === null || (this.#sides.before !== null && before === null)) {
      this.#leftOut += 1;
      return;
    }
    const current = typeof this.#sides.world === 'function' ? this.#sides.world() : this.#sides.world;
    const world: ReplayWorld = {
      calendars: { ...current.calendars, ...recorded.world.calendars },
      calendarPins: { ...current.calendarPins, ...recorded.world.calendarPins },
    };
    const was = before === null ? log : simulate(history, before, world, this.#sides.settlePage).events;
    const is = simulate(history, after, world, this.#sides.settlePage);
    this.#tally.add(escalationId, outcomesOf(was), outcomesOf(is.events), is.refused);
  }

  result(): BacktestResult {
    return {
      escalations: this.#escalations,
      reproduced: this.#reproduced,
      mismatches: this.#mismatches,
      leftOut: this.#leftOut,
      firstAtMs: this.#firstAtMs,
      lastAtMs: this.#lastAtMs,
      ...this.#tally.report(),
    };
  }
}

/** Every page is taken to reach somebody: what a backtest is about is the policy, not the rota of another year. */
export const alwaysReached: SettlePage = (page) => ({
  kind: 'sent',
  recipients: page.targets.map((target) => target.id),
});

/** Pages reach whom the directory has on call at that instant. */
export function reachedBy(directory: Directory): SettlePage {
  return (page, atMs) => {
    const recipients = resolveRecipients(directory, page.targets, atMs, turnOfPage(page.pageId));
    return recipients.length === 0 ? { kind: 'uncovered' } : { kind: 'sent', recipients };
  };
}
