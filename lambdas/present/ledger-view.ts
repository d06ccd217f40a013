import type { LedgerView } from '../../contracts/schemas/ledger.ts';
import { closedIntervals, type OpenHours } from '../../domain/calendar/open-hours.ts';
import { evolve } from '../../domain/escalation/evolve.ts';
import type { EscalationEvent } from '../../domain/escalation/events.ts';
import type { Escalation } from '../../domain/escalation/state.ts';
import { clockNames } from '../../domain/escalation/vocabulary.ts';
import {
  dueAtMs,
  elapsedMs,
  hoursOf,
  reachesAtMs,
  type Calendars,
  type ClockState,
  type LedgerSegment,
} from '../../domain/sla/clock.ts';
import { instantOf, instantOrNull, secondsOf } from './units.ts';

type ClockEntry = LedgerView['clocks'][number];
type Stretch = ClockEntry['stretches'][number];

interface Cycle {
  readonly clock: ClockState;
  /** Instants of the warnings that were told, by percentage. */
  readonly warnedAtMs: ReadonlyMap<number, number>;
}

/**
 * The ledger of every clock, computed from the log.
 * @param events from the first on, without gaps
 * @throws Error when a calendar that a clock counts by was not supplied
 */
export function ledgerView(events: readonly EscalationEvent[], calendars: Calendars, nowMs: number): LedgerView {
  const asOfMs = Math.max(nowMs, events.at(-1)?.atMs ?? nowMs);
  return {
    asOf: instantOf(asOfMs),
    seq: events.at(-1)?.seq ?? 0,
    clocks: cyclesOf(events).map((cycle) => entryOf(cycle, calendars, asOfMs)),
  };
}

/** The state keeps some past cycles only; the log has all of them. */
function cyclesOf(events: readonly EscalationEvent[]): readonly Cycle[] {
  const past: ClockState[] = [];
  const warned = new Map<string, Map<number, number>>();
  let state: Escalation | null = null;
  for (const event of events) {
    const before = event.type === 'clock.started' ? state?.clocks[event.clock] : undefined;
    if (before !== undefined) past.push(before);
    if (event.type === 'clock.warned') {
      const key = `${event.clock}#${state?.clocks[event.clock]?.cycle ?? 0}`;
      warned.set(key, (warned.get(key) ?? new Map<number, number>()).set(event.percent, event.warnAtMs));
    }
    state = evolve(state, event);
  }
  const present = clockNames.flatMap((name) => state?.clocks[name] ?? []);
  return [...past, ...present]
    .toSorted((a, b) => (a.segments[0]?.fromMs ?? 0) - (b.segments[0]?.fromMs ?? 0))
    .map((clock) => ({ clock, warnedAtMs: warned.get(`${clock.clock}#${clock.cycle}`) ?? new Map() }));
}

function entryOf({ clock, warnedAtMs }: Cycle, calendars: Calendars, nowMs: number): ClockEntry {
  const due = dueAtMs(clock, calendars);
  const elapsed = elapsedMs(clock, calendars, nowMs);
  // A deadline that has passed is missed, even where the worker has not come to say so.
  const missedAtMs = clock.breachedDueAtMs ?? (due !== null && due <= nowMs ? due : null);
  return {
    clock: clock.clock,
    cycle: clock.cycle,
    status: clock.status,
    targetSeconds: secondsOf(clock.targetMs),
    elapsedSeconds: elapsed === null ? null : secondsOf(elapsed),
    pausable: clock.pausable,
    dueAt: instantOrNull(due),
    breachedAt: instantOrNull(missedAtMs),
    warnings: clock.warnAtPercent.map((percent) => {
      const told = clock.warned.includes(percent);
      return {
        percent,
        told,
        at: instantOrNull(told ? (warnedAtMs.get(percent) ?? null) : reachesAtMs(clock, calendars, percent)),
      };
    }),
    verdict: missedAtMs !== null ? 'breached' : clock.status === 'stopped' ? 'met' : 'open',
    stretches: clock.segments.flatMap((segment) => stretchesOf(segment, calendars, nowMs)),
  };
}

/** Cuts the calendar's closed hours out of a running segment. */
function stretchesOf(segment: LedgerSegment, calendars: Calendars, nowMs: number): readonly Stretch[] {
  const toMs = segment.toMs ?? nowMs;
  const { cause, calendar } = segment;
  const stretch = (kind: Stretch['kind'], fromMs: number, endMs: number | null): Stretch => ({
    kind,
    from: instantOf(fromMs),
    to: instantOrNull(endMs),
    cause,
    calendar: calendar.id,
  });
  if (segment.kind === 'paused') return [stretch('paused', segment.fromMs, segment.toMs)];
  const pieces = cut(hoursOf(calendars, calendar), segment.fromMs, toMs);
  return pieces.map(({ kind, fromMs, endMs }, index) =>
    stretch(kind, fromMs, index === pieces.length - 1 && segment.toMs === null ? null : endMs),
  );
}

interface Piece {
  readonly kind: 'running' | 'closed';
  readonly fromMs: number;
  readonly endMs: number;
}

function cut(hours: OpenHours, fromMs: number, toMs: number): readonly Piece[] {
  const pieces: Piece[] = [];
  let atMs = fromMs;
  for (const [closedFromMs, closedToMs] of closedIntervals(hours, fromMs, toMs)) {
    if (closedFromMs > atMs) pieces.push({ kind: 'running', fromMs: atMs, endMs: closedFromMs });
    pieces.push({ kind: 'closed', fromMs: closedFromMs, endMs: closedToMs });
    atMs = closedToMs;
  }
  if (atMs < toMs || pieces.length === 0) pieces.push({ kind: 'running', fromMs: atMs, endMs: toMs });
  return pieces;
}
