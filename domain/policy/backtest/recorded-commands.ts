import type { Command, PersonCommand } from '../../escalation/commands.ts';
import type { EscalationEvent } from '../../escalation/events.ts';
import type { Escalation } from '../../escalation/state.ts';

/**
 * The commands that a recorded decision may have been the answer to, the likeliest first. A log holds what was decided and
 * not what was asked, but each command leaves events of its own kind; where two could have, the core itself tells them apart.
 *
 * @param group the events from the decision's first one on that share instant, actor and command; the decision may be
 *   only the beginning of it
 * @param state before the decision
 * @returns empty for events of a person that no command leaves
 */
export function recordedCommands(group: readonly EscalationEvent[], state: Escalation): readonly Command[] {
  const [first] = group;
  if (first === undefined) return [];
  if (first.actor.kind === 'system') return systemCommands(first, group, state);
  const command = machineCommand(first) ?? personCommand(group);
  return command === null ? [] : [command];
}

/** The run of events from `from` on that share instant, actor and command. */
export function groupFrom(log: readonly EscalationEvent[], from: number): readonly EscalationEvent[] {
  const first = log[from];
  if (first === undefined) return [];
  let end = from + 1;
  while (sameOrigin(first, log[end])) end += 1;
  return log.slice(from, end);
}

function sameOrigin(a: EscalationEvent, b: EscalationEvent | undefined): boolean {
  return (
    b !== undefined &&
    a.atMs === b.atMs &&
    a.commandId === b.commandId &&
    a.actor.kind === b.actor.kind &&
    a.actor.id === b.actor.id
  );
}

/** Machines speak as integrations, or as the system where the host speaks for them. */
function machineCommand(first: EscalationEvent): Command | null {
  if (first.type === 'source.cleared') return { type: 'report-clear', source: first.source };
  if (first.type === 'occurrences.counted') return { type: 'count-occurrences', count: first.count };
  return null;
}

function systemCommands(
  first: EscalationEvent,
  group: readonly EscalationEvent[],
  state: Escalation,
): readonly Command[] {
  const takesUp = group.some((event) => event.type === 'tier.entered' && event.cause === 'taken_up_late');
  const told = machineCommand(first) ?? outcomeCommand(first);
  if (told !== null) return [...(takesUp ? [{ type: 'take-up' } as const] : []), told, { type: 'wake' }];
  const commands: Command[] = [];
  if (!state.begun && group.some((event) => event.type === 'tier.entered')) commands.push({ type: 'begin' });
  const merged = group.find((event) => event.type === 'escalation.merged');
  if (merged !== undefined) commands.push({ type: 'merge', into: merged.into });
  if (first.type === 'calendar.pinned') commands.push({ type: 'pin-calendar', calendarId: first.calendar.id });
  return [...commands, { type: 'wake' }];
}

/** What came of a page or an update. */
function outcomeCommand(first: EscalationEvent): Command | null {
  switch (first.type) {
    case 'page.sent':
      return { type: 'record-page', pageId: first.pageId, outcome: { kind: 'sent', recipients: first.recipients } };
    case 'page.failed':
      return { type: 'record-page', pageId: first.pageId, outcome: { kind: 'failed', reason: first.reason } };
    case 'page.suppressed':
      return { type: 'record-page', pageId: first.pageId, outcome: { kind: 'suppressed', reason: first.reason } };
    case 'step.uncovered':
      return { type: 'record-page', pageId: first.pageId, outcome: { kind: 'uncovered' } };
    case 'update.published':
      return {
        type: 'record-update',
        updateId: first.updateId,
        outcome: { kind: 'published', recipients: first.recipients },
      };
    case 'update.failed':
      return { type: 'record-update', updateId: first.updateId, outcome: { kind: 'failed', reason: first.reason } };
    default:
      return null;
  }
}

/** What a person's events say that was asked. An event that several commands may leave is looked at last. */
function personCommand(group: readonly EscalationEvent[]): PersonCommand | null {
  for (const event of group) {
    const command = ownCommand(event);
    if (command !== null) return command;
  }
  return group.some((event) => event.type === 'escalation.resumed') ? { type: 'resume' } : null;
}

function ownCommand(event: EscalationEvent): PersonCommand | null {
  switch (event.type) {
    case 'escalation.acknowledged':
      return { type: 'acknowledge' };
    case 'investigation.started':
      return { type: 'start-investigation' };
    case 'escalation.assigned':
      return { type: 'assign', assignee: event.assignee, ...(event.team === undefined ? {} : { team: event.team }) };
    case 'escalation.handed_off':
      return { type: 'hand-off', to: event.to, note: event.note };
    case 'tier.entered':
      if (event.cause !== 'by_hand' || event.reason === undefined) return null;
      return { type: 'escalate', reason: event.reason, toTier: event.tier };
    case 'tier.lowered':
      return { type: 'de-escalate', reason: event.reason, toTier: event.to };
    case 'severity.changed':
      if (event.cause !== 'by_hand' || event.reason === undefined) return null;
      return { type: 'change-severity', severity: event.to, reason: event.reason };
    case 'note.added':
      return { type: 'note', text: event.text };
    case 'update.sent':
      return { type: 'send-update', audience: event.audience, text: event.text };
    case 'escalation.paused':
      return {
        type: 'pause',
        reason: event.reason,
        untilMs: event.untilMs,
        ...(event.note === undefined ? {} : { note: event.note }),
      };
    case 'escalation.resolved':
      return event.summary === undefined ? null : { type: 'resolve', code: event.code, summary: event.summary };
    case 'escalation.reopened':
      return { type: 'reopen', reason: event.reason };
    case 'rca.submitted':
      return { type: 'submit-rca', text: event.text };
    case 'rca.approved':
      return { type: 'approve-rca' };
    case 'escalation.closed':
      return { type: 'close' };
    case 'escalation.cancelled':
      return { type: 'cancel', reason: event.reason };
    case 'policy.migrated':
      return { type: 'migrate-policy', version: event.to };
    default:
      return null;
  }
}
