import type { EscalationEvent, EventBody } from '../escalation/events.ts';
import { forecast } from '../escalation/forecast.ts';
import type { Severity, Target } from '../escalation/vocabulary.ts';
import { coverAt, coverTimeline, type CoverStretch, type CoverTimeline } from './coverage.ts';
import type { Directory } from './directory.ts';
import { withFixedClocksOnly, type Policy } from './policy.ts';
import { receivedUnder, virtualEscalationId } from './virtual-escalation.ts';

/** One page of a flow. */
export interface FlowPage {
  /** After the escalation came in, in ms. */
  readonly offsetMs: number;
  readonly timeline: CoverTimeline;
  readonly requested: Extract<EventBody, { type: 'page.requested' }>;
  readonly covered: boolean;
}

/** What happens, if nobody acts, to every escalation that comes in at certain times. */
export interface WalkFlow {
  /** In the order in which they are asked for. */
  readonly pages: readonly FlowPage[];
  /** The core's own events, for one example. */
  readonly events: readonly EscalationEvent[];
  /** The instant of the example. Epoch ms. */
  readonly exampleAtMs: number;
  /** False when it did not come to rest. */
  readonly complete: boolean;
}

export interface ExploreOptions {
  readonly fromMs: number;
  readonly untilMs: number;
  /** How long each flow is followed, in ms. The directory has to cover that much past `untilMs`. */
  readonly followMs: number;
}

/** A question whose answer moves the flow: is anybody behind these targets, so long after the start? */
interface Question {
  readonly timeline: CoverTimeline;
  readonly offsetMs: number;
  readonly whenCovered: { next: Question | WalkFlow | null };
  readonly whenNot: { next: Question | WalkFlow | null };
}

/**
 * Every way that escalations of a severity can go under a policy in `[fromMs, untilMs)` while nobody acts.
 *
 * The core itself is the walker; no rule is written here a second time. What it does depends on nothing but whether
 * anybody is behind the targets that it asks for, at fixed times after the start. So its flows are kept in a tree of these
 * questions and it runs once for each flow, not once for each instant. An answer can only change where a question meets the
 * beginning or end of a gap: these instants are looked at, and no other can differ. Clocks that count by a business
 * calendar are left out, for their instants are not fixed; they page more, never less.
 */
export class WalkFlows {
  readonly flows: WalkFlow[] = [];
  readonly #directory: Directory;
  readonly #timelines: Map<string, CoverTimeline>;
  readonly #policy: Policy;
  readonly #severity: Severity;
  readonly #options: ExploreOptions;
  readonly #root: { next: Question | WalkFlow | null } = { next: null };

  /** @param timelines shared between explorations of one directory */
  constructor(
    directory: Directory,
    timelines: Map<string, CoverTimeline>,
    policy: Policy,
    severity: Severity,
    options: ExploreOptions,
  ) {
    this.#directory = directory;
    this.#timelines = timelines;
    this.#policy = withFixedClocksOnly(policy);
    this.#severity = severity;
    this.#options = options;
    this.#exploreAll();
  }

  /** How long each flow was followed, in ms. */
  get followMs(): number {
    return this.#options.followMs;
  }

  /** What happens to an escalation that comes in at an instant of the range. */
  at(atMs: number): WalkFlow {
    let place = this.#root;
    while (place.next !== null && 'whenCovered' in place.next) {
      const question: Question = place.next;
      const covered = isCovered(coverAt(question.timeline, atMs + question.offsetMs));
      place = covered ? question.whenCovered : question.whenNot;
    }
    return place.next ?? this.#run(atMs);
  }

  #exploreAll(): void {
    const asked = new Set<string>();
    const queue = [this.#options.fromMs];
    for (let atMs = queue.pop(); atMs !== undefined; atMs = queue.pop()) {
      const before = this.flows.length;
      const flow = this.at(atMs);
      if (this.flows.length === before) continue;
      for (const { timeline, offsetMs } of flow.pages) {
        const key = `${timeline.key}@${offsetMs}`;
        if (asked.has(key)) continue;
        asked.add(key);
        for (const edgeMs of timeline.gapEdgesMs) {
          const candidateMs = edgeMs - offsetMs;
          if (candidateMs > this.#options.fromMs && candidateMs < this.#options.untilMs) queue.push(candidateMs);
        }
      }
    }
  }

  /** Runs the core at one instant and hangs the questions that it asked into the tree. */
  #run(atMs: number): WalkFlow {
    const start = receivedUnder(this.#policy, {
      severity: this.#severity,
      channel: 'external',
      category: 'other',
      team: null,
      atMs,
    });
    const questions: { readonly timeline: CoverTimeline; readonly offsetMs: number; readonly covered: boolean }[] = [];
    const { events, complete } = forecast(
      start,
      { escalationId: virtualEscalationId, nowMs: atMs, policy: this.#policy, calendars: {}, calendarPins: {} },
      {
        untilMs: atMs + this.#options.followMs,
        resolveTargets: (targets, pageAtMs) => {
          const timeline = this.#timelineOf(targets);
          const cover = coverAt(timeline, pageAtMs);
          questions.push({ timeline, offsetMs: pageAtMs - atMs, covered: isCovered(cover) });
          return cover?.people ?? [];
        },
      },
    );
    // Pages are settled in the order in which they are asked for.
    const requests = events.filter((event) => event.type === 'page.requested');
    const pages = questions.flatMap((question, index): FlowPage[] => {
      const requested = requests[index];
      return requested === undefined ? [] : [{ ...question, requested }];
    });
    const flow: WalkFlow = { pages, events, exampleAtMs: atMs, complete };
    this.flows.push(flow);
    this.#hang(flow, questions);
    return flow;
  }

  #hang(
    flow: WalkFlow,
    questions: readonly { readonly timeline: CoverTimeline; readonly offsetMs: number; readonly covered: boolean }[],
  ): void {
    let place = this.#root;
    for (const { timeline, offsetMs, covered } of questions) {
      if (timeline.gapEdgesMs.length === 0) continue;
      const known = place.next;
      const question: Question =
        known !== null && 'whenCovered' in known
          ? known
          : { timeline, offsetMs, whenCovered: { next: null }, whenNot: { next: null } };
      place.next = question;
      place = covered ? question.whenCovered : question.whenNot;
    }
    place.next = flow;
  }

  #timelineOf(targets: readonly Target[]): CoverTimeline {
    const key = JSON.stringify(targets);
    const known = this.#timelines.get(key) ?? coverTimeline(this.#directory, targets);
    this.#timelines.set(key, known);
    return known;
  }
}

function isCovered(cover: CoverStretch | null): boolean {
  return cover !== null && cover.people.length > 0;
}
