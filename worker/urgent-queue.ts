import { isOpen, type EscalationRecord } from '../domain/escalation/record.ts';

/** By how much a wake-up has to be overdue: a timer that fires as it should is never overtaken. */
const overdueByMs = 150;
/** Where so many are due together, the server is behind from the first instant on, and less of a delay tells it. */
const crowd = 5;
const overdueInCrowdByMs = 30;
/** Before every record. */
const unread = -1;
/** Most that are known at once. */
const mostKnown = 10_000;

export interface UrgentWake {
  readonly escalationId: string;
  /** Epoch milliseconds by the workflow's time; 0: its record has to be read to know it; Infinity: it waits for nothing. */
  readonly wakeAtMs: number;
  /** Of the record that says so. */
  readonly seq: number;
  /** Its workflow has been told of this instant. */
  readonly isTold: boolean;
  /** It is of the highest severity, as far as is known. */
  readonly isUrgent: boolean;
  /** Its timer may come as late as this; until then it is woken whatever its severity. Null: its timer can be relied on. */
  readonly watchedUntilMs: number | null;
}

/** When the open escalations of the highest severity are due next, and others whose timers can't be relied on. */
export class UrgentQueue {
  readonly #known = new Map<string, UrgentWake>();
  readonly #most: number;

  constructor(most = mostKnown) {
    this.#most = most;
  }

  get size(): number {
    return this.#known.size;
  }

  /** Takes in what a record says, unless a later one is known. */
  note(record: EscalationRecord): void {
    const { id, seq, severity, state, nextWakeAtMs } = record;
    const known = this.#known.get(id);
    if (known !== undefined && known.seq >= seq) return;
    // A timer that is late stays armed whatever is written meanwhile, unless it is to fire sooner.
    const watchedUntilMs = known?.watchedUntilMs ?? null;
    const isUrgent = severity === 'sev1';
    if (!isOpen(state) || (watchedUntilMs === null && !(isUrgent && nextWakeAtMs !== null))) {
      this.#known.delete(id);
      return;
    }
    this.#put({
      escalationId: id,
      wakeAtMs: nextWakeAtMs ?? Infinity,
      seq,
      isTold: known?.wakeAtMs === nextWakeAtMs && known.isTold,
      isUrgent,
      watchedUntilMs,
    });
  }

  /**
   * Its timer may come late: it is told of what is overdue until then, whatever its severity.
   * @param wakeAtMs what the timer was armed for, epoch milliseconds
   * @param lateByMs by how much it may come late at the most
   */
  watch(escalationId: string, wakeAtMs: number, lateByMs: number): void {
    const known = this.#known.get(escalationId);
    const watchedUntilMs = Math.max(known?.watchedUntilMs ?? 0, wakeAtMs + lateByMs);
    // Of one that has been told of another instant the record that says this one was not seen.
    const isKnown = known !== undefined && !(known.isTold && known.wakeAtMs !== wakeAtMs);
    this.#put(
      isKnown
        ? { ...known, watchedUntilMs }
        : { escalationId, wakeAtMs, seq: unread, isTold: false, isUrgent: false, watchedUntilMs },
    );
  }

  /** What is known of it by this record is not so: where it matters what is, it is to be read. */
  doubt({ id, severity }: EscalationRecord): void {
    const watchedUntilMs = this.#known.get(id)?.watchedUntilMs ?? null;
    const isUrgent = severity === 'sev1';
    if (!isUrgent && watchedUntilMs === null) this.#known.delete(id);
    else this.#put({ escalationId: id, wakeAtMs: 0, seq: unread, isTold: false, isUrgent, watchedUntilMs });
  }

  forget(escalationId: string): void {
    this.#known.delete(escalationId);
  }

  /** Those that are overdue and were not told so, the longest overdue first. @param nowMs epoch milliseconds */
  overdue(nowMs: number, limit: number): readonly UrgentWake[] {
    this.#endWatches(nowMs);
    const late = [...this.#known.values()].filter((wake) => isOverdue(wake, nowMs, overdueInCrowdByMs));
    const isCrowd = late.filter((wake) => wake.watchedUntilMs === null).length >= crowd;
    return late
      .filter((wake) => (isCrowd && wake.watchedUntilMs === null) || isOverdue(wake, nowMs))
      .toSorted((a, b) => a.wakeAtMs - b.wakeAtMs)
      .slice(0, limit);
  }

  /** A late timer has fired, and whatever was due until then has been told: from here on its timers are in time. */
  #endWatches(nowMs: number): void {
    for (const [id, wake] of this.#known) {
      const { watchedUntilMs } = wake;
      if (watchedUntilMs === null || watchedUntilMs >= nowMs) continue;
      if (!wake.isTold && wake.wakeAtMs <= watchedUntilMs) continue;
      if (wake.isUrgent && wake.wakeAtMs < Infinity) this.#known.set(id, { ...wake, watchedUntilMs: null });
      else this.#known.delete(id);
    }
  }

  /** @returns its wake-up if that is known, due and not told */
  dueOne(escalationId: string, nowMs: number): UrgentWake | null {
    const wake = this.#known.get(escalationId);
    return wake !== undefined && wake.seq !== unread && isOverdue(wake, nowMs, 0) ? wake : null;
  }

  /** Its workflow is not told of this instant again. */
  told({ escalationId, wakeAtMs }: UrgentWake): void {
    const known = this.#known.get(escalationId);
    if (known?.wakeAtMs === wakeAtMs) this.#known.set(escalationId, { ...known, isTold: true });
  }

  #put(wake: UrgentWake): void {
    this.#known.set(wake.escalationId, wake);
    if (this.#known.size <= this.#most) return;
    // Who was told needs nothing more but its next record, unless it is watched; else whoever is due last has the most time
    // to be heard of again.
    let last = wake;
    for (const each of this.#known.values()) if (rankOf(each) > rankOf(last)) last = each;
    this.#known.delete(last.escalationId);
  }
}

function isOverdue(wake: UrgentWake, nowMs: number, byMs = overdueByMs): boolean {
  return !wake.isTold && wake.wakeAtMs + byMs < nowMs;
}

function rankOf(wake: UrgentWake): number {
  return wake.isTold && wake.watchedUntilMs === null ? Infinity : wake.wakeAtMs;
}
