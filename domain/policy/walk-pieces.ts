import { firstIndex, stretchesBetween, type Edge, type Stretch } from './edges.ts';
import type { ExploreOptions, FlowPage, Flows, WalkFlow } from './flows.ts';
import { lastTier } from './policy.ts';
import { runFlow, type FlowSetting } from './run-flow.ts';
import { StretchCut, type Followed, type Piece } from './stretch-cut.ts';

const dayMs = 86_400_000;
/** How far the changes after a stretch are compared. What a policy does later than this is not looked at here. */
const longestAheadMs = 14 * dayMs;

/**
 * Every way that escalations of one kind can go while nobody acts, where calendars, quiet hours or maintenance windows
 * have a part in it.
 *
 * An escalation that comes in a minute later meets everything a minute later, or, where it waited for an opening, at the
 * same instant. So the ways are straight lines in pieces. Between two edges the core runs where the lines may bend: where
 * one of its pages would meet an edge, and by halving wherever two ends do not agree. Stretches that are followed by the
 * same edges at the same distances go the same ways: of all the Tuesdays of a year the core sees one.
 */
export class WalkPieces implements Flows {
  readonly flows: WalkFlow[] = [];
  readonly changesMs: number[] = [];
  readonly #setting: FlowSetting;
  readonly #options: ExploreOptions;
  readonly #edges: readonly Edge[];
  readonly #stretches: readonly Stretch[];
  readonly #pieces = new Map<Stretch, readonly Piece[]>();
  #lastMs = 0;
  readonly #runs = new Map<number, Followed>();

  /** @param edges everything that changes for such an escalation, from `fromMs` until `untilMs + followMs`, in any order */
  constructor(setting: FlowSetting, edges: readonly Edge[], options: ExploreOptions) {
    this.#setting = setting;
    this.#options = options;
    this.#edges = edges.toSorted((a, b) => a.atMs - b.atMs);
    this.#stretches = stretchesBetween(this.#edges, options);
    this.#explore(this.#stretches, 0);
    for (const stretch of this.#stretches) {
      for (const piece of this.#piecesOf(stretch)) {
        this.changesMs.push(stretch.fromMs + piece.fromMs);
        if (piece.untilMs > piece.fromMs) this.changesMs.push(stretch.fromMs + piece.untilMs);
      }
    }
  }

  get followMs(): number {
    return this.#options.followMs;
  }

  at(atMs: number): WalkFlow {
    const stretch = lastStartingBy(this.#stretches, atMs);
    if (stretch === undefined) throw new Error('the instant lies outside of what was looked at');
    const piece = lastStartingBy(this.#piecesOf(stretch), atMs - stretch.fromMs);
    if (piece === undefined) throw new Error('every instant of a stretch is in one of its pieces');
    const laterMs = atMs - stretch.fromMs - piece.fromMs;
    if (laterMs === 0) return piece.flow;
    const { flow } = piece;
    return {
      ...flow,
      acknowledgeDueMs: later(flow.acknowledgeDueMs, piece.acknowledgeMoves, laterMs),
      // It is looked at where a piece begins and where it ends.
      resolveDueMs: null,
      pages: flow.pages.map((page) => (page.moving ? page : { ...page, offsetMs: page.offsetMs - laterMs })),
    };
  }

  /**
   * Cuts one of the stretches that are alike for `aheadMs`, and takes its pieces for all of them that are alike for as long as
   * its ways take. The others are told apart further.
   */
  #explore(stretches: readonly Stretch[], aheadMs: number): void {
    const alike = new Map<string, Stretch[]>();
    for (const stretch of stretches) {
      const kind = stretch.kind(aheadMs);
      const known = alike.get(kind);
      if (known === undefined) alike.set(kind, [stretch]);
      else known.push(stretch);
    }
    for (const [first, ...others] of alike.values()) {
      if (first === undefined) continue;
      const cut = new StretchCut(first, this.#edges, (atMs) => this.#run(atMs));
      const pieces = cut.pieces();
      this.flows.push(...pieces.flatMap(({ flow, last }) => [flow, last]));
      this.#pieces.set(first, pieces);
      const takesMs = Math.min(longestAheadMs, cut.longestMs);
      const same = takesMs <= aheadMs ? others : others.filter((other) => other.kind(takesMs) === first.kind(takesMs));
      for (const stretch of same) this.#pieces.set(stretch, pieces);
      const left = others.filter((other) => !this.#pieces.has(other));
      if (left.length > 0) this.#explore(left, takesMs);
    }
  }

  #piecesOf(stretch: Stretch): readonly Piece[] {
    const pieces = this.#pieces.get(stretch);
    if (pieces === undefined) throw new Error('every stretch was looked at');
    return pieces;
  }

  /** Follows an escalation until every tier was asked and somebody was tried; what comes later is not asked about. */
  #run(atMs: number): Followed {
    const known = this.#runs.get(atMs) ?? this.#follow(atMs);
    this.#runs.set(atMs, known);
    return known;
  }

  #follow(atMs: number): Followed {
    const { followMs } = this.#options;
    // Most ways take as long as the one before.
    for (let aheadMs = this.#lastMs + 60_000; ; aheadMs *= 4) {
      const { flow } = runFlow(this.#setting, atMs, atMs + Math.min(aheadMs, followMs));
      const endMs = this.#settledMs(flow) ?? (aheadMs < followMs ? null : followMs);
      if (endMs === null) continue;
      this.#lastMs = endMs;
      const acknowledgeDueMs = within(flow.acknowledgeDueMs, endMs);
      const resolveDueMs = within(flow.resolveDueMs, endMs);
      return { endMs, flow: { ...flow, acknowledgeDueMs, resolveDueMs, pages: pagesAskedAbout(flow, endMs) } };
    }
  }

  /** When everything has happened that is asked about; null: not yet. */
  #settledMs(flow: WalkFlow): number | null {
    const last = lastTier(this.#setting.policy);
    const top = flow.pages.find(({ requested }) => requested.isStep && requested.tier === last);
    const reached = flow.pages.find(({ covered }) => covered);
    if (top === undefined || reached === undefined) return null;
    return Math.max(top.offsetMs, reached.offsetMs + slowest(reached));
  }
}

/** Those until somebody was tried, and the first of each tier: others say nothing about waits or about who is asked next. */
function pagesAskedAbout({ pages }: WalkFlow, endMs: number): readonly FlowPage[] {
  const reached = pages.find(({ covered }) => covered);
  const triedMs = reached === undefined ? endMs : reached.offsetMs + slowest(reached);
  const tiers = new Set<number>();
  return pages.filter(({ offsetMs, requested }) => {
    const first = requested.isStep && !tiers.has(requested.tier);
    if (first) tiers.add(requested.tier);
    return offsetMs <= endMs && (first || offsetMs <= triedMs);
  });
}

/** How long the people behind a page are waited for at the most. */
function slowest({ byTurn }: FlowPage): number {
  return Math.max(0, ...byTurn.map(({ slowestMs }) => slowestMs));
}

function within(offsetMs: number | null, endMs: number): number | null {
  return offsetMs !== null && offsetMs <= endMs ? offsetMs : null;
}

function later(offsetMs: number | null, moves: boolean, laterMs: number): number | null {
  return offsetMs === null || moves ? offsetMs : offsetMs - laterMs;
}

/** O(log n). */
function lastStartingBy<T extends { readonly fromMs: number }>(items: readonly T[], atMs: number): T | undefined {
  return items[firstIndex(items.length, (index) => (items[index]?.fromMs ?? Infinity) > atMs) - 1];
}
