import { dueAtMs, openWarnings, type ClockState } from '../../sla/clock.ts';
import { clockRuleFor } from '../../policy/match.ts';
import type { ClockAction, ClockRule } from '../../policy/policy.ts';
import { assertNever } from '../../assert-never.ts';
import type { CalendarPin } from '../events.ts';
import {
  clockNames,
  isOneOf,
  severities,
  workStates,
  type ClockName,
  type Severity,
  type TextRef,
} from '../vocabulary.ts';
import { nextUpdateId, type Draft } from './draft.ts';
import { climbForBreach, pageTargets, pageTier, reenterTier } from './walk.ts';

function ruleOf(draft: Draft, clock: ClockName): ClockRule | undefined {
  return clockRuleFor(draft.context.policy, draft.state(), clock);
}

/** The calendar in force for a clock that starts now; pinned in the log at its first use and when it has changed. */
function pin(draft: Draft, calendarId: string): CalendarPin {
  if (calendarId === 'always') return { id: 'always', hash: 'always' };
  const hash = draft.context.calendarPins[calendarId];
  const hours = hash === undefined ? undefined : draft.context.calendars[hash];
  if (hash === undefined || hours === undefined) throw new Error(`calendar ${calendarId} was not supplied`);
  const wanted: CalendarPin = { id: calendarId, hash };
  if (draft.state().calendars[calendarId]?.pin.hash !== hash) {
    draft.emit({ type: 'calendar.pinned', calendar: wanted, coveredUntilMs: hours.coveredUntilMs });
  }
  return wanted;
}

/** Starts a clock's next cycle, where the policy has a target for it. In a pause it starts paused, if it can be. */
export function startClock(draft: Draft, clock: ClockName): void {
  const rule = ruleOf(draft, clock);
  if (rule === undefined) return;
  draft.emit({
    type: 'clock.started',
    clock,
    cycle: (draft.state().clocks[clock]?.cycle ?? 0) + 1,
    targetMs: rule.targetMs,
    calendar: pin(draft, rule.calendar),
    warnAtPercent: rule.warnAtPercent,
    pausable: rule.pausable,
  });
  if (draft.state().pause === null || !rule.pausable) return;
  draft.emit({ type: 'clock.paused', clock, cause: 'started_in_pause' });
}

/** The breach that is due by now and not told yet is told before its clock stops: lateness is never lost. */
function tellBreach(draft: Draft, clock: ClockState): boolean {
  const due = dueAtMs(clock, draft.context.calendars);
  if (due === null || due > draft.context.nowMs || clock.breachedDueAtMs !== null) return false;
  draft.emit({ type: 'clock.breached', clock: clock.clock, cycle: clock.cycle, dueAtMs: due });
  return true;
}

export function stopClock(draft: Draft, name: ClockName, cause: string): void {
  const clock = draft.state().clocks[name];
  if (clock === undefined || clock.status === 'stopped') return;
  if (tellBreach(draft, clock)) tellAudiences(draft, name);
  draft.emit({ type: 'clock.stopped', clock: name, cause });
}

/** Of what follows from a breach, what still matters when its clock stops in the same moment. */
function tellAudiences(draft: Draft, name: ClockName): void {
  for (const action of ruleOf(draft, name)?.onBreach ?? []) {
    if (action.kind === 'tell') act(draft, action, name, 'breach');
  }
}

export function stopAllClocks(draft: Draft, cause: string): void {
  for (const name of clockNames) stopClock(draft, name, cause);
}

export function pauseClocks(draft: Draft, cause: string): void {
  for (const name of clockNames) {
    const clock = draft.state().clocks[name];
    if (clock?.status !== 'running' || !clock.pausable) continue;
    tellBreach(draft, clock);
    draft.emit({ type: 'clock.paused', clock: name, cause });
  }
}

export function resumeClocks(draft: Draft, cause: string): void {
  for (const name of clockNames) {
    if (draft.state().clocks[name]?.status === 'paused') draft.emit({ type: 'clock.resumed', clock: name, cause });
  }
}

/** Recomputes the promises of clocks that run: what has run, paused and been closed stays in the ledger. */
export function retargetClocks(draft: Draft, cause: string): void {
  for (const name of clockNames) {
    const clock = draft.state().clocks[name];
    if (clock === undefined || clock.status === 'stopped') continue;
    const rule = ruleOf(draft, name);
    tellBreach(draft, clock);
    if (rule === undefined) {
      draft.emit({ type: 'clock.stopped', clock: name, cause: 'no_target' });
      continue;
    }
    draft.emit({
      type: 'clock.retargeted',
      clock: name,
      targetMs: rule.targetMs,
      calendar: pin(draft, rule.calendar),
      warnAtPercent: rule.warnAtPercent,
      pausable: rule.pausable,
      cause,
    });
    if (draft.state().pause === null) continue;
    const now = draft.state().clocks[name];
    if (now?.status === 'running' && now.pausable) {
      tellBreach(draft, now);
      draft.emit({ type: 'clock.paused', clock: name, cause });
    }
    if (now?.status === 'paused' && !now.pausable) draft.emit({ type: 'clock.resumed', clock: name, cause });
  }
  startMissingClocks(draft);
}

/** A severity may bring a clock that the one before did not have. */
function startMissingClocks(draft: Draft): void {
  const { status, clocks } = draft.state();
  if (status !== 'received' && status !== 'acknowledged' && status !== 'investigating') return;
  const wanted: readonly ClockName[] = status === 'received' ? ['acknowledge', 'first_update', 'resolve'] : ['resolve'];
  for (const name of wanted) {
    if (clocks[name] === undefined) startClock(draft, name);
  }
}

export function changeSeverity(draft: Draft, to: Severity, cause: string, reason?: TextRef): void {
  const before = draft.state();
  draft.emit({
    type: 'severity.changed',
    from: before.severity,
    to,
    cause,
    ...(reason === undefined ? {} : { reason }),
  });
  retargetClocks(draft, 'severity_changed');
  if (severities.indexOf(to) >= severities.indexOf(before.severity)) return;
  const { walk, status, pause } = draft.state();
  if (status !== 'received' && status !== 'acknowledged' && status !== 'investigating') return;
  if (walk !== null && pause === null) reenterTier(draft, 'severity_raised');
  else pageTier(draft, 'severity_raised');
}

export function moreSevere(severity: Severity): Severity {
  return severities[Math.max(0, severities.indexOf(severity) - 1)] ?? severity;
}

function act(draft: Draft, action: ClockAction, clock: ClockName, cause: 'warning' | 'breach'): void {
  switch (action.kind) {
    case 'page_tier':
      return pageTier(draft, cause);
    case 'page':
      return pageTargets(draft, action.targets, cause);
    case 'escalate_tier':
      // After the resolution nobody is asked to acknowledge: the tier is told and stays.
      return isOneOf(workStates, draft.state().status) ? climbForBreach(draft, clock) : pageTier(draft, cause);
    case 'raise_severity': {
      const to = moreSevere(draft.state().severity);
      if (to !== draft.state().severity) changeSeverity(draft, to, `${clock}_${cause}`);
      return undefined;
    }
    case 'tell':
      return draft.emit({
        type: 'update.promised',
        updateId: nextUpdateId(draft),
        audience: action.audience,
        cause: `${clock}_${cause}`,
      });
    default:
      return assertNever(action);
  }
}

/** What follows from a breach may make another promise due at once; a policy cannot make more rounds of it than this. */
const mostRounds = 6;

/** Tells every warning and breach due by now, each with its own instant; what follows from them happens now. */
export function settleClocks(draft: Draft): void {
  for (let round = 0; round < mostRounds; round += 1) {
    const before = draft.state().seq;
    settleOnce(draft);
    if (draft.state().seq === before) return;
  }
}

function settleOnce(draft: Draft): void {
  for (const name of clockNames) {
    const clock = draft.state().clocks[name];
    if (clock?.status !== 'running') continue;
    const rule = ruleOf(draft, name);
    if (tellBreach(draft, clock)) {
      for (const action of rule?.onBreach ?? []) act(draft, action, name, 'breach');
      continue;
    }
    const due = openWarnings(clock, draft.context.calendars).filter((warning) => warning.atMs <= draft.context.nowMs);
    if (due.length === 0) continue;
    for (const warning of due) {
      draft.emit({ type: 'clock.warned', clock: name, percent: warning.percent, warnAtMs: warning.atMs });
    }
    for (const action of rule?.onWarning ?? []) act(draft, action, name, 'warning');
  }
}

/** Puts a calendar's new expansion under the clocks that count by it, from now on. */
export function repinCalendar(draft: Draft, calendarId: string): void {
  // What fell due under the old expansion keeps its instant.
  settleClocks(draft);
  const wanted = pin(draft, calendarId);
  for (const name of clockNames) {
    const clock = draft.state().clocks[name];
    const current = clock?.segments.at(-1)?.calendar;
    if (clock === undefined || clock.status === 'stopped') continue;
    if (current?.id !== calendarId || current.hash === wanted.hash) continue;
    draft.emit({
      type: 'clock.retargeted',
      clock: name,
      targetMs: clock.targetMs,
      calendar: wanted,
      warnAtPercent: clock.warnAtPercent,
      pausable: clock.pausable,
      cause: 'calendar_changed',
    });
  }
}
