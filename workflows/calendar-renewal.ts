import type { CalendarsReply } from '../activities/types.ts';
import { calendarsToRenew } from '../domain/escalation/next-wake.ts';
import type { Escalation } from '../domain/escalation/state.ts';
import type { CarriedState } from '../contracts/workflow-messages.ts';
import type { StoreCalls } from './store-calls.ts';

/** A calendar that could not be extended is asked for again after this long. */
const againAfterMs = 3_600_000;

type Hosted = Pick<CarriedState, 'state' | 'calendarPins'>;

/** Asks for calendars anew: when they end soon, and when somebody says that they have changed. */
export class CalendarRenewal {
  #isHinted = false;
  #notBeforeMs = 0;

  hint(): void {
    this.#isHinted = true;
  }

  isHinted(): boolean {
    return this.#isHinted;
  }

  /** @returns null when there is nothing to ask for */
  async renew(store: StoreCalls, hosted: Hosted, nowMs: number): Promise<CalendarsReply | null> {
    const isHinted = this.#isHinted;
    this.#isHinted = false;
    const due = nowMs < this.#notBeforeMs ? [] : calendarsToRenew(hosted.state, nowMs);
    const calendarIds = isHinted ? Object.keys(hosted.calendarPins) : due;
    if (calendarIds.length === 0) return null;
    this.#notBeforeMs = nowMs + againAfterMs;
    return store.call((activities) => activities.loadCalendars({ calendarIds, fromMs: nowMs }));
  }
}

/** Those by which a state counts otherwise than is in force now. */
export function changedIn(state: Escalation, { calendars, calendarPins }: CalendarsReply): readonly string[] {
  return Object.entries(calendarPins).flatMap(([calendarId, hash]) =>
    calendars[hash] !== undefined && state.calendars[calendarId]?.pin.hash !== hash ? [calendarId] : [],
  );
}
