import type { CalendarPin, EventBody } from '../escalation/events.ts';
import type { ClockName } from '../escalation/vocabulary.ts';
import { countOpenMs, firstOpenInstant, type Hours, type StoredHours } from './open-time.ts';

export type StoredCalendars = Readonly<Record<string, StoredHours>>;

/** A stretch of one clock's time, as the events draw it. */
export interface Stretch {
  readonly kind: 'running' | 'paused';
  readonly fromMs: number;
  readonly toMs: number | null;
  readonly calendar: CalendarPin;
}

type Terms = Pick<
  Extract<EventBody, { type: 'clock.retargeted' }>,
  'targetMs' | 'calendar' | 'warnAtPercent' | 'pausable'
>;

/** One cycle of one clock: a list of stretches, and sums over it. */
export class ClockRun {
  readonly clock: ClockName;
  readonly cycle: number;
  status: 'running' | 'paused' | 'stopped' = 'running';
  terms: Terms;
  /** Instants of the warnings told under the present target, by percentage. */
  warned: ReadonlyMap<number, number> = new Map();
  warnings = 0;
  breachedDueAtMs: number | null = null;
  #promisedAtMs: number;
  #stretches: readonly Stretch[];

  constructor(clock: ClockName, cycle: number, terms: Terms, atMs: number) {
    this.clock = clock;
    this.cycle = cycle;
    this.terms = terms;
    this.#promisedAtMs = atMs;
    this.#stretches = [{ kind: 'running', fromMs: atMs, toMs: null, calendar: terms.calendar }];
  }

  get stretches(): readonly Stretch[] {
    return this.#stretches;
  }

  stop(atMs: number): void {
    this.status = 'stopped';
    this.#stretches = ended(this.#stretches, atMs);
  }

  go(kind: Stretch['kind'], atMs: number): void {
    this.status = kind;
    this.#stretches = [
      ...ended(this.#stretches, atMs),
      { kind, fromMs: atMs, toMs: null, calendar: this.terms.calendar },
    ];
  }

  /** A new target is a new promise: it is warned of anew, and can't be broken before now. Time that ran stays. */
  retarget(terms: Terms, atMs: number): void {
    if (terms.targetMs !== this.terms.targetMs) {
      this.warned = new Map();
      this.#promisedAtMs = atMs;
    }
    this.terms = terms;
    this.go(this.status === 'paused' ? 'paused' : 'running', atMs);
  }

  warn(percent: number, atMs: number): void {
    this.warned = new Map([...this.warned, [percent, atMs]]);
    this.warnings += 1;
  }

  /** Counted milliseconds up to `atMs`; null where a calendar does not say. */
  elapsedMs(calendars: StoredCalendars, atMs: number): number | null {
    return sumOf(this.#stretches, calendars, atMs);
  }

  /** Milliseconds within pauses up to `atMs`. */
  pausedMs(atMs: number): number {
    let sumMs = 0;
    for (const { kind, fromMs, toMs } of this.#stretches) {
      if (kind === 'paused') sumMs += Math.max(0, Math.min(toMs ?? atMs, atMs) - fromMs);
    }
    return sumMs;
  }

  /**
   * The instant, in the stretch under way, at which `percent` of the target has been counted; null while it does not run
   * and where the calendar does not say.
   */
  reachesMs(calendars: StoredCalendars, percent: number): number | null {
    const now = this.#stretches.at(-1);
    if (this.status !== 'running' || now === undefined) return null;
    const before = sumOf(this.#stretches.slice(0, -1), calendars, now.fromMs);
    if (before === null) return null;
    const wanted = Math.ceil((this.terms.targetMs * percent) / 100);
    const atMs = firstOpenInstant(hoursOf(calendars, now.calendar), now.fromMs, Math.max(0, wanted - before));
    return atMs === null ? null : Math.max(atMs, this.#promisedAtMs);
  }

  dueAtMs(calendars: StoredCalendars): number | null {
    return this.reachesMs(calendars, 100);
  }
}

function ended(stretches: readonly Stretch[], atMs: number): readonly Stretch[] {
  return stretches
    .map((stretch) => (stretch.toMs === null ? { ...stretch, toMs: atMs } : stretch))
    .filter((stretch) => stretch.toMs !== stretch.fromMs);
}

function sumOf(stretches: readonly Stretch[], calendars: StoredCalendars, untilMs: number): number | null {
  let sumMs = 0;
  for (const { kind, fromMs, toMs, calendar } of stretches) {
    if (kind === 'paused') continue;
    const openMs = countOpenMs(hoursOf(calendars, calendar), fromMs, Math.min(toMs ?? untilMs, untilMs));
    if (openMs === null) return null;
    sumMs += openMs;
  }
  return sumMs;
}

function hoursOf(calendars: StoredCalendars, pin: CalendarPin): Hours {
  if (pin.id === 'always') return null;
  const hours = calendars[pin.hash];
  if (hours === undefined) throw new MissingCalendar(pin);
  return hours;
}

/** An expansion that the log names was not supplied. */
export class MissingCalendar extends Error {
  override name = 'MissingCalendar';

  constructor(pin: CalendarPin) {
    super(`the calendar ${pin.id} (${pin.hash}) is not stored`);
  }
}
