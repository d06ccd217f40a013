import { ALWAYS_OPEN, dueAfter, openMsBetween, type OpenHours } from '../calendar/open-hours.ts';
import type { CalendarPin } from '../escalation/events.ts';
import type { ClockName } from '../escalation/vocabulary.ts';

/** One stretch of a clock's ledger. Closed hours are not stored: they are what the calendar takes out of `running`. */
export interface LedgerSegment {
  readonly kind: 'running' | 'paused';
  readonly fromMs: number;
  /** null while the stretch goes on. */
  readonly toMs: number | null;
  /** Why this stretch began. */
  readonly cause: string;
  /** The calendar that counts in this stretch. */
  readonly calendar: CalendarPin;
}

/**
 * A clock is its ledger. Elapsed time, warnings and breaches are sums over it, never counters: nothing drifts, and a
 * changed target or calendar cannot lose time that has run.
 */
export interface ClockState {
  readonly clock: ClockName;
  readonly cycle: number;
  readonly status: 'running' | 'paused' | 'stopped';
  readonly targetMs: number;
  readonly pausable: boolean;
  readonly warnAtPercent: readonly number[];
  /** Thresholds already told. */
  readonly warned: readonly number[];
  /** Due instant of the breach in this cycle, or null. */
  readonly breachedDueAtMs: number | null;
  /** Instant of the last start or change of target: a promise can't be broken before it was made. */
  readonly promisedAtMs: number;
  readonly segments: readonly LedgerSegment[];
}

export type Calendars = Readonly<Record<string, OpenHours>>;

/**
 * The open hours behind a pin.
 * @throws Error when the expansion was not supplied: a deadline that can't be known is never treated as 24x7.
 */
export function hoursOf(calendars: Calendars, pin: CalendarPin): OpenHours {
  if (pin.id === 'always') return ALWAYS_OPEN;
  const hours = calendars[pin.hash];
  if (hours === undefined) throw new Error(`calendar ${pin.id} (${pin.hash}) was not supplied`);
  return hours;
}

/** Counted milliseconds up to `nowMs`, or null where a calendar's coverage ends before. */
export function elapsedMs(clock: ClockState, calendars: Calendars, nowMs: number): number | null {
  let sum = 0;
  for (const segment of clock.segments) {
    if (segment.kind === 'paused') continue;
    const toMs = Math.min(segment.toMs ?? nowMs, nowMs);
    if (toMs <= segment.fromMs) continue;
    const open = openMsBetween(hoursOf(calendars, segment.calendar), segment.fromMs, toMs);
    if (open === null) return null;
    sum += open;
  }
  return sum;
}

/**
 * The instant at which the clock will have counted `percent` of its target, if nothing stops it: null while it is not
 * running and where the calendar's coverage ends before.
 */
export function reachesAtMs(clock: ClockState, calendars: Calendars, percent: number): number | null {
  if (clock.status !== 'running') return null;
  const current = clock.segments.at(-1);
  if (current === undefined) return null;
  const past = elapsedMs({ ...clock, segments: clock.segments.slice(0, -1) }, calendars, current.fromMs);
  if (past === null) return null;
  // Multiplied before it is divided: 7 % as 0.07 would be a millisecond late.
  const leftMs = Math.max(0, Math.ceil((clock.targetMs * percent) / 100) - past);
  const at = dueAfter(hoursOf(calendars, current.calendar), current.fromMs, leftMs);
  return at === null ? null : Math.max(at, clock.promisedAtMs);
}

/**
 * What was worked out of a clock: it is asked again and again while nothing happens to it. Clocks are never changed, only
 * replaced, so an answer holds as long as its clock, under the calendars that it was asked with.
 */
interface Told {
  readonly calendars: Calendars;
  readonly dueAtMs: number | null;
  readonly warnings: readonly Threshold[];
}
const told = new WeakMap<ClockState, Told>();

function toldOf(clock: ClockState, calendars: Calendars): Told {
  const known = told.get(clock);
  if (known?.calendars === calendars) return known;
  const fresh = {
    calendars,
    dueAtMs: reachesAtMs(clock, calendars, 100),
    warnings: warningsOf(clock, calendars),
  };
  told.set(clock, fresh);
  return fresh;
}

/** When the clock breaches if nothing stops it; null while paused, stopped or beyond the calendar's coverage. */
export function dueAtMs(clock: ClockState, calendars: Calendars): number | null {
  return toldOf(clock, calendars).dueAtMs;
}

export interface Threshold {
  readonly percent: number;
  readonly atMs: number;
}

/** Warnings not yet told, with their instants, earliest first. */
export function openWarnings(clock: ClockState, calendars: Calendars): readonly Threshold[] {
  return toldOf(clock, calendars).warnings;
}

function warningsOf(clock: ClockState, calendars: Calendars): readonly Threshold[] {
  if (clock.breachedDueAtMs !== null) return [];
  return clock.warnAtPercent
    .filter((percent) => !clock.warned.includes(percent))
    .flatMap((percent) => {
      const atMs = reachesAtMs(clock, calendars, percent);
      return atMs === null ? [] : [{ percent, atMs }];
    });
}
