import { firstIndex, type Edge, type Stretch } from './edges.ts';
import type { FlowPage, WalkFlow } from './flows.ts';

/** Everything in a policy and a calendar is written in whole seconds: ways change at no finer grain. */
const grainMs = 1000;

/** Instants of one stretch, counted from its beginning, on which escalations go the same way. */
export interface Piece {
  readonly fromMs: number;
  readonly untilMs: number;
  /** At `fromMs`. */
  readonly flow: WalkFlow;
  /** Whether the two clocks run out later as the escalation comes later. */
  readonly acknowledgeMoves: boolean;
  readonly resolveMoves: boolean;
}

/** A way, and how long after its start it was followed for: all of it depends on nothing later. */
export interface Followed {
  readonly flow: WalkFlow;
  readonly endMs: number;
}

/** Cuts one stretch into pieces. Instants are absolute in here. */
export class StretchCut {
  readonly #stretch: Stretch;
  readonly #edges: readonly Edge[];
  readonly #run: (atMs: number) => Followed;
  readonly #runs = new Map<number, WalkFlow>();
  /** How long the ways that were looked at take, at the most. */
  longestMs = 0;

  constructor(stretch: Stretch, edges: readonly Edge[], run: (atMs: number) => Followed) {
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
    const known = this.#runs.get(atMs);
    if (known !== undefined) return known;
    const { flow, endMs } = this.#run(atMs);
    this.longestMs = Math.max(this.longestMs, endMs);
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

/** Those in `[fromMs, untilMs]`. */
function edgesBetween(edges: readonly Edge[], fromMs: number, untilMs: number): readonly Edge[] {
  const found: Edge[] = [];
  for (let index = firstIndex(edges.length, (at) => (edges[at]?.atMs ?? Infinity) >= fromMs); ; index += 1) {
    const edge = edges[index];
    if (edge === undefined || edge.atMs > untilMs) return found;
    found.push(edge);
  }
}
