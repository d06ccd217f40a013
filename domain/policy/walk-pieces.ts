import { stretchesBetween, type Edge, type Stretch } from './edges.ts';
import type { ExploreOptions, FlowPage, Flows, WalkFlow } from './flows.ts';
import { lastTier } from './policy.ts';
import { runFlow, type FlowSetting } from './run-flow.ts';

const dayMs = 86_400_000;
/** Everything in a policy and a calendar is written in whole seconds: ways change at no finer grain. */
const grainMs = 1000;
/** How far the changes after a stretch are compared. What a policy does later than this is not looked at here. */
const longestAheadMs = 14 * dayMs;

/** Instants of one stretch, counted from its beginning, on which escalations go the same way. */
interface Piece {
  readonly fromMs: number;
  readonly untilMs: number;
  /** At `fromMs`. */
  readonly flow: WalkFlow;
  /** Whether the two clocks run out later as the escalation comes later. */
  readonly acknowledgeMoves: boolean;
  readonly resolveMoves: boolean;
}

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
  readonly #pieces = new Map<string, readonly Piece[]>();
  /** The longest time after its start that a way was followed for. */
  #longestMs = 0;
  #lastMs = 0;
  readonly #runs = new Map<number, WalkFlow>();

  /** @param edges everything that changes for such an escalation, from `fromMs` until `untilMs + followMs`, in any order */
  constructor(setting: FlowSetting, edges: readonly Edge[], options: ExploreOptions) {
    this.#setting = setting;
    this.#options = options;
    this.#edges = edges.toSorted((a, b) => a.atMs - b.atMs);
    this.#stretches = this.#explore();
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
      resolveDueMs: later(flow.resolveDueMs, piece.resolveMoves, laterMs),
      pages: flow.pages.map((page) => (page.moving ? page : { ...page, offsetMs: page.offsetMs - laterMs })),
    };
  }

  /** Stretches are alike if they are for as long as any way takes; how long that is, is known when all are cut. */
  #explore(): readonly Stretch[] {
    for (let aheadMs = 0; ; aheadMs = Math.min(longestAheadMs, this.#longestMs)) {
      this.flows.length = 0;
      this.changesMs.length = 0;
      this.#pieces.clear();
      const stretches = stretchesBetween(this.#edges, this.#options, aheadMs);
      for (const stretch of stretches) {
        for (const piece of this.#piecesOf(stretch)) {
          this.changesMs.push(stretch.fromMs + piece.fromMs);
          if (piece.untilMs > piece.fromMs) this.changesMs.push(stretch.fromMs + piece.untilMs);
        }
      }
      if (this.#longestMs <= aheadMs || aheadMs >= longestAheadMs) return stretches;
    }
  }

  #piecesOf(stretch: Stretch): readonly Piece[] {
    const known = this.#pieces.get(stretch.kind);
    if (known !== undefined) return known;
    const cut = new StretchCut(stretch, this.#edges, (atMs) => this.#run(atMs));
    const pieces = cut.pieces();
    this.#pieces.set(stretch.kind, pieces);
    this.flows.push(...pieces.map((piece) => piece.flow));
    return pieces;
  }

  /** Follows an escalation until every tier was asked and somebody was tried; what comes later is not asked about. */
  #run(atMs: number): WalkFlow {
    const known = this.#runs.get(atMs) ?? this.#follow(atMs);
    this.#runs.set(atMs, known);
    return known;
  }

  #follow(atMs: number): WalkFlow {
    const { followMs } = this.#options;
    // Most ways take as long as the one before.
    for (let aheadMs = this.#lastMs + 60_000; ; aheadMs *= 4) {
      const { flow } = runFlow(this.#setting, atMs, atMs + Math.min(aheadMs, followMs));
      const endMs = this.#settledMs(flow) ?? (aheadMs < followMs ? null : followMs);
      if (endMs === null) continue;
      this.#longestMs = Math.max(this.#longestMs, endMs);
      this.#lastMs = endMs;
      return {
        ...flow,
        acknowledgeDueMs: within(flow.acknowledgeDueMs, endMs),
        resolveDueMs: within(flow.resolveDueMs, endMs),
        pages: pagesAskedAbout(flow, endMs),
      };
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

/** Cuts one stretch into pieces. Instants are absolute in here. */
class StretchCut {
  readonly #stretch: Stretch;
  readonly #edges: readonly Edge[];
  readonly #run: (atMs: number) => WalkFlow;
  readonly #runs = new Map<number, WalkFlow>();

  constructor(stretch: Stretch, edges: readonly Edge[], run: (atMs: number) => WalkFlow) {
    this.#stretch = stretch;
    this.#edges = edges;
    this.#run = run;
  }

  pieces(): readonly Piece[] {
    const { fromMs, untilMs } = this.#stretch;
    const lastMs = Math.max(fromMs, untilMs - grainMs);
    const found: Piece[] = [];
    // A way may bend and bend back between two ends that agree, where a page meets a short gap or window.
    let startMs = fromMs;
    for (const cutMs of [...this.#meetings(fromMs, lastMs), lastMs + grainMs]) {
      if (cutMs <= startMs) continue;
      found.push(...this.#between(startMs, Math.max(startMs, Math.min(lastMs, cutMs - grainMs))));
      startMs = cutMs;
    }
    return found;
  }

  /** Where a page of the first way would meet an edge that may stop it. */
  #meetings(fromMs: number, lastMs: number): readonly number[] {
    const offsets = new Set(this.#at(fromMs).pages.map((page) => page.offsetMs));
    for (const page of this.#at(lastMs).pages) offsets.add(page.offsetMs);
    const instants = new Set<number>();
    for (const offsetMs of offsets) {
      if (offsetMs === 0) continue;
      for (const { atMs, stopsPages } of edgesBetween(this.#edges, fromMs + offsetMs, lastMs + offsetMs)) {
        if (stopsPages && atMs - offsetMs > fromMs) instants.add(atMs - offsetMs);
      }
    }
    return [...instants].toSorted((a, b) => a - b);
  }

  /** @param guessing whether the bend is looked for where it is likely, or by halving: in turn, so that either is soon done */
  #between(fromMs: number, untilMs: number, guessing = true): readonly Piece[] {
    const [first, last] = [this.#at(fromMs), this.#at(untilMs)];
    const piece = pieceOf(first, last, fromMs - this.#stretch.fromMs, untilMs - this.#stretch.fromMs);
    if (piece !== null) return [piece];
    const middleMs = Math.min(untilMs, fromMs + Math.ceil((untilMs - fromMs) / 2 / grainMs) * grainMs);
    const bendMs = (guessing ? this.#likelyBend(first, fromMs, untilMs) : null) ?? middleMs;
    return [
      ...this.#between(fromMs, Math.max(fromMs, bendMs - grainMs), !guessing),
      ...this.#between(bendMs, untilMs, !guessing),
    ];
  }

  /** Where a clock of the first way would meet an edge: the middle one of these, so that few steps lead to the right one. */
  #likelyBend(flow: WalkFlow, fromMs: number, untilMs: number): number | null {
    const offsets = [flow.acknowledgeDueMs, flow.resolveDueMs, ...flow.pages.map((page) => page.offsetMs)];
    const instants = new Set<number>();
    for (const offsetMs of offsets) {
      if (offsetMs === null) continue;
      for (const { atMs } of edgesBetween(this.#edges, fromMs + offsetMs, untilMs + offsetMs)) {
        for (const bendMs of [atMs - offsetMs, atMs - offsetMs + grainMs]) {
          if (bendMs > fromMs && bendMs <= untilMs && !this.#runs.has(bendMs)) instants.add(bendMs);
        }
      }
    }
    const sorted = [...instants].toSorted((a, b) => a - b);
    return sorted[sorted.length >>> 1] ?? null;
  }

  #at(atMs: number): WalkFlow {
    const flow = this.#runs.get(atMs) ?? this.#run(atMs);
    this.#runs.set(atMs, flow);
    return flow;
  }
}

/** The line through two ways, where there is one: each page moves with the escalation, or stays at its instant. */
function pieceOf(first: WalkFlow, last: WalkFlow, fromMs: number, untilMs: number): Piece | null {
  const laterMs = untilMs - fromMs;
  if (first.pages.length !== last.pages.length) return null;
  const acknowledge = straight(first.acknowledgeDueMs, last.acknowledgeDueMs, laterMs);
  const resolve = straight(first.resolveDueMs, last.resolveDueMs, laterMs);
  if (acknowledge === null || resolve === null) return null;
  const moves: boolean[] = [];
  for (const [index, page] of first.pages.entries()) {
    const other = last.pages[index];
    const line =
      other === undefined || !samePage(page, other) ? null : straight(page.offsetMs, other.offsetMs, laterMs);
    if (line === null) return null;
    moves.push(line === 'moves');
  }
  const pages = first.pages.map((page, index) => ({ ...page, moving: moves[index] ?? true }));
  return {
    fromMs,
    untilMs,
    flow: { ...first, pages },
    acknowledgeMoves: acknowledge === 'moves',
    resolveMoves: resolve === 'moves',
  };
}

function samePage(a: FlowPage, b: FlowPage): boolean {
  return (
    a.byTurn[0]?.key === b.byTurn[0]?.key &&
    a.covered === b.covered &&
    a.held === b.held &&
    a.requested.isStep === b.requested.isStep &&
    a.requested.tier === b.requested.tier
  );
}

function straight(first: number | null, last: number | null, laterMs: number): 'moves' | 'stays' | null {
  if (first === null || last === null) return first === last ? 'moves' : null;
  if (first === last) return 'moves';
  return first === last + laterMs ? 'stays' : null;
}

function later(offsetMs: number | null, moves: boolean, laterMs: number): number | null {
  return offsetMs === null || moves ? offsetMs : offsetMs - laterMs;
}

/** O(log n). */
function lastStartingBy<T extends { readonly fromMs: number }>(items: readonly T[], atMs: number): T | undefined {
  return items[firstIndex(items.length, (index) => (items[index]?.fromMs ?? Infinity) > atMs) - 1];
}

/** Those in `[fromMs, untilMs]`. */
function edgesBetween(edges: readonly Edge[], fromMs: number, untilMs: number): readonly Edge[] {
  const found: Edge[] = [];
  for (let index = firstIndex(edges.length, (at) => (edges[at]?.atMs ?? Infinity) >= fromMs); ; index += 1) {
    const edge = edges[index];
    if (edge === undefined || edge.atMs > untilMs) return found;
    found.push(edge);
  }
}

/** The first index for which it holds, where it holds for all after it too. */
function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
