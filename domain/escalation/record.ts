import { dueAtMs, type Calendars, type ClockState } from '../sla/clock.ts';
import { nextWakeAtMs } from './next-wake.ts';
import type { Escalation } from './state.ts';
import type { Policy } from '../policy/policy.ts';
import {
  clockNames,
  endStates,
  isOneOf,
  type Category,
  type Channel,
  type ClockName,
  type EscalationState,
  type PauseReason,
  type Severity,
  type Tier,
} from './vocabulary.ts';

/** What lists and details show of one clock. */
export interface ClockView {
  readonly clock: ClockName;
  readonly cycle: number;
  readonly status: ClockState['status'];
  readonly targetMs: number;
  /** When it breaches if nothing stops it; null while not running or not known yet. */
  readonly dueAtMs: number | null;
  /** The due instant that was missed, in this cycle. */
  readonly breachedAtMs: number | null;
}

/** The projection that lists and details are read from: under 1 KB as stored, without free text. */
export interface EscalationRecord {
  readonly id: string;
  readonly state: EscalationState;
  readonly tier: Tier;
  readonly severity: Severity;
  readonly channel: Channel;
  readonly category: Category;
  readonly team: string | null;
  readonly assignee: string | null;
  readonly accountId: string | null;
  readonly occurrences: number;
  readonly policy: { readonly name: string; readonly version: number };
  readonly excludedFromMetrics: boolean;
  readonly seq: number;
  readonly rev: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly source: string;
  readonly reportedBy: string;
  readonly uncovered: boolean;
  readonly exhausted: boolean;
  readonly pause: { readonly reason: PauseReason; readonly untilMs: number } | null;
  /** Who is asked to acknowledge, and until when. */
  readonly awaiting: { readonly tier: Tier; readonly byMs: number } | null;
  readonly clocks: readonly ClockView[];
  /** The earliest deadline of a running clock, or the earliest one already missed and not yet met. */
  readonly nextBreach: { readonly clock: ClockName; readonly dueAtMs: number; readonly breached: boolean } | null;
  /** When the system acts next by itself; null: it waits for people. */
  readonly nextWakeAtMs: number | null;
  readonly resolvedAtMs: number | null;
  readonly reopenings: number;
  readonly rca: 'none' | 'submitted' | 'approved';
  readonly mergedInto: string | null;
}

function viewOf(clock: ClockState, calendars: Calendars): ClockView {
  return {
    clock: clock.clock,
    cycle: clock.cycle,
    status: clock.status,
    targetMs: clock.targetMs,
    dueAtMs: dueAtMs(clock, calendars),
    breachedAtMs: clock.breachedDueAtMs,
  };
}

function nextBreachOf(views: readonly ClockView[]): EscalationRecord['nextBreach'] {
  const candidates = views
    .filter((view) => view.status !== 'stopped')
    .flatMap((view) => {
      if (view.breachedAtMs !== null) return [{ clock: view.clock, dueAtMs: view.breachedAtMs, breached: true }];
      return view.dueAtMs === null ? [] : [{ clock: view.clock, dueAtMs: view.dueAtMs, breached: false }];
    });
  const earliest = candidates.toSorted((a, b) => Number(b.breached) - Number(a.breached) || a.dueAtMs - b.dueAtMs);
  return earliest[0] ?? null;
}

/** Folds a state into the record that is stored beside its log. */
export function recordOf(id: string, state: Escalation, policy: Policy, calendars: Calendars): EscalationRecord {
  const views = clockNames.flatMap((name) => {
    const clock = state.clocks[name];
    return clock === undefined ? [] : [viewOf(clock, calendars)];
  });
  return {
    id,
    state: state.status,
    tier: state.tier,
    severity: state.severity,
    channel: state.channel,
    category: state.category,
    team: state.team,
    assignee: state.assignee,
    accountId: state.accountId,
    occurrences: state.occurrences,
    policy: state.policy,
    excludedFromMetrics: policy.excludedFromMetrics,
    seq: state.seq,
    rev: state.rev,
    createdAtMs: state.createdAtMs,
    updatedAtMs: state.updatedAtMs,
    source: state.source,
    reportedBy: state.reportedBy,
    uncovered: state.uncovered,
    exhausted: state.exhausted,
    pause: state.pause === null ? null : { reason: state.pause.reason, untilMs: state.pause.untilMs },
    awaiting: state.walk === null ? null : { tier: state.walk.tier, byMs: state.walk.acknowledgeByMs },
    clocks: views,
    nextBreach: nextBreachOf(views),
    nextWakeAtMs: nextWakeAtMs(state, policy, calendars),
    resolvedAtMs: state.resolvedAtMs,
    reopenings: state.reopenings,
    rca: state.rca === null ? 'none' : state.rca.approvedBy === null ? 'submitted' : 'approved',
    mergedInto: state.mergedInto,
  };
}

export function isOpen(state: EscalationState): boolean {
  return !isOneOf(endStates, state);
}

/** Sorts as text in the order of time. */
function at(ms: number): string {
  return String(Math.max(0, ms)).padStart(15, '0');
}

/**
 * Sorts as text, most urgent first: missed deadlines, then coming ones, then those without a running clock, paused
 * ones last; within each by instant.
 */
export function urgencyOf(record: EscalationRecord): string {
  const next = record.nextBreach;
  if (record.pause !== null) return `3${at(record.pause.untilMs)}`;
  if (next === null) return `2${at(record.createdAtMs)}`;
  // A missed instant lies before every coming one: one rank serves both, so that a breach moves no index entry.
  return `1${at(next.dueAtMs)}`;
}

/** A range of `urgencyOf`, half-open. */
export interface UrgencyRange {
  readonly from: string;
  readonly to: string;
}

/** Where those lie whose next deadline is missed or falls before `beforeMs` (epoch milliseconds), unless paused. */
export function urgencyBefore(beforeMs: number): UrgencyRange {
  return { from: '1', to: `1${at(beforeMs)}` };
}

/** Where those lie that are paused. */
export const pausedUrgency: UrgencyRange = { from: '3', to: '4' };
