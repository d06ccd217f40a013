import type { CalendarsReply } from './types.ts';

/** Business calendars in force, expanded from `fromMs` on and stored under their content hash. */
export interface CalendarSource {
  /** @throws ApplicationFailure `not_found` when a calendar has no definition */
  current(calendarIds: readonly string[], fromMs: number): Promise<CalendarsReply>;
}
