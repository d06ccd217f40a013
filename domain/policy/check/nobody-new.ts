import type { Tier } from '../../escalation/vocabulary.ts';
import { coverAt, type CoverTimeline } from '../coverage.ts';
import { stepPage, type FlowPage, type Flows, type WalkFlow } from '../flows.ts';
import type { CheckRange } from './cover-findings.ts';
import { instantsOf } from './instants.ts';

export interface NobodyNew {
  /** The first instant of it. Epoch ms. */
  readonly atMs: number;
  readonly people: readonly string[];
  readonly times: number;
  /** Not on the turn of a new escalation, but on a later one: pages by hand, or a reopening, have moved it on. */
  readonly onAnotherTurn: boolean;
}

/** Where a tier asks nobody whom the one before has not just asked: for whoever is on call, and on every member's turn. */
export function nobodyNew(flows: Flows, lower: Tier, upper: Tier, range: CheckRange): NobodyNew | null {
  const steps = new Map<WalkFlow, readonly FlowPage[]>();
  const stepsOf = (flow: WalkFlow): readonly FlowPage[] => {
    const known = steps.get(flow) ?? [lower, upper].flatMap((tier) => stepPage(flow, tier) ?? []);
    steps.set(flow, known);
    return known;
  };
  // Flows differ by the thousand, the people behind their steps do not.
  const pairs = new Map(flows.flows.map((flow) => [stepsOf(flow).map(keyOf).join(' '), stepsOf(flow)]));
  if (![...pairs.values()].some(canMeet)) return null;
  let first: { atMs: number; people: readonly string[]; turn: number } | null = null;
  let times = 0;
  for (const atMs of instantsOf(flows, range, stepsOf, true)) {
    const found = meetsAt(stepsOf(flows.at(atMs)), atMs);
    if (found === null) continue;
    times += 1;
    // A flaw of every new escalation is worse than one of a later turn.
    if (first === null || found.turn < first.turn || (found.turn === first.turn && atMs < first.atMs))
      first = { atMs, ...found };
  }
  return first === null ? null : { atMs: first.atMs, people: first.people, times, onAnotherTurn: first.turn > 0 };
}

function meetsAt(
  [below, above]: readonly FlowPage[],
  atMs: number,
): { readonly people: readonly string[]; readonly turn: number } | null {
  if (below === undefined || above === undefined) return null;
  const turns = Math.max(below.byTurn.length, above.byTurn.length);
  for (let turn = 0; turn < turns; turn += 1) {
    const asked = peopleOf(below, atMs, turn);
    const next = peopleOf(above, atMs, turn);
    if (next.length > 0 && next.every((person) => asked.includes(person))) return { people: next, turn };
  }
  return null;
}

function keyOf({ byTurn }: FlowPage): string {
  return byTurn.map(({ key }) => key).join('|');
}

function peopleOf(page: FlowPage, atMs: number, turn: number): readonly string[] {
  const timeline = page.byTurn[turn % page.byTurn.length];
  return timeline === undefined ? [] : (coverAt(timeline, atMs + page.offsetMs)?.people ?? []);
}

/** Whether the upper tier is ever made up of people of the lower one alone: if not, no instant has to be looked at. */
function canMeet([below, above]: readonly FlowPage[]): boolean {
  if (below === undefined || above === undefined) return false;
  const lower = new Set(below.byTurn.flatMap(everybody));
  if (!above.byTurn.some((timeline) => everybody(timeline).some((person) => lower.has(person)))) return false;
  return above.byTurn.some(({ stretches }) =>
    stretches.some(({ people }) => people.length > 0 && people.every((person) => lower.has(person))),
  );
}

const known = new WeakMap<CoverTimeline, readonly string[]>();

/** Whoever is behind a timeline at any time; worked out once. */
function everybody(timeline: CoverTimeline): readonly string[] {
  const people = known.get(timeline) ?? [...new Set(timeline.stretches.flatMap((stretch) => stretch.people))];
  known.set(timeline, people);
  return people;
}
