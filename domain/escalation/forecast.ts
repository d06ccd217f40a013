import { advance } from './decide.ts';
import type { Command, DecisionContext } from './commands.ts';
import type { EscalationEvent } from './events.ts';
import { hasEnded } from './evolve.ts';
import { nextWakeAtMs } from './next-wake.ts';
import type { Escalation } from './state.ts';
import { systemActor, type Target } from './vocabulary.ts';

/**
 * The people whom a page would reach at an instant; empty: nobody.
 * @param pageId which page it is: teams that are asked in turn go on with each
 */
export type ResolveTargets = (targets: readonly Target[], atMs: number, pageId: string) => readonly string[];

export interface ForecastOptions {
  readonly resolveTargets: ResolveTargets;
  /** Nothing beyond this instant is foretold. Epoch ms. */
  readonly untilMs: number;
  /** Upper bound of decisions, so that a policy without an end can't run for ever. */
  readonly maxDecisions?: number;
}

export interface Forecast {
  /** What would be written, in order, each with its instant. */
  readonly events: readonly EscalationEvent[];
  readonly state: Escalation;
  /** False when the bound of decisions was met before `untilMs`. */
  readonly complete: boolean;
}

/**
 * What happens if nobody acts: the same core over virtual time. Pages are taken to arrive at once with whom
 * `resolveTargets` names.
 */
export function forecast(
  start: Escalation,
  context: Omit<DecisionContext, 'actor' | 'expectedRev'>,
  options: ForecastOptions,
): Forecast {
  const maxDecisions = options.maxDecisions ?? 2_000;
  const run = new VirtualRun(start, context, maxDecisions);
  if (!start.begun) run.decide({ type: 'begin' });
  run.settlePages(options.resolveTargets);
  while (!run.isSpent()) {
    if (hasEnded(run.state)) return run.result(true);
    const wakeAtMs = nextWakeAtMs(run.state, context.policy, context.calendars);
    if (wakeAtMs === null || wakeAtMs > options.untilMs) return run.result(true);
    run.moveTo(wakeAtMs);
    if (!run.decide({ type: 'wake' })) return run.result(false);
    run.settlePages(options.resolveTargets);
  }
  return run.result(false);
}

/** The core over virtual time: only here does time move without anybody waiting for it. */
class VirtualRun {
  readonly #context: Omit<DecisionContext, 'actor' | 'expectedRev'>;
  readonly #events: EscalationEvent[] = [];
  #state: Escalation;
  #nowMs: number;
  #left: number;

  constructor(start: Escalation, context: Omit<DecisionContext, 'actor' | 'expectedRev'>, maxDecisions: number) {
    this.#context = context;
    this.#state = start;
    this.#nowMs = Math.max(context.nowMs, start.updatedAtMs);
    this.#left = maxDecisions;
  }

  get state(): Escalation {
    return this.#state;
  }

  isSpent(): boolean {
    return this.#left <= 0;
  }

  moveTo(atMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, atMs);
  }

  /** @returns false when nothing came of it */
  decide(command: Command): boolean {
    this.#left -= 1;
    const next = advance(this.#state, command, { ...this.#context, nowMs: this.#nowMs, actor: systemActor });
    if (next.kind === 'refused' || next.events.length === 0) return false;
    this.#events.push(...next.events);
    this.#state = next.state;
    return true;
  }

  settlePages(resolveTargets: ResolveTargets): void {
    for (
      let page = this.#state.pendingPages[0];
      page !== undefined && !this.isSpent();
      page = this.#state.pendingPages[0]
    ) {
      const recipients = resolveTargets(page.targets, this.#nowMs, page.pageId);
      const outcome =
        recipients.length === 0 ? ({ kind: 'uncovered' } as const) : ({ kind: 'sent', recipients } as const);
      this.decide({ type: 'record-page', pageId: page.pageId, outcome });
    }
  }

  result(complete: boolean): Forecast {
    return { events: this.#events, state: this.#state, complete };
  }
}
