import { assertNever } from '../assert-never.ts';
import { evolveClock, type ClockEvent } from '../sla/evolve-clock.ts';
import type { EscalationEvent, EventMeta, TierCause } from './events.ts';
import { stateVersion, type Escalation } from './state.ts';
import { endStates, isOneOf } from './vocabulary.ts';

/** Past cycles kept with the state; older ones are in the log. */
const pastClocksKept = 40;

type Received = Extract<EscalationEvent, { type: 'escalation.received' }>;

function received(event: Received): Escalation {
  return {
    stateVersion,
    status: 'received',
    seq: event.seq,
    rev: 1,
    createdAtMs: event.atMs,
    updatedAtMs: event.atMs,
    title: event.title,
    body: event.body ?? null,
    channel: event.channel,
    category: event.category,
    severity: event.severity,
    tier: 1,
    policy: event.policy,
    dedupKey: event.dedupKey ?? null,
    accountId: event.accountId ?? null,
    accountClass: event.accountClass ?? null,
    team: event.team ?? null,
    source: event.source,
    reportedBy: event.actor.id,
    assignee: null,
    occurrences: 1,
    begun: false,
    walk: null,
    steps: 0,
    pages: 0,
    pendingPages: [],
    heldPages: [],
    updates: 0,
    pendingUpdates: [],
    uncovered: false,
    fallbackPaged: false,
    exhausted: false,
    climbsOwed: {},
    pause: null,
    clocks: {},
    pastClocks: [],
    calendars: {},
    rca: null,
    resolvedAtMs: null,
    reopenings: 0,
    lastTouchedAtMs: null,
    idlePagedForMs: null,
    mergedInto: null,
    sourceClearedAtMs: null,
  };
}

/** What a person changed counts as a revision: `If-Match` compares it. A command with several events counts once. */
function isRevision(event: EscalationEvent): boolean {
  switch (event.type) {
    case 'escalation.acknowledged':
    case 'investigation.started':
    case 'escalation.assigned':
    case 'escalation.handed_off':
    case 'severity.changed':
    case 'note.added':
    case 'update.sent':
    case 'escalation.paused':
    case 'escalation.resolved':
    case 'escalation.reopened':
    case 'rca.submitted':
    case 'rca.approved':
    case 'escalation.closed':
    case 'escalation.cancelled':
    case 'policy.migrated':
    case 'tier.lowered':
      return event.actor.kind !== 'system';
    case 'escalation.resumed':
      return event.cause === 'by_hand';
    case 'tier.entered':
      return event.cause === 'by_hand';
    default:
      return false;
  }
}

/** A copy of the whole state for each event would be most of the work. */
type Changes = Partial<Escalation>;

function withClock(state: Escalation, event: EventMeta & ClockEvent): Changes {
  const before = state.clocks[event.clock];
  const after = evolveClock(before, event, event.atMs);
  if (after === undefined) return {};
  const pastClocks =
    event.type === 'clock.started' && before !== undefined
      ? [...state.pastClocks, before].slice(-pastClocksKept)
      : state.pastClocks;
  return { pastClocks, clocks: { ...state.clocks, [event.clock]: after } };
}

function ended(status: 'closed' | 'cancelled' | 'merged'): Changes {
  return { status, walk: null, pause: null, heldPages: [] };
}

/** Moves on, rather than asking the same tier again. */
function isClimb(cause: TierCause): boolean {
  return cause !== 'severity_raised' && cause !== 'taken_up_late';
}

function withoutPage(state: Escalation, pageId: string): Changes {
  return {
    pendingPages: state.pendingPages.filter((page) => page.pageId !== pageId),
    heldPages: state.heldPages.filter((page) => page.pageId !== pageId),
  };
}

/** A page that was held keeps its number when its time has come. */
function pagesAfter(state: Escalation, pageId: string): number {
  return state.heldPages.some((page) => page.pageId === pageId) ? state.pages : state.pages + 1;
}

/** What an event changes beside what every event does. */
function changesBy(state: Escalation, event: EscalationEvent): Changes {
  switch (event.type) {
    case 'escalation.received':
      throw new Error('escalation.received can only be the first event');
    case 'tier.entered':
      return {
        begun: true,
        tier: event.tier > state.tier || event.cause === 'by_hand' ? event.tier : state.tier,
        steps: event.step,
        fallbackPaged: state.walk === null ? false : state.fallbackPaged,
        exhausted: false,
        climbsOwed: isClimb(event.cause) ? {} : state.climbsOwed,
        walk: {
          tier: event.tier,
          round: event.round,
          step: event.step,
          acknowledgeByMs: event.acknowledgeByMs,
        },
      };
    case 'tier.lowered':
      return { tier: event.to, walk: null, climbsOwed: {} };
    case 'tiers.exhausted':
      return { exhausted: true, walk: null, climbsOwed: {} };
    case 'climb.deferred':
      return { climbsOwed: { ...state.climbsOwed, [event.clock]: event.untilMs } };
    case 'page.requested':
      return {
        pages: pagesAfter(state, event.pageId),
        heldPages: state.heldPages.filter((page) => page.pageId !== event.pageId),
        fallbackPaged: state.fallbackPaged || event.cause === 'fallback',
        idlePagedForMs: event.cause === 'idle' ? state.lastTouchedAtMs : state.idlePagedForMs,
        pendingPages: [
          ...state.pendingPages,
          {
            pageId: event.pageId,
            tier: event.tier,
            targets: event.targets,
            cause: event.cause,
            isStep: event.isStep,
            requestedAtMs: event.atMs,
          },
        ],
      };
    case 'page.held':
      return {
        pages: state.pages + 1,
        fallbackPaged: state.fallbackPaged || event.cause === 'fallback',
        idlePagedForMs: event.cause === 'idle' ? state.lastTouchedAtMs : state.idlePagedForMs,
        heldPages: [
          ...state.heldPages,
          {
            pageId: event.pageId,
            tier: event.tier,
            targets: event.targets,
            cause: event.cause,
            isStep: event.isStep,
            untilMs: event.untilMs,
          },
        ],
      };
    case 'page.sent':
    case 'page.suppressed':
    case 'page.failed':
      return withoutPage(state, event.pageId);
    case 'step.uncovered':
      return { ...withoutPage(state, event.pageId), uncovered: true };
    case 'clock.stopped': {
      // A promise that is settled, however late, owes nothing more.
      const { [event.clock]: _settled, ...climbsOwed } = state.climbsOwed;
      return { ...withClock(state, event), climbsOwed };
    }
    case 'clock.started':
    case 'clock.paused':
    case 'clock.resumed':
    case 'clock.retargeted':
    case 'clock.warned':
    case 'clock.breached':
      return withClock(state, event);
    case 'policy.migrated':
      return { policy: { name: event.name, version: event.to } };
    case 'calendar.pinned':
      return {
        calendars: {
          ...state.calendars,
          [event.calendar.id]: { pin: event.calendar, coveredUntilMs: event.coveredUntilMs },
        },
      };
    case 'escalation.acknowledged':
      return {
        status: state.status === 'received' ? 'acknowledged' : state.status,
        assignee: state.assignee ?? event.by,
        walk: null,
        uncovered: false,
        exhausted: false,
      };
    case 'investigation.started':
      return { status: 'investigating' };
    case 'escalation.assigned':
      return { assignee: event.assignee, team: event.team ?? state.team };
    case 'escalation.handed_off':
      return { assignee: event.to };
    case 'severity.changed':
      return { severity: event.to };
    case 'note.added':
      return {};
    case 'update.sent':
    case 'update.promised':
      return {
        updates: state.updates + 1,
        pendingUpdates: [
          ...state.pendingUpdates,
          {
            updateId: event.updateId,
            audience: event.audience,
            textId: event.type === 'update.sent' ? event.text.id : null,
            cause: event.type === 'update.sent' ? 'sent' : event.cause,
            decidedAtMs: event.atMs,
          },
        ],
      };
    case 'update.published':
    case 'update.failed':
      return {
        pendingUpdates: state.pendingUpdates.filter((update) => update.updateId !== event.updateId),
      };
    case 'escalation.paused':
      return { pause: { reason: event.reason, sinceMs: event.atMs, untilMs: event.untilMs } };
    case 'escalation.resumed':
      return {
        pause: null,
        walk:
          state.walk === null || event.acknowledgeByMs === undefined
            ? state.walk
            : { ...state.walk, acknowledgeByMs: event.acknowledgeByMs },
      };
    case 'escalation.resolved':
      return { status: 'resolved', walk: null, resolvedAtMs: event.atMs, uncovered: false };
    case 'escalation.reopened':
      return {
        status: 'investigating',
        resolvedAtMs: null,
        rca: null,
        reopenings: state.reopenings + 1,
        sourceClearedAtMs: null,
      };
    case 'rca.submitted':
      return { status: 'rca', rca: { text: event.text, submittedBy: event.by, approvedBy: null } };
    case 'rca.approved':
      return { rca: state.rca === null ? null : { ...state.rca, approvedBy: event.by } };
    case 'escalation.closed':
      return ended('closed');
    case 'escalation.cancelled':
      return ended('cancelled');
    case 'escalation.merged':
      return { ...ended('merged'), mergedInto: event.into };
    case 'occurrences.counted':
      return { occurrences: event.count };
    case 'source.cleared':
      return { sourceClearedAtMs: event.atMs };
    default:
      return assertNever(event);
  }
}

/**
 * Folds one event into the state.
 * @param state null before the first event
 * @throws Error when the log is broken: a first event that is not `escalation.received`, or a sequence with a gap
 */
export function evolve(state: Escalation | null, event: EscalationEvent): Escalation {
  if (state === null) {
    if (event.type !== 'escalation.received') throw new Error(`the log begins with ${event.type}`);
    return received(event);
  }
  if (event.seq !== state.seq + 1) throw new Error(`event ${event.seq} follows ${state.seq}`);
  const touched = event.actor.kind === 'person';
  return {
    ...state,
    ...changesBy(state, event),
    seq: event.seq,
    updatedAtMs: event.atMs,
    rev: isRevision(event) ? state.rev + 1 : state.rev,
    lastTouchedAtMs: touched ? event.atMs : state.lastTouchedAtMs,
  };
}

/** Folds a whole log, or its continuation. */
export function fold(events: readonly EscalationEvent[], from: Escalation | null = null): Escalation | null {
  let state = from;
  for (const event of events) state = evolve(state, event);
  return state;
}

export function hasEnded(state: Escalation): boolean {
  return isOneOf(endStates, state.status);
}

/** What later additions to the state are in snapshots that were written before them. */
const additions = { accountClass: null, heldPages: [], updates: 0, pendingUpdates: [], climbsOwed: {} } as const;

/** Brings a snapshot written by an older version to the present shape. */
export function upcastEscalation(snapshot: Escalation): Escalation {
  return { ...additions, ...snapshot };
}
