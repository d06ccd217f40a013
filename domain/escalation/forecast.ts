import { decide, stamp } from './decide.ts';
import type { Command, DecisionContext } from './commands.ts';
import type { EscalationEvent } from './events.ts';
import { fold, hasEnded } from './evolve.ts';
import { nextWakeAtMs } from './next-wake.ts';
import type { Escalation } from './state.ts';
import { systemActor, type Target } from './vocabulary.ts';

/** The people whom a page would reach at an instant; empty: nobody. */
export type ResolveTargets = (targets: readonly Target[], atMs: number) => readonly string[];

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
  const events: EscalationEvent[] = [];
  let state = start;
  let nowMs = Math.max(context.nowMs, start.updatedAtMs);
  let decisions = 0;

  const run = (command: Command): boolean => {
    decisions += 1;
    const decision = decide(state, command, { ...context, nowMs, actor: systemActor });
    if (decision.kind === 'refused' || decision.events.length === 0) return false;
    const stamped = stamp(state, decision.events, { nowMs, actor: systemActor });
    events.push(...stamped);
    state = fold(stamped, state) ?? state;
    return true;
  };

  const settlePages = (): void => {
    while (decisions < maxDecisions) {
      const page = state.pendingPages[0];
      if (page === undefined) return;
      const recipients = options.resolveTargets(page.targets, nowMs);
      const outcome = recipients.length === 0 ? ({ kind: 'uncovered' } as const) : ({ kind: 'sent', recipients } as const);
      run({ type: 'record-page', pageId: page.pageId, outcome });
    }
  };

  if (!state.begun) run({ type: 'begin' });
  settlePages();
  while (decisions < maxDecisions && !hasEnded(state)) {
    const wakeAtMs = nextWakeAtMs(state, context.policy, context.calendars);
    if (wakeAtMs === null || wakeAtMs > options.untilMs) return { events, state, complete: true };
    nowMs = Math.max(nowMs, wakeAtMs);
    if (!run({ type: 'wake' })) return { events, state, complete: false };
    settlePages();
  }
  return { events, state, complete: hasEnded(state) };
}
