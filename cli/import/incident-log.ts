import { eventCommandId } from '../../contracts/command-ids.ts';
import { importedEscalationId, sha256, textIdFrom } from '../../contracts/ids.ts';
import type { PersonCommand } from '../../domain/escalation/commands.ts';
import type { EscalationEvent } from '../../domain/escalation/events.ts';
import type { Escalation } from '../../domain/escalation/state.ts';
import type { Channel, Severity, TextRef } from '../../domain/escalation/vocabulary.ts';
import { longestPauseMs } from '../../domain/escalation/decisions/person.ts';
import type { RecordedDecision } from '../../domain/policy/backtest/history.ts';
import { playThrough, type RefusedCommand } from '../../domain/policy/backtest/simulate.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import type { IncidentRow } from './servicenow-rows.ts';

/** A text that the import puts beside the log. */
export interface ImportedText {
  readonly id: string;
  readonly kind: 'title' | 'note';
  readonly text: string;
}

/** One incident as a closed escalation. */
export interface ImportedIncident {
  readonly number: string;
  readonly escalationId: string;
  readonly events: readonly EscalationEvent[];
  readonly state: Escalation;
  readonly texts: readonly ImportedText[];
  readonly severity: Severity;
  /** What the log says people did and this desk's rules refuse. */
  readonly refused: readonly RefusedCommand[];
}

interface Step {
  readonly atMs: number;
  readonly by: string;
  readonly command: PersonCommand;
}

const source = 'servicenow';

/**
 * Turns the lines of one incident into the log of an escalation: what people did, as the lines show it, decided by the
 * core under the import's policy. The same lines always give the same ids and events.
 *
 * @param rows of one incident, in the order of the file; at least one
 * @param policy with the version that it has where the log will be kept
 */
export function importIncident(rows: readonly IncidentRow[], policy: Policy): ImportedIncident {
  const [first] = rows;
  const last = rows.at(-1);
  if (first === undefined || last === undefined) throw new Error('an incident has at least one line');
  const { number } = first;
  const escalationId = importedEscalationId(source, number, first.openedAtMs);
  const title: ImportedText = { id: textIdFrom(`${escalationId} title`), kind: 'title', text: titleOf(last) };
  const note: ImportedText = { id: textIdFrom(`${escalationId} note`), kind: 'note', text: noteOf(last) };
  const noteRef = { id: note.id, hash: sha256(note.text) };
  const steps = stepsOf(rows, noteRef);
  const received: EscalationEvent = {
    type: 'escalation.received',
    seq: 1,
    atMs: first.openedAtMs,
    actor: { kind: 'integration', id: source },
    title: { id: title.id, hash: sha256(title.text) },
    body: noteRef,
    channel: channelOf(first.contactType),
    category: last.problemId === null ? 'other' : 'service_defect',
    severity: first.severity,
    policy: { name: policy.name, version: policy.version },
    source,
    ...(first.group === null ? {} : { team: groupId(first.group) }),
  };
  const decisions = steps.map((step, index): RecordedDecision => ({
    atMs: step.atMs,
    actor: { kind: 'person', id: personId(step.by) },
    commandId: eventCommandId(`imp_${index}`, sha256(escalationId)),
    command: step.command,
    events: [],
    wakeBeforeMs: null,
    pins: {},
  }));
  const endMs = steps.at(-1)?.atMs ?? first.openedAtMs;
  const played = playThrough(
    { escalationId, received, decisions, mismatches: [], endMs },
    policy,
    { calendars: {}, calendarPins: {} },
    () => ({ kind: 'suppressed', reason: 'imported' }),
  );
  return {
    number,
    escalationId,
    events: played.events,
    state: played.state,
    texts: [title, note],
    severity: played.state.severity,
    refused: played.refused,
  };
}

/** What people did between one line and the next. */
function stepsOf(rows: readonly IncidentRow[], note: TextRef): readonly Step[] {
  const steps: Step[] = [];
  const [first] = rows;
  if (first === undefined) return steps;
  let severity = first.severity;
  let phase: 'received' | 'acknowledged' | 'investigating' | 'resolved' | 'closed' = 'received';
  let paused = false;
  let assignee: string | null = null;
  let group = first.group;
  let atMs = first.openedAtMs;
  for (const row of rows) {
    atMs = Math.max(atMs, row.atMs);
    const by = row.by ?? row.assignee ?? 'unknown';
    const add = (command: PersonCommand, whenMs = atMs): void => {
      steps.push({ atMs: whenMs, by, command });
    };
    const isWaiting = row.state.startsWith('waiting');
    if (phase === 'resolved' && (row.state === 'active' || row.state === 'new' || isWaiting)) {
      add({ type: 'reopen', reason: note });
      phase = 'investigating';
    }
    if (row.severity !== severity && phase !== 'closed') {
      severity = row.severity;
      add({ type: 'change-severity', severity, reason: note });
    }
    if (phase === 'received' && (row.assignee !== null || row.state === 'active' || isWaiting)) {
      add({ type: 'acknowledge' });
      // Whoever acknowledges has it.
      assignee = by;
      phase = 'acknowledged';
    }
    const nextGroup = row.group ?? group;
    if (row.assignee !== null && (row.assignee !== assignee || nextGroup !== group) && phase !== 'closed') {
      assignee = row.assignee;
      group = nextGroup;
      add({ type: 'assign', assignee: personId(assignee), ...(group === null ? {} : { team: groupId(group) }) });
    }
    if (phase === 'acknowledged' && (row.state === 'active' || isWaiting)) {
      add({ type: 'start-investigation' });
      phase = 'investigating';
    }
    if (paused && !isWaiting) {
      if (row.state === 'active' || row.state === 'new') add({ type: 'resume' });
      paused = false;
    }
    if (isWaiting && !paused && phase === 'investigating') {
      add({ type: 'pause', reason: pauseReasonOf(row.state), untilMs: atMs + longestPauseMs });
      paused = true;
    }
    if ((row.state === 'resolved' || row.state === 'closed') && phase !== 'resolved' && phase !== 'closed') {
      // A file with the last state alone says when it was resolved; a log shows it.
      const resolvedMs =
        rows.length === 1 && row.resolvedAtMs !== null ? Math.max(first.openedAtMs, row.resolvedAtMs) : atMs;
      add({ type: 'resolve', code: 'fixed', summary: note }, Math.min(resolvedMs, atMs));
      phase = 'resolved';
    }
    if (row.state === 'closed' && phase === 'resolved') {
      add({ type: 'close' });
      phase = 'closed';
    }
  }
  return steps;
}

function pauseReasonOf(
  state: IncidentRow['state'],
): 'waiting_for_customer' | 'waiting_for_third_party' | 'scheduled_work' {
  if (state === 'waiting_for_customer') return state;
  return state === 'waiting_for_third_party' ? state : 'scheduled_work';
}

function channelOf(contactType: string): Channel {
  return contactType === 'Self service' || contactType === 'Direct opening' ? 'internal_request' : 'customer_contact';
}

/** Ids of another system are kept apart from the desk's own people and teams. */
function personId(user: string): string {
  return `${source}-user-${user.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
}

function groupId(group: string): string {
  return `${source}-group-${group.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
}

function titleOf(row: IncidentRow): string {
  const about = [row.category, row.subcategory].filter((part) => part !== null).join(', ');
  return about === '' ? row.number : `${row.number}: ${about}`;
}

function noteOf(row: IncidentRow): string {
  const parts = [
    `Imported from the ServiceNow log of ${row.number}.`,
    row.closedCode === null ? null : `Closed with code ${row.closedCode}.`,
    row.madeSla === null ? null : `Its own SLA was ${row.madeSla === 'true' ? 'made' : 'missed'}.`,
    row.problemId === null ? null : `Problem: ${row.problemId}.`,
  ];
  return parts.filter((part) => part !== null).join(' ');
}
