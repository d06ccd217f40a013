import { assertNever } from '../domain/assert-never.ts';
import type { Interval } from '../domain/calendar/intervals.ts';
import { deadlineMs, elapsedOpenMs, ENDLESS_MS } from './deadline.ts';
import { RequestError } from './request-error.ts';
import { calendarRequest } from './schemas.ts';
import type { CalendarRequest } from './schemas.ts';
import { formatInstant, parseInstant } from './wall-time.ts';

/** `dueAt` is null where the calendar never has so much open time, or a pause does not end. */
export type CalendarAnswer = { readonly dueAt: string | null } | { readonly seconds: number };

/**
 * Answers one request of the calendar command.
 *
 * @param request unchecked
 * @returns the answer
 * @throws `RequestError` with every issue of the request
 */
export function answerCalendarRequest(request: unknown): CalendarAnswer {
  const parsed = calendarRequest.safeParse(request);
  if (!parsed.success) throw new RequestError(parsed.error);
  const { data } = parsed;
  const pauses = pauseIntervals(data.pauses);
  switch (data.kind) {
    case 'deadline': {
      const openMs = Math.round(data.durationSeconds * 1000);
      const dueAtMs = deadlineMs(data.calendar, pauses, instantMs(data.start), openMs);
      return { dueAt: dueAtMs === null ? null : formatInstant(dueAtMs) };
    }
    case 'elapsed':
      return { seconds: elapsedOpenMs(data.calendar, pauses, instantMs(data.from), instantMs(data.to)) / 1000 };
    default:
      return assertNever(data);
  }
}

function pauseIntervals(pauses: CalendarRequest['pauses']): readonly Interval[] {
  return pauses.map(({ from, to }) => [instantMs(from), to === null || to === undefined ? ENDLESS_MS : instantMs(to)]);
}

function instantMs(text: string): number {
  const atMs = parseInstant(text);
  if (atMs === null) throw new RangeError(`not an instant: ${text}`);
  return atMs;
}
