import { firstIndex, type Edge, type Stretch } from './edges.ts';
import type { FlowPage, WalkFlow } from './flows.ts';

/** Everything in a policy and a calendar is written in whole seconds: ways change at no finer grain. */
const grainMs = 1000;
const mostGuesses = 10;

/** Instants of one stretch, counted from its beginning, on which escalations go the same way. */
export interface Piece {
  readonly fromMs: number;
  readonly untilMs: number;
  /** At `fromMs`. */
  readonly flow: WalkFlow;
  /** At `untilMs`. */
  readonly last: WalkFlow;
  /** Whether the acknowledge clock runs out later as the escalation comes later. */
  readonly acknowledgeMoves: boolean;
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
    return joined(found);
  }

  /** Where a page of the first way would meet an edge that may stop it. */
  #meetings(fromMs: number, lastMs: number): readonly number[] {
    const offsets = new Set(this.#at(fromMs).pages.map((page) => page.offsetMs));
    for (const page of this.#at(lastMs).pages) offsets.add(page.offsetMs);
    const instants = new Set<number>();
    for (const offsetMs of offsets) {
      if (offsetMs === 0) continue;
      const met = edgesBetween(this.#edges, fromMs + offsetMs, lastMs + offsetMs).filter(
        ({ stopsPages }) => stopsPages,
      );
      // A page that meets one edge alone is treated otherwise from there to the end: the ends do not agree then.
      if (met.length < 2) continue;
      for (const { atMs } of met) if (atMs - offsetMs > fromMs) instants.add(atMs - offsetMs);
    }
    return [...instants].toSorted((a, b) => a - b);
  }

  /** @param guesses how often the bend may still be looked for where it is likely; then by halving */
  #between(fromMs: number, untilMs: number, guesses = mostGuesses): readonly Piece[] {
    const [first, last] = [this.#at(fromMs), this.#at(untilMs)];
    const piece = pieceOf(first, last, fromMs - this.#stretch.fromMs, untilMs - this.#stretch.fromMs);
    if (piece !== null) return [piece];
    const middleMs = Math.min(untilMs, fromMs + Math.ceil((untilMs - fromMs) / 2 / grainMs) * grainMs);
    const bendMs = (guesses > 0 ? this.#likelyBend(first, fromMs, untilMs) : null) ?? middleMs;
    return [
      ...this.#between(fromMs, Math.max(fromMs, bendMs - grainMs), guesses - 1),
      ...this.#between(bendMs, untilMs, guesses - 1),
    ];
  }

  /** Where anything of the first way would meet an edge: the middle one of these, so that few steps lead to the right one. */
  #likelyBend(flow: WalkFlow, fromMs: number, untilMs: number): number | null {
    // Of a page that waited the events know when it was asked for.
    const offsets = new Set(flow.events.map((event) => event.atMs - flow.exampleAtMs));
    for (const offsetMs of [flow.acknowledgeDueMs, ...flow.pages.map((page) => page.offsetMs)]) {
      if (offsetMs !== null) offsets.add(offsetMs);
    }
    const instants = new Set<number>();
    for (const offsetMs of offsets) {
      for (const { atMs } of edgesBetween(this.#edges, fromMs + offsetMs, untilMs + offsetMs)) {
        for (const bendMs of [atMs - offsetMs, atMs - offsetMs + grainMs]) {
          if (bendMs > fromMs + grainMs && bendMs <= untilMs && !this.#runs.has(bendMs)) instants.add(bendMs);
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

/** Looking for a bend leaves pieces of one line: they are put together again. */
function joined(pieces: readonly Piece[]): readonly Piece[] {
  const whole: Piece[] = [];
  for (const piece of pieces) {
    const before = whole.at(-1);
    const both = before === undefined ? null : pieceOf(before.flow, piece.last, before.fromMs, piece.untilMs);
    if (before !== undefined && both !== null && goesOn(before, both) && goesOn(piece, both)) {
      whole[whole.length - 1] = both;
    } else whole.push(piece);
  }
  return whole;
}

/** Whether a piece lies on a longer line; a single instant lies on any that goes through it. */
function goesOn(part: Piece, line: Piece): boolean {
  if (part.fromMs === part.untilMs) return true;
  return (
    part.acknowledgeMoves === line.acknowledgeMoves &&
    part.flow.pages.every((page, index) => page.moving === line.flow.pages[index]?.moving)
  );
}

/** The line through two ways, where there is one: each page moves with the escalation, or stays at its instant. */
function pieceOf(first: WalkFlow, last: WalkFlow, fromMs: number, untilMs: number): Piece | null {
  const laterMs = untilMs - fromMs;
  if (first.pages.length !== last.pages.length) return null;
  const acknowledge = straight(first.acknowledgeDueMs, last.acknowledgeDueMs, laterMs);
  if (acknowledge === null) return null;
  const moves: boolean[] = [];
  for (const [index, page] of first.pages.entries()) {
    const other = last.pages[index];
    const line =
      other === undefined || !samePage(page, other) ? null : straight(page.offsetMs, other.offsetMs, laterMs);
    if (line === null) return null;
    moves.push(line === 'moves');
  }
  const told = (flow: WalkFlow): WalkFlow => ({
    ...flow,
    pages: flow.pages.map((page, index) => ({ ...page, moving: moves[index] ?? true })),
  });
  return {
    fromMs,
    untilMs,
    flow: told(first),
    last: told(last),
    acknowledgeMoves: acknowledge === 'moves',
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
