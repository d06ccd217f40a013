import { assertNever } from '../assert-never.ts';
import type { EscalationEvent, EventBody, EventMeta } from '../escalation/events.ts';
import type { ClockName } from '../escalation/vocabulary.ts';
import { ClockRun, type StoredCalendars } from './clock-run.ts';
import type { Difference } from './difference.ts';
import { clocksEndedBy, lifecycleAfter, statesOfClock, type Lifecycle } from './lifecycle.ts';

type ClockEvent = EventMeta & Extract<EventBody, { type: `clock.${string}` }>;

export interface VerifyOptions {
  /**
   * By this instant everything that fell due before must have been told, whether or not another event followed; absent:
   * the log is judged only by what stands in it. Epoch milliseconds.
   */
  readonly toldUntilMs?: number;
}

export interface Verified {
  /** In the order of the log. */
  readonly differences: readonly Difference[];
  /** Every cycle of every clock, in the order in which they started. */
  readonly runs: readonly ClockRun[];
  readonly lifecycle: Lifecycle;
  readonly seq: number;
  readonly atMs: number;
}

/**
 * Recomputes what each clock of a log amounts to, and every warning and breach, from the events alone.
 *
 * What falls due is told by the first decision after it, and before its clock is stopped, paused or given another
 * target; what is told names the instant at which it fell due. Events of one instant are taken together: a decision
 * writes several.
 * @param events from the first on
 * @throws MissingCalendar when an expansion that the log names was not supplied
 */
export function verifyLog(
  events: readonly EscalationEvent[],
  calendars: StoredCalendars,
  options: VerifyOptions = {},
): Verified {
  const walk = new LogWalk(calendars);
  for (const [index, event] of events.entries()) {
    walk.take(event);
    const nextAtMs = events[index + 1]?.atMs;
    if (nextAtMs !== event.atMs) walk.endInstant(event.atMs, event.seq);
  }
  if (options.toldUntilMs !== undefined) walk.checkTold(options.toldUntilMs, events.at(-1)?.seq ?? 0);
  return walk.result();
}

class LogWalk {
  readonly #calendars: StoredCalendars;
  readonly #differences: Difference[] = [];
  readonly #runs: ClockRun[] = [];
  readonly #current = new Map<ClockName, ClockRun>();
  #mustStop: readonly ClockRun[] = [];
  #lifecycle: Lifecycle = { status: 'received', paused: false };
  #seq = 0;
  #atMs = 0;

  constructor(calendars: StoredCalendars) {
    this.#calendars = calendars;
  }

  result(): Verified {
    return {
      differences: this.#differences,
      runs: this.#runs,
      lifecycle: this.#lifecycle,
      seq: this.#seq,
      atMs: this.#atMs,
    };
  }

  take(event: EscalationEvent): void {
    if (event.seq !== this.#seq + 1) this.#differ(null, event.seq, 'sequence number', this.#seq + 1, event.seq);
    if (event.atMs < this.#atMs) this.#differ(null, event.seq, 'instant not before', this.#atMs, event.atMs);
    this.#seq = event.seq;
    this.#atMs = Math.max(this.#atMs, event.atMs);
    if (isClockEvent(event)) return this.#takeClock(event);
    const ending = clocksEndedBy(event).flatMap((name) => this.#underWay(name));
    this.#mustStop = [...this.#mustStop, ...ending];
    this.#lifecycle = lifecycleAfter(this.#lifecycle, event);
    return undefined;
  }

  /** All that was decided at an instant stands: now the clocks have to agree with the lifecycle, and the due be told. */
  endInstant(atMs: number, seq: number): void {
    const { status, paused } = this.#lifecycle;
    for (const run of this.#mustStop) {
      if (run.status !== 'stopped') this.#differ(run, seq, 'status', 'stopped', run.status);
    }
    this.#mustStop = [];
    for (const run of this.#active()) {
      const expected = !statesOfClock[run.clock].includes(status)
        ? 'stopped'
        : paused && run.terms.pausable
          ? 'paused'
          : 'running';
      if (run.status !== expected) this.#differ(run, seq, 'status', expected, run.status);
    }
    this.checkTold(atMs, seq);
  }

  /** Whatever fell due before `beforeMs` on a running clock has been told. */
  checkTold(beforeMs: number, seq: number): void {
    for (const run of this.#active()) {
      if (run.breachedDueAtMs !== null) continue;
      const due = run.dueAtMs(this.#calendars);
      if (due !== null && due < beforeMs) this.#differ(run, seq, 'breach told, due', due, null);
      for (const percent of run.terms.warnAtPercent) {
        const warnAt = run.warned.has(percent) ? null : run.reachesMs(this.#calendars, percent);
        if (warnAt !== null && warnAt < beforeMs)
          this.#differ(run, seq, `warning of ${percent} % told, due`, warnAt, null);
      }
    }
  }

  #takeClock(event: ClockEvent): void {
    if (event.type === 'clock.started') return this.#start(event);
    const run = this.#current.get(event.clock);
    if (run === undefined) return this.#differ(null, event.seq, `${event.clock} clock`, 'started before', event.type);
    switch (event.type) {
      case 'clock.stopped':
        this.#checkBreachTold(run, event);
        if (run.status === 'stopped') this.#differ(run, event.seq, 'status before the stop', 'under way', run.status);
        return run.stop(event.atMs);
      case 'clock.paused':
        this.#checkBreachTold(run, event);
        if (run.status !== 'running') this.#differ(run, event.seq, 'status before the pause', 'running', run.status);
        return run.go('paused', event.atMs);
      case 'clock.resumed':
        if (run.status !== 'paused') this.#differ(run, event.seq, 'status before the resumption', 'paused', run.status);
        return run.go('running', event.atMs);
      case 'clock.retargeted':
        this.#checkBreachTold(run, event);
        if (run.status === 'stopped') this.#differ(run, event.seq, 'status before the target', 'under way', run.status);
        return run.retarget(event, event.atMs);
      case 'clock.warned':
        return this.#warn(run, event);
      case 'clock.breached':
        return this.#breach(run, event);
      default:
        return assertNever(event);
    }
  }

  #start(event: ClockEvent & { readonly type: 'clock.started' }): void {
    const before = this.#current.get(event.clock);
    const run = new ClockRun(event.clock, event.cycle, event, event.atMs);
    const cycle = (before?.cycle ?? 0) + 1;
    if (event.cycle !== cycle) this.#differ(run, event.seq, 'cycle', cycle, event.cycle);
    if (before !== undefined && before.status !== 'stopped') {
      this.#differ(before, event.seq, 'status before the next cycle', 'stopped', before.status);
    }
    this.#current.set(event.clock, run);
    this.#runs.push(run);
  }

  /** A breach is told before the clock on which it fell due is touched. */
  #checkBreachTold(run: ClockRun, event: ClockEvent): void {
    const due = run.breachedDueAtMs === null ? run.dueAtMs(this.#calendars) : null;
    if (due !== null && due <= event.atMs) {
      this.#differ(run, event.seq, `breach told before ${event.type}, due`, due, null);
    }
  }

  #warn(run: ClockRun, event: ClockEvent & { readonly type: 'clock.warned' }): void {
    const what = `warning of ${event.percent} %, due`;
    const expected =
      !run.terms.warnAtPercent.includes(event.percent) || run.warned.has(event.percent) || run.breachedDueAtMs !== null
        ? null
        : run.reachesMs(this.#calendars, event.percent);
    if (expected !== event.warnAtMs) this.#differ(run, event.seq, what, expected, event.warnAtMs);
    if (event.warnAtMs > event.atMs) this.#differ(run, event.seq, `${what} not after`, event.atMs, event.warnAtMs);
    run.warn(event.percent, event.warnAtMs);
  }

  #breach(run: ClockRun, event: ClockEvent & { readonly type: 'clock.breached' }): void {
    const expected = run.breachedDueAtMs === null ? run.dueAtMs(this.#calendars) : null;
    if (event.cycle !== run.cycle) this.#differ(run, event.seq, 'cycle of the breach', run.cycle, event.cycle);
    if (expected !== event.dueAtMs) this.#differ(run, event.seq, 'breach, due', expected, event.dueAtMs);
    if (event.dueAtMs > event.atMs) this.#differ(run, event.seq, 'breach, due not after', event.atMs, event.dueAtMs);
    run.breachedDueAtMs = event.dueAtMs;
  }

  #active(): readonly ClockRun[] {
    return [...this.#current.values()].filter((run) => run.status !== 'stopped');
  }

  #underWay(name: ClockName): readonly ClockRun[] {
    const run = this.#current.get(name);
    return run === undefined || run.status === 'stopped' ? [] : [run];
  }

  #differ(
    run: ClockRun | null,
    seq: number,
    what: string,
    expected: number | string | null,
    found: number | string | null,
  ): void {
    this.#differences.push({ clock: run?.clock ?? null, cycle: run?.cycle ?? null, seq, what, expected, found });
  }
}

function isClockEvent(event: EscalationEvent): event is ClockEvent {
  return event.type.startsWith('clock.');
}
