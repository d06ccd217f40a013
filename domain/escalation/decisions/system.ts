import { assertNever } from '../../assert-never.ts';
import type { Decision, PageOutcome, SystemCommand, UpdateOutcome } from '../commands.ts';
import { hasEnded } from '../evolve.ts';
import { isOneOf, severities, workStates } from '../vocabulary.ts';
import { idlePageAtMs, owedClimbAtMs } from '../next-wake.ts';
import { stepOfPage } from '../page-id.ts';
import { changeSeverity, repinCalendar, settleClocks, startClock, stopAllClocks } from './clocks.ts';
import type { Draft } from './draft.ts';
import { endPause, resolveNow } from './person.ts';
import { advanceWalk, askAnewIfLate, climbOnce, enterTier, pageFallback, pageTier, releaseHeldPages } from './walk.ts';

/** The first decision: the clocks start and the first tier is asked. Made once, however often it is asked for. */
function begin(draft: Draft): Decision {
  const state = draft.state();
  if (state.begun || hasEnded(state)) return draft.accepted();
  startClock(draft, 'acknowledge');
  startClock(draft, 'first_update');
  startClock(draft, 'resolve');
  enterTier(draft, { tier: draft.context.policy.tiers[0]?.tier ?? 1, round: 1, cause: 'started' });
  return draft.accepted();
}

/** Everything that is due by now. A wake too early decides nothing. */
function wake(draft: Draft): Decision {
  const { nowMs, policy } = draft.context;
  if (!draft.state().begun || hasEnded(draft.state())) return draft.accepted();
  const { pause } = draft.state();
  if (pause !== null && pause.untilMs <= nowMs) endPause(draft, 'time_over');
  releaseHeldPages(draft);
  settleClocks(draft);
  const { walk } = draft.state();
  if (walk !== null && draft.state().pause === null && walk.acknowledgeByMs <= nowMs) {
    advanceWalk(draft, 'not_acknowledged');
  }
  const climbAtMs = owedClimbAtMs(draft.state());
  if (climbAtMs !== null && climbAtMs <= nowMs) climbOnce(draft, 'clock_breached');
  const idleAtMs = idlePageAtMs(draft.state(), policy);
  if (idleAtMs !== null && idleAtMs <= nowMs) pageTier(draft, 'idle');
  return draft.accepted();
}

function recordPage(draft: Draft, pageId: string, outcome: PageOutcome): Decision {
  const page = draft.state().pendingPages.find((candidate) => candidate.pageId === pageId);
  if (page === undefined) return draft.accepted();
  switch (outcome.kind) {
    case 'sent':
      draft.emit({ type: 'page.sent', pageId, recipients: outcome.recipients });
      return draft.accepted();
    case 'suppressed':
      draft.emit({ type: 'page.suppressed', pageId, reason: outcome.reason });
      return draft.accepted();
    case 'failed':
      draft.emit({ type: 'page.failed', pageId, reason: outcome.reason });
      return draft.accepted();
    case 'uncovered':
      break;
    default:
      return assertNever(outcome);
  }
  draft.emit({ type: 'step.uncovered', pageId, tier: page.tier });
  const { walk, fallbackPaged } = draft.state();
  const asks = page.isStep && walk !== null && stepOfPage(pageId) === walk.step;
  if (!asks || walk === null) return draft.accepted();
  if (!fallbackPaged) pageFallback(draft);
  // Nobody is skipped at once on the first walk. Later ones keep the tiers' time: somebody may come on call meanwhile.
  if (walk.round === 1) advanceWalk(draft, 'step_uncovered');
  return draft.accepted();
}

function recordUpdate(draft: Draft, updateId: string, outcome: UpdateOutcome): Decision {
  if (draft.state().pendingUpdates.some((update) => update.updateId === updateId)) {
    if (outcome.kind === 'failed') draft.emit({ type: 'update.failed', updateId, reason: outcome.reason });
    else draft.emit({ type: 'update.published', updateId, recipients: outcome.recipients });
  }
  return draft.accepted();
}

function countOccurrences(draft: Draft, count: number): Decision {
  const state = draft.state();
  if (hasEnded(state) || count <= state.occurrences) return draft.accepted();
  draft.emit({ type: 'occurrences.counted', count });
  if (!isOneOf(workStates, state.status)) return draft.accepted();
  const reached = draft.context.policy.volumeRules
    .filter((rule) => rule.atCount <= count && rule.atCount > state.occurrences)
    .map((rule) => severities.indexOf(rule.raiseTo));
  const raiseTo = severities[Math.min(...reached, severities.indexOf(state.severity))];
  if (raiseTo === undefined || raiseTo === state.severity) return draft.accepted();
  settleClocks(draft);
  if (severities.indexOf(raiseTo) < severities.indexOf(draft.state().severity)) {
    changeSeverity(draft, raiseTo, 'volume');
  }
  return draft.accepted();
}

function reportClear(draft: Draft, source: string): Decision {
  const state = draft.state();
  if (!isOneOf(workStates, state.status) || state.sourceClearedAtMs !== null) return draft.accepted();
  draft.emit({ type: 'source.cleared', source });
  const { machineClear } = draft.context.policy;
  const rule = state.status === 'received' ? machineClear.beforeAcknowledge : machineClear.duringWork;
  return rule === 'resolve' ? resolveNow(draft, 'cleared_by_source') : draft.accepted();
}

export function decideSystem(draft: Draft, command: SystemCommand): Decision {
  switch (command.type) {
    case 'begin':
      return begin(draft);
    case 'take-up':
      askAnewIfLate(draft);
      return draft.accepted();
    case 'wake':
      return wake(draft);
    case 'report-clear':
      return reportClear(draft, command.source);
    case 'count-occurrences':
      return countOccurrences(draft, command.count);
    case 'record-page':
      return recordPage(draft, command.pageId, command.outcome);
    case 'record-update':
      return recordUpdate(draft, command.updateId, command.outcome);
    case 'pin-calendar':
      if (!hasEnded(draft.state())) repinCalendar(draft, command.calendarId);
      return draft.accepted();
    case 'merge':
      if (hasEnded(draft.state())) return draft.accepted();
      endPause(draft, 'ended');
      stopAllClocks(draft, 'merged');
      draft.emit({ type: 'escalation.merged', into: command.into });
      return draft.accepted();
    default:
      return assertNever(command);
  }
}
