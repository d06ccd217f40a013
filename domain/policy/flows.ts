import type { EscalationEvent, EventBody } from '../escalation/events.ts';
import type { Tier } from '../escalation/vocabulary.ts';
import type { CoverTimeline } from './coverage.ts';

/** One page of a flow. */
export interface FlowPage {
  /** After the escalation came in, in ms. */
  readonly offsetMs: number;
  /** Who is behind it, on the turn that it has, then on each following turn: one where nobody is asked in turn. */
  readonly byTurn: readonly CoverTimeline[];
  readonly requested: Extract<EventBody, { type: 'page.requested' }>;
  readonly covered: boolean;
  /** What it waited for before it went out; null: it did not wait. */
  readonly held: Extract<EventBody, { type: 'page.held' }>['reason'] | null;
  /** Whether it comes later by as much as the escalation does; otherwise it has an instant of its own. */
  readonly moving: boolean;
}

/** What happens, if nobody acts, to every escalation that comes in at certain times. */
export interface WalkFlow {
  /** In the order in which they are asked for. */
  readonly pages: readonly FlowPage[];
  /** When the acknowledge clock runs out, after the escalation came in, in ms; null: it does not while this is followed. */
  readonly acknowledgeDueMs: number | null;
  /** The same of the clock to resolve. */
  readonly resolveDueMs: number | null;
  /** The core's own events, for one example. */
  readonly events: readonly EscalationEvent[];
  /** The instant of the example. Epoch ms. */
  readonly exampleAtMs: number;
  /** False when it did not come to rest. */
  readonly complete: boolean;
}

/** Every way that escalations of one kind can go under a policy while nobody acts. */
export interface Flows {
  /** Each way once. */
  readonly flows: readonly WalkFlow[];
  /** How long each was followed at most, in ms. */
  readonly followMs: number;
  /** Instants between which escalations go the same way, apart from who is on call. Epoch ms. */
  readonly changesMs: readonly number[];
  /** What happens to an escalation that comes in at an instant of the range. */
  at(atMs: number): WalkFlow;
}

export interface ExploreOptions {
  readonly fromMs: number;
  readonly untilMs: number;
  /** How long each flow is followed, in ms. The directory has to cover that much past `untilMs`. */
  readonly followMs: number;
}

/** The first page of a tier in the first walk; undefined where it is not asked. */
export function stepPage(flow: WalkFlow, tier: Tier): FlowPage | undefined {
  return flow.pages.find(({ requested }) => requested.isStep && requested.tier === tier);
}
