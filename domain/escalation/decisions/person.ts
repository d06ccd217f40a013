import { assertNever } from '../../assert-never.ts';
import { lastTier } from '../../policy/policy.ts';
import type { Decision, PersonCommand } from '../commands.ts';
import type { Escalation } from '../state.ts';
import { isOneOf, tiers, workStates, type ResolutionCode, type TextRef } from '../vocabulary.ts';
import {
  changeSeverity,
  pauseClocks,
  resumeClocks,
  retargetClocks,
  settleClocks,
  startClock,
  stopAllClocks,
  stopClock,
} from './clocks.ts';
import { nextUpdateId, refused, type Draft } from './draft.ts';
import { enterTier, nextTierAbove, pageTargets } from './walk.ts';

/** A pause longer than this is not a pause. */
export const longestPauseMs = 90 * 24 * 3_600_000;

type Handler<T extends PersonCommand['type']> = (
  draft: Draft,
  command: Extract<PersonCommand, { type: T }>,
) => Decision;

function inWork(state: Escalation): boolean {
  return isOneOf(workStates, state.status);
}

function isHandled(state: Escalation): boolean {
  return state.status === 'acknowledged' || state.status === 'investigating';
}

function wrongState(state: Escalation, what: string): Decision {
  return refused('wrong_state', `${what} is not possible while the escalation is ${state.status}`);
}

/** Ends a pause. Time owed for an acknowledgement moves by the pause's length. */
export function endPause(draft: Draft, cause: 'by_hand' | 'time_over' | 'resolved' | 'ended'): void {
  const { pause, walk } = draft.state();
  if (pause === null) return;
  const moved = walk === null ? null : walk.acknowledgeByMs + (draft.context.nowMs - pause.sinceMs);
  draft.emit({ type: 'escalation.resumed', cause, ...(moved === null ? {} : { acknowledgeByMs: moved }) });
  if (cause === 'by_hand' || cause === 'time_over') resumeClocks(draft, cause);
}

const acknowledge: Handler<'acknowledge'> = (draft) => {
  const state = draft.state();
  if (!inWork(state)) return wrongState(state, 'an acknowledgement');
  if (isHandled(state) && state.walk === null) {
    return refused('already_so', 'it is acknowledged and nobody else is being asked');
  }
  draft.emit({ type: 'escalation.acknowledged', by: draft.context.actor.id, tier: state.walk?.tier ?? state.tier });
  stopClock(draft, 'acknowledge', 'acknowledged');
  return draft.accepted();
};

const startInvestigation: Handler<'start-investigation'> = (draft) => {
  const state = draft.state();
  if (state.status === 'investigating') return refused('already_so', 'it is being investigated');
  if (state.status !== 'acknowledged') return wrongState(state, 'an investigation');
  draft.emit({ type: 'investigation.started' });
  return draft.accepted();
};

const assign: Handler<'assign'> = (draft, command) => {
  const state = draft.state();
  if (!inWork(state) && state.status !== 'resolved' && state.status !== 'rca')
    return wrongState(state, 'an assignment');
  const sameTeam = command.team === undefined || command.team === state.team;
  if (state.assignee === command.assignee && sameTeam) return refused('already_so', 'it is assigned so already');
  draft.emit({
    type: 'escalation.assigned',
    assignee: command.assignee,
    ...(command.team === undefined ? {} : { team: command.team }),
  });
  if (command.assignee !== draft.context.actor.id && command.assignee !== state.assignee) {
    pageTargets(draft, [{ kind: 'person', id: command.assignee }], 'assigned');
  }
  return draft.accepted();
};

const handOff: Handler<'hand-off'> = (draft, command) => {
  const state = draft.state();
  if (!isHandled(state)) return wrongState(state, 'a handoff');
  if (state.assignee === command.to) return refused('already_so', 'that person has it already');
  draft.emit({ type: 'escalation.handed_off', from: state.assignee, to: command.to, note: command.note });
  if (command.to !== draft.context.actor.id) pageTargets(draft, [{ kind: 'person', id: command.to }], 'handed_off');
  return draft.accepted();
};

const escalate: Handler<'escalate'> = (draft, command) => {
  const state = draft.state();
  if (!inWork(state)) return wrongState(state, 'an escalation to a tier');
  const wanted = command.toTier ?? nextTierAbove(draft, state.tier);
  if (wanted === null || wanted <= state.tier || wanted > lastTier(draft.context.policy)) {
    return refused(
      'no_such_tier',
      `it is at tier ${state.tier}; the policy goes up to ${lastTier(draft.context.policy)}`,
    );
  }
  endPause(draft, 'by_hand');
  enterTier(draft, { tier: wanted, round: 1, cause: 'by_hand', reason: command.reason });
  return draft.accepted();
};

const deEscalate: Handler<'de-escalate'> = (draft, command) => {
  const state = draft.state();
  if (!isHandled(state)) return wrongState(state, 'a de-escalation');
  const wanted = command.toTier ?? tiers.findLast((tier) => tier < state.tier);
  if (wanted === undefined || wanted >= state.tier) return refused('no_such_tier', `it is at tier ${state.tier}`);
  draft.emit({ type: 'tier.lowered', from: state.tier, to: wanted, reason: command.reason });
  return draft.accepted();
};

const setSeverity: Handler<'change-severity'> = (draft, command) => {
  const state = draft.state();
  if (!inWork(state) && state.status !== 'resolved' && state.status !== 'rca')
    return wrongState(state, 'a change of severity');
  if (state.severity === command.severity) return refused('already_so', `it is ${command.severity} already`);
  settleClocks(draft);
  if (draft.state().severity === command.severity) return draft.accepted();
  changeSeverity(draft, command.severity, 'by_hand', command.reason);
  return draft.accepted();
};

const note: Handler<'note'> = (draft, command) => {
  if (draft.state().status === 'closed') return wrongState(draft.state(), 'a note');
  draft.emit({ type: 'note.added', text: command.text });
  return draft.accepted();
};

const sendUpdate: Handler<'send-update'> = (draft, command) => {
  const state = draft.state();
  draft.emit({
    type: 'update.sent',
    updateId: nextUpdateId(draft),
    audience: command.audience,
    text: command.text,
  });
  stopClock(draft, 'first_update', 'update_sent');
  stopClock(draft, 'next_update', 'update_sent');
  if (inWork(state)) startClock(draft, 'next_update');
  return draft.accepted();
};

const pause: Handler<'pause'> = (draft, command) => {
  const state = draft.state();
  if (!isHandled(state)) return wrongState(state, 'a pause');
  if (state.pause !== null) return refused('already_so', 'it is paused already');
  const { nowMs } = draft.context;
  if (command.untilMs <= nowMs) return refused('bad_time', 'the pause has to end in the future');
  if (command.untilMs > nowMs + longestPauseMs) return refused('bad_time', 'a pause lasts 90 days at most');
  // What has fallen due and was not handled yet has its consequences; a pause does not undo them.
  settleClocks(draft);
  draft.emit({
    type: 'escalation.paused',
    reason: command.reason,
    untilMs: command.untilMs,
    ...(command.note === undefined ? {} : { note: command.note }),
  });
  pauseClocks(draft, command.reason);
  return draft.accepted();
};

const resume: Handler<'resume'> = (draft) => {
  if (draft.state().pause === null) return refused('already_so', 'it is not paused');
  endPause(draft, 'by_hand');
  return draft.accepted();
};

/** Shared by people and by machines whose word the policy takes. */
export function resolveNow(draft: Draft, code: ResolutionCode, summary?: TextRef): Decision {
  endPause(draft, 'resolved');
  draft.emit({ type: 'escalation.resolved', code, ...(summary === undefined ? {} : { summary }) });
  stopAllClocks(draft, 'resolved');
  if (draft.context.policy.severities[draft.state().severity].rcaRequired) startClock(draft, 'rca');
  return draft.accepted();
}

const resolve: Handler<'resolve'> = (draft, command) => {
  if (!inWork(draft.state())) return wrongState(draft.state(), 'a resolution');
  return resolveNow(draft, command.code, command.summary);
};

const reopen: Handler<'reopen'> = (draft, command) => {
  const state = draft.state();
  if (state.status !== 'resolved' && state.status !== 'rca' && state.status !== 'closed') {
    return wrongState(state, 'a reopening');
  }
  draft.emit({ type: 'escalation.reopened', reason: command.reason });
  stopAllClocks(draft, 'reopened');
  startClock(draft, 'resolve');
  enterTier(draft, { tier: state.tier, round: 1, cause: 'reopened' });
  return draft.accepted();
};

const submitRca: Handler<'submit-rca'> = (draft, command) => {
  const state = draft.state();
  if (state.status !== 'resolved' && state.status !== 'rca') return wrongState(state, 'a root cause analysis');
  if (state.rca?.approvedBy != null) return refused('already_so', 'the root cause analysis is approved');
  draft.emit({ type: 'rca.submitted', text: command.text, by: draft.context.actor.id });
  return draft.accepted();
};

const approveRca: Handler<'approve-rca'> = (draft) => {
  const { rca, status } = draft.state();
  if (status !== 'rca' || rca === null) return wrongState(draft.state(), 'an approval');
  if (rca.approvedBy !== null) return refused('already_so', 'the root cause analysis is approved');
  if (rca.submittedBy === draft.context.actor.id) {
    return refused('same_person', 'a root cause analysis is approved by somebody other than its submitter');
  }
  draft.emit({ type: 'rca.approved', by: draft.context.actor.id });
  stopClock(draft, 'rca', 'rca_approved');
  startClock(draft, 'action');
  return draft.accepted();
};

const close: Handler<'close'> = (draft) => {
  const state = draft.state();
  if (state.status !== 'resolved' && state.status !== 'rca') return wrongState(state, 'a closure');
  if (state.rca !== null && state.rca.approvedBy === null) {
    return refused('rca_not_approved', 'the root cause analysis waits for its approval');
  }
  if (state.rca === null && draft.context.policy.severities[state.severity].rcaRequired) {
    return refused('rca_required', `${state.severity} is closed after an approved root cause analysis`);
  }
  stopAllClocks(draft, 'closed');
  draft.emit({ type: 'escalation.closed' });
  return draft.accepted();
};

const migratePolicy: Handler<'migrate-policy'> = (draft, command) => {
  const state = draft.state();
  if (state.policy.version === command.version) return refused('already_so', `it is under version ${command.version}`);
  const next = draft.context.otherPolicies?.[command.version];
  if (next === undefined || next.name !== state.policy.name) {
    return refused('no_such_policy', `policy ${state.policy.name} has no version ${command.version}`);
  }
  if (lastTier(next) < state.tier) {
    return refused('no_such_tier', `it is at tier ${state.tier}; that version goes up to ${lastTier(next)}`);
  }
  settleClocks(draft);
  draft.emit({ type: 'policy.migrated', name: next.name, from: state.policy.version, to: next.version });
  draft.goOnUnder(next);
  retargetClocks(draft, 'policy_migrated');
  return draft.accepted();
};

const cancel: Handler<'cancel'> = (draft, command) => {
  if (!inWork(draft.state())) return wrongState(draft.state(), 'a cancellation');
  endPause(draft, 'ended');
  stopAllClocks(draft, 'cancelled');
  draft.emit({ type: 'escalation.cancelled', reason: command.reason });
  return draft.accepted();
};

/** One named function for each command. What it may not do in a state it refuses with the reason. */
export function decidePerson(draft: Draft, command: PersonCommand): Decision {
  const state = draft.state();
  const { expectedRev } = draft.context;
  if (expectedRev !== undefined && expectedRev !== state.rev) {
    return refused('stale_revision', `the escalation is at revision ${state.rev}, not ${expectedRev}`);
  }
  if (state.status === 'cancelled' || state.status === 'merged') return wrongState(state, 'this');
  if (state.status === 'closed' && command.type !== 'reopen') return wrongState(state, 'this');
  switch (command.type) {
    case 'acknowledge':
      return acknowledge(draft, command);
    case 'start-investigation':
      return startInvestigation(draft, command);
    case 'assign':
      return assign(draft, command);
    case 'hand-off':
      return handOff(draft, command);
    case 'escalate':
      return escalate(draft, command);
    case 'de-escalate':
      return deEscalate(draft, command);
    case 'change-severity':
      return setSeverity(draft, command);
    case 'note':
      return note(draft, command);
    case 'send-update':
      return sendUpdate(draft, command);
    case 'pause':
      return pause(draft, command);
    case 'resume':
      return resume(draft, command);
    case 'resolve':
      return resolve(draft, command);
    case 'reopen':
      return reopen(draft, command);
    case 'submit-rca':
      return submitRca(draft, command);
    case 'approve-rca':
      return approveRca(draft, command);
    case 'close':
      return close(draft, command);
    case 'migrate-policy':
      return migratePolicy(draft, command);
    case 'cancel':
      return cancel(draft, command);
    default:
      return assertNever(command);
  }
}
