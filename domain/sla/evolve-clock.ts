import type { CalendarPin, EventBody } from '../escalation/events.ts';
import { assertNever } from '../assert-never.ts';
import type { ClockState, LedgerSegment } from './clock.ts';

export type ClockEvent = Extract<EventBody, { type: `clock.${string}` }>;

function closeLast(segments: readonly LedgerSegment[], atMs: number): readonly LedgerSegment[] {
  const last = segments.at(-1);
  if (last === undefined || last.toMs !== null) return segments;
  const rest = segments.slice(0, -1);
  return last.fromMs === atMs ? rest : [...rest, { ...last, toMs: atMs }];
}

function open(
  clock: ClockState,
  atMs: number,
  next: { kind: LedgerSegment['kind']; cause: string; calendar: CalendarPin },
): ClockState {
  return { ...clock, segments: [...closeLast(clock.segments, atMs), { ...next, fromMs: atMs, toMs: null }] };
}

function calendarOf(clock: ClockState): CalendarPin {
  return clock.segments.at(-1)?.calendar ?? { id: 'always', hash: 'always' };
}

/** Folds one clock event. `clock` is undefined only before `clock.started`. */
export function evolveClock(clock: ClockState | undefined, event: ClockEvent, atMs: number): ClockState | undefined {
  if (event.type === 'clock.started') {
    return {
      clock: event.clock,
      cycle: event.cycle,
      status: 'running',
      targetMs: event.targetMs,
      pausable: event.pausable,
      warnAtPercent: event.warnAtPercent,
      warned: [],
      breachedDueAtMs: null,
      promisedAtMs: atMs,
      segments: [{ kind: 'running', fromMs: atMs, toMs: null, cause: 'started', calendar: event.calendar }],
    };
  }
  if (clock === undefined) return undefined;
  switch (event.type) {
    case 'clock.stopped':
      return { ...clock, status: 'stopped', segments: closeLast(clock.segments, atMs) };
    case 'clock.paused':
      return {
        ...open(clock, atMs, { kind: 'paused', cause: event.cause, calendar: calendarOf(clock) }),
        status: 'paused',
      };
    case 'clock.resumed':
      return {
        ...open(clock, atMs, { kind: 'running', cause: event.cause, calendar: calendarOf(clock) }),
        status: 'running',
      };
    case 'clock.retargeted': {
      const kind = clock.status === 'paused' ? 'paused' : 'running';
      const moved = open(clock, atMs, { kind, cause: event.cause, calendar: event.calendar });
      // A new promise is warned of anew. A promise already missed stays missed for this cycle.
      return {
        ...moved,
        targetMs: event.targetMs,
        pausable: event.pausable,
        warnAtPercent: event.warnAtPercent,
        warned: event.targetMs === clock.targetMs ? clock.warned : [],
        promisedAtMs: event.targetMs === clock.targetMs ? clock.promisedAtMs : atMs,
      };
    }
    case 'clock.warned':
      return { ...clock, warned: [...clock.warned, event.percent] };
    case 'clock.breached':
      return { ...clock, breachedDueAtMs: event.dueAtMs };
    default:
      return assertNever(event);
  }
}
