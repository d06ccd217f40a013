import type { CarriedState } from '../contracts/workflow-messages.ts';
import { upcastEscalation } from '../domain/escalation/evolve.ts';
import { nextWakeAtMs } from '../domain/escalation/next-wake.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { policyOf } from './batch.ts';
import { CalendarRenewal, changedIn } from './calendar-renewal.ts';
import { shared } from './shared-values.ts';
import type { StoreCalls } from './store-calls.ts';

/** A wake-up that decided nothing is not repeated at once. */
const idleWakeMs = 60_000;

/** The state that the log leads to, and what it stands under. */
export type Ready = Omit<CarriedState, 'processed' | 'evicted'>;

/** What a run knows of its escalation: its state, the policies and calendars that it is decided by, and the time. */
export class Knowledge {
  readonly #escalationId: string;
  readonly #store: StoreCalls;
  readonly #renewal = new CalendarRenewal();
  #ready: Ready | null = null;
  /** Read for a migration that waits. */
  #otherPolicies: Readonly<Record<number, Policy>> = {};
  /** All that was due by this instant has been decided. */
  #settledUntilMs = 0;

  constructor(escalationId: string, store: StoreCalls) {
    this.#escalationId = escalationId;
    this.#store = store;
  }

  /** Null until it is loaded. */
  get ready(): Ready | null {
    return this.#ready;
  }

  must(): Ready {
    if (this.#ready === null) throw new Error('the escalation is not loaded');
    return this.#ready;
  }

  /** As an earlier run, perhaps of an earlier version, or the log says it. */
  take(ready: Ready): void {
    this.#ready = { ...ready, state: upcastEscalation(ready.state) };
  }

  believe(ready: Ready): void {
    this.#ready = ready;
  }

  /** The state as the log says, where that is not what was decided here: its policy may be another one. */
  async adopt(ready: Ready, state: Ready['state']): Promise<void> {
    await this.loadPolicy(state.policy.name, state.policy.version);
    this.#ready = { ...ready, state, policy: policyOf(state, this.surroundings(ready)) };
  }

  settled(untilMs: number): void {
    this.#settledUntilMs = untilMs;
  }

  /** The later of workflow time and the last event. */
  nowMs(ready: Ready): number {
    return Math.max(Date.now(), ready.state.updatedAtMs);
  }

  surroundings(ready: Ready) {
    return {
      escalationId: this.#escalationId,
      nowMs: this.nowMs(ready),
      policy: ready.policy,
      otherPolicies: this.#otherPolicies,
      calendars: ready.calendars,
      calendarPins: ready.calendarPins,
      flags: ready.flags,
    };
  }

  nextWakeAtMs(ready: Ready): number | null {
    const wakeAtMs = nextWakeAtMs(ready.state, ready.policy, ready.calendars);
    if (wakeAtMs === null) return null;
    // Where all that was due has been decided, what still claims to be due can't be helped now. What has fallen due
    // since, while the commit was written, is woken for at once.
    return wakeAtMs <= this.#settledUntilMs ? this.nowMs(ready) + idleWakeMs : wakeAtMs;
  }

  async loadPolicy(name: string, version: number): Promise<void> {
    if (version === this.must().policy.version || this.#otherPolicies[version] !== undefined) return;
    const policy = await this.#store.call((store) => store.loadPolicy({ name, version }));
    if (policy !== null) this.#otherPolicies = { [version]: policy };
  }

  hintCalendars(): void {
    this.#renewal.hint();
  }

  areCalendarsHinted(): boolean {
    return this.#renewal.isHinted();
  }

  /** @returns the calendars by which the state counts otherwise than is in force now */
  async renewCalendars(): Promise<readonly string[]> {
    const before = this.must();
    const renewed = await this.#renewal.renew(this.#store, before, this.nowMs(before));
    if (renewed === null) return [];
    const ready = this.must();
    this.#ready = {
      ...ready,
      ...shared({
        ...ready,
        calendars: { ...ready.calendars, ...renewed.calendars },
        calendarPins: { ...ready.calendarPins, ...renewed.calendarPins },
      }),
    };
    return changedIn(ready.state, renewed);
  }
}
