import { coverAt, type CoverTimeline } from './coverage.ts';
import type { ExploreOptions, Flows, WalkFlow } from './flows.ts';
import { isCovered, runFlow, type CoverAnswer, type FlowSetting } from './run-flow.ts';

/** A question whose answer moves the flow: is anybody behind these targets, so long after the start? */
interface Question {
  readonly timeline: CoverTimeline;
  readonly offsetMs: number;
  readonly whenCovered: { next: Question | WalkFlow | null };
  readonly whenNot: { next: Question | WalkFlow | null };
}

/**
 * Every way that escalations of one kind can go under a policy in `[fromMs, untilMs)` while nobody acts, where no calendar
 * and no window has a part in it.
 *
 * The core itself is the walker; no rule is written here a second time. What it does then depends on nothing but whether
 * anybody is behind the targets that it asks for, at fixed times after the start. So its flows are kept in a tree of these
 * questions and it runs once for each flow, not once for each instant. An answer can only change where a question meets the
 * beginning or end of a gap: these instants are looked at, and no other can differ.
 */
export class WalkFlows implements Flows {
  readonly flows: WalkFlow[] = [];
  readonly #setting: FlowSetting;
  readonly #options: ExploreOptions;
  readonly #root: { next: Question | WalkFlow | null } = { next: null };

  constructor(setting: FlowSetting, options: ExploreOptions) {
    this.#setting = setting;
    this.#options = options;
    this.#exploreAll();
  }

  get followMs(): number {
    return this.#options.followMs;
  }

  get changesMs(): readonly number[] {
    return [this.#options.fromMs, ...this.flows.map((flow) => flow.exampleAtMs)];
  }

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
      for (const { byTurn, offsetMs } of flow.pages) {
        const [timeline] = byTurn;
        if (timeline === undefined) continue;
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
    const { flow, answers } = runFlow(this.#setting, atMs, atMs + this.#options.followMs);
    this.flows.push(flow);
    this.#hang(flow, answers);
    return flow;
  }

  #hang(flow: WalkFlow, answers: readonly CoverAnswer[]): void {
    let place = this.#root;
    for (const { timeline, offsetMs, covered } of answers) {
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
}
