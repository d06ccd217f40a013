import type { Policy } from '../policy/policy.ts';
import { dueAtMs, openWarnings, type Calendars } from '../sla/clock.ts';
import { hasEnded } from './evolve.ts';
import type { Escalation } from './state.ts';
import { clockNames, isOneOf, workStates } from './vocabulary.ts';

/** A calendar's expansion is renewed this long before it ends. */
export const calendarMarginMs = 7 * 24 * 3_600_000;

/** When the tier is reminded of an acknowledged escalation on which nobody has worked; null: it is not. */
export function idlePageAtMs(state: Escalation, policy: Policy): number | null {
  if (state.status !== 'acknowledged' && state.status !== 'investigating') return null;
  if (state.pause !== null || state.walk !== null || state.lastTouchedAtMs === null) return null;
  if (state.idlePagedForMs === state.lastTouchedAtMs) return null;
  const afterMs = policy.severities[state.severity].repageIdleAfterMs;
  return afterMs === null ? null : state.lastTouchedAtMs + afterMs;
}

/** Calendars that count for a clock now and whose expansion ends within the margin. */
export function calendarsToRenew(state: Escalation, nowMs: number): readonly string[] {
  if (hasEnded(state)) return [];
  return usedCalendars(state)
    .filter((used) => used.coveredUntilMs - calendarMarginMs <= nowMs)
    .map((used) => used.id);
}

/** When a promise that was missed while a tier was being asked moves the tier up; null: none does. */
export function owedClimbAtMs(state: Escalation): number | null {
  // While somebody is being asked, the end of that time moves on for all causes at once.
  if (state.walk !== null || state.pause !== null || !isOneOf(workStates, state.status)) return null;
  const owed = Object.values(state.climbsOwed);
  return owed.length === 0 ? null : Math.min(...owed);
}

function usedCalendars(state: Escalation): readonly { readonly id: string; readonly coveredUntilMs: number }[] {
  const ids = new Set<string>();
  for (const name of clockNames) {
    const clock = state.clocks[name];
    const id = clock?.segments.at(-1)?.calendar.id;
    if (clock !== undefined && clock.status !== 'stopped' && id !== undefined && id !== 'always') ids.add(id);
  }
  return [...ids].flatMap((id) => {
    const pinned = state.calendars[id];
    return pinned === undefined ? [] : [{ id, coveredUntilMs: pinned.coveredUntilMs }];
  });
}

/**
 * The instant at which the escalation has to be looked at again if nobody acts; null: it waits for people alone. May lie
 * in the past after an outage.
 */
export function nextWakeAtMs(state: Escalation, policy: Policy, calendars: Calendars): number | null {
  if (hasEnded(state) || !state.begun) return null;
  const instants: number[] = [];
  if (state.walk !== null && state.pause === null) instants.push(state.walk.acknowledgeByMs);
  if (state.pause !== null) instants.push(state.pause.untilMs);
  for (const name of clockNames) {
    const clock = state.clocks[name];
    if (clock?.status !== 'running') continue;
    for (const warning of openWarnings(clock, calendars)) instants.push(warning.atMs);
    const due = clock.breachedDueAtMs === null ? dueAtMs(clock, calendars) : null;
    if (due !== null) instants.push(due);
  }
  for (const page of state.heldPages) instants.push(page.untilMs);
  const climb = owedClimbAtMs(state);
  if (climb !== null) instants.push(climb);
  const idle = idlePageAtMs(state, policy);
  if (idle !== null) instants.push(idle);
  for (const used of usedCalendars(state)) instants.push(used.coveredUntilMs - calendarMarginMs);
  return instants.length === 0 ? null : Math.min(...instants);
}
