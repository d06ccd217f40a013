import { lastTier, tierRule } from '../../policy/policy.ts';
import type { PageCause, TierCause } from '../events.ts';
import { tiers, type ClockName, type Target, type TextRef, type Tier } from '../vocabulary.ts';
import { hasFlag } from '../flags.ts';
import { pageIdOf, stepOfPage } from '../page-id.ts';
import type { Draft } from './draft.ts';
import { holdOf } from './holds.ts';

/** One wake enters at most one tier: an outage is not followed by a walk through all of them at once. */
function hasClimbed(draft: Draft): boolean {
  return draft.emitted('tier.entered') || draft.emitted('tiers.exhausted');
}

function requestPage(draft: Draft, targets: readonly Target[], cause: PageCause, isStep: boolean): void {
  const { steps, pages, tier, walk } = draft.state();
  const page = {
    pageId: pageIdOf(draft.context.escalationId, steps, pages + 1),
    tier: isStep && walk !== null ? walk.tier : tier,
    targets,
    cause,
    isStep,
  };
  const hold = holdOf(draft, cause);
  if (hold === null) draft.emit({ type: 'page.requested', ...page });
  else draft.emit({ type: 'page.held', ...page, ...hold });
}

/** A tenth of its time a tier can spare, and a moment in any case. */
export const leastLateMs = 2_000;
const spared = 0.1;

/**
 * Intake decides the beginning, and a workflow sends the page. Where it comes late, the tier is asked anew: its time is
 * counted from when its people can hear of it, and no outage takes it away. The promises go on from the receipt.
 */
export function askAnewIfLate(draft: Draft): void {
  const { walk, pause, pendingPages, heldPages } = draft.state();
  if (walk === null || pause !== null) return;
  const isLate = (sinceMs: number): boolean =>
    draft.context.nowMs - sinceMs >= Math.max(leastLateMs, spared * (walk.acknowledgeByMs - sinceMs));
  const overtaken = [
    ...pendingPages.map(({ pageId, isStep, requestedAtMs }) => ({ pageId, isStep, sinceMs: requestedAtMs })),
    ...heldPages.map(({ pageId, isStep, untilMs }) => ({ pageId, isStep, sinceMs: untilMs })),
  ].filter(({ pageId, isStep, sinceMs }) => isStep && stepOfPage(pageId) === walk.step && isLate(sinceMs));
  if (overtaken.length === 0) return;
  for (const { pageId } of overtaken) draft.emit({ type: 'page.suppressed', pageId, reason: 'asked_anew' });
  enterTier(draft, { tier: walk.tier, round: walk.round, cause: 'taken_up_late' });
}

/** Pages whose time has come go out under their own id, unless they have been overtaken meanwhile. */
export function releaseHeldPages(draft: Draft): void {
  for (const { untilMs, ...page } of draft.state().heldPages) {
    if (untilMs > draft.context.nowMs) continue;
    const step = stepOfPage(page.pageId);
    if (page.isStep && draft.state().walk?.step !== step) {
      draft.emit({ type: 'page.suppressed', pageId: page.pageId, reason: 'overtaken' });
    } else {
      draft.emit({ type: 'page.requested', ...page });
    }
  }
}

export function pageTargets(draft: Draft, targets: readonly Target[], cause: PageCause): void {
  requestPage(draft, targets, cause, false);
}

/** Pages the present tier again, without asking for a new acknowledgement. */
export function pageTier(draft: Draft, cause: PageCause): void {
  requestPage(draft, tierRule(draft.context.policy, draft.state().tier).targets, cause, false);
}

export function enterTier(
  draft: Draft,
  step: { tier: Tier; round: number; cause: TierCause; reason?: TextRef; notLaterThanMs?: number },
): void {
  const { policy, nowMs } = draft.context;
  const rule = tierRule(policy, step.tier);
  // A tier's time begins when its page goes out.
  const askedAtMs = holdOf(draft, step.cause)?.untilMs ?? nowMs;
  const byMs = askedAtMs + rule.acknowledgeWithinMs[draft.state().severity];
  draft.emit({
    type: 'tier.entered',
    tier: step.tier,
    round: step.round,
    step: draft.state().steps + 1,
    cause: step.cause,
    ...(step.reason === undefined ? {} : { reason: step.reason }),
    acknowledgeByMs: Math.min(byMs, step.notLaterThanMs ?? byMs),
  });
  requestPage(draft, rule.targets, step.cause, true);
}

/** The tier under way is asked anew with the time that the present severity gives it. */
export function reenterTier(draft: Draft, cause: TierCause): void {
  const { walk } = draft.state();
  if (walk === null) return;
  enterTier(draft, { tier: walk.tier, round: walk.round, cause, notLaterThanMs: walk.acknowledgeByMs });
}

export function nextTierAbove(draft: Draft, tier: Tier): Tier | null {
  const above = tiers.find((candidate) => candidate > tier);
  return above === undefined || above > lastTier(draft.context.policy) ? null : above;
}

function firstTier(draft: Draft): Tier {
  return draft.context.policy.tiers[0]?.tier ?? 1;
}

/** Nobody answered, or nobody could be asked: on to the next step of the walk. */
export function advanceWalk(draft: Draft, cause: 'not_acknowledged' | 'step_uncovered'): void {
  const { walk } = draft.state();
  if (walk === null || hasClimbed(draft)) return;
  const above = nextTierAbove(draft, walk.tier);
  if (above !== null) return enterTier(draft, { tier: above, round: walk.round, cause });
  if (walk.round <= draft.context.policy.repeats) {
    return enterTier(draft, { tier: firstTier(draft), round: walk.round + 1, cause: 'repeat' });
  }
  const { fallbackPaged } = draft.state();
  draft.emit({ type: 'tiers.exhausted', rounds: walk.round });
  if (!fallbackPaged) pageFallback(draft);
  return undefined;
}

export function pageFallback(draft: Draft): void {
  pageTargets(draft, draft.context.policy.fallback, 'fallback');
}

/**
 * A missed promise moves the tier up; but a tier that is being asked keeps its time. At its end the walk moves on, for
 * this cause as well; where somebody has answered by then, the tier moves up for the promise alone.
 */
export function climbForBreach(draft: Draft, clock: ClockName): void {
  const { walk } = draft.state();
  if (walk === null || !hasFlag(draft.context, 'tiers_keep_their_time')) return climbOnce(draft, 'clock_breached');
  draft.emit({ type: 'climb.deferred', clock, untilMs: walk.acknowledgeByMs });
  return undefined;
}

/** Moves the tier up by itself; at the last tier that tier is asked anew. */
export function climbOnce(draft: Draft, cause: TierCause): void {
  if (hasClimbed(draft)) return;
  const { tier, walk } = draft.state();
  enterTier(draft, { tier: nextTierAbove(draft, tier) ?? tier, round: walk?.round ?? 1, cause });
}
