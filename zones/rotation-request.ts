import { RequestError } from './request-error.ts';
import { clipIntervals } from '../domain/calendar/intervals.ts';
import { allowedIntervals } from './restrictions.ts';
import { userAt } from './rotation.ts';
import { rotationRequest } from './schemas.ts';
import type { RotationRequest } from './schemas.ts';
import { timeZone } from './time-zone.ts';
import { parseInstant } from './wall-time.ts';

/** For each instant asked about, the people who have the shift then: one or nobody. */
export interface RotationAnswer {
  readonly onCall: readonly (readonly string[])[];
}

/**
 * Answers one request of the on-call command.
 *
 * @param request unchecked
 * @throws `RequestError` with every issue of the request
 */
export function answerRotationRequest(request: unknown): RotationAnswer {
  const parsed = rotationRequest.safeParse(request);
  if (!parsed.success) throw new RequestError(parsed.error);
  const { rotation, at } = parsed.data;
  return { onCall: at.map((text) => servingAt(rotation, parseInstant(text) ?? 0)) };
}

function servingAt(rotation: RotationRequest['rotation'], atMs: number): readonly string[] {
  const user = userAt(rotation, rotation.timezone, atMs);
  if (user === null) return [];
  const allowed = allowedIntervals(rotation.restrictions, timeZone(rotation.timezone), atMs, atMs + 1);
  return allowed === null || clipIntervals(allowed, atMs, atMs + 1).length > 0 ? [user] : [];
}
