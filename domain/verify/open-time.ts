/**
 * Open time by a plain scan of a calendar's stored intervals. A second hand on purpose: nothing here is shared with the
 * arithmetic that it checks.
 */
export interface StoredHours {
  readonly coveredFromMs: number;
  readonly coveredUntilMs: number;
  readonly intervals: readonly (readonly [startMs: number, endMs: number])[];
}

/** null stands for the calendar without closed hours. */
export type Hours = StoredHours | null;

/** Open milliseconds from `fromMs` up to `toMs`; null where the calendar does not say. */
export function countOpenMs(hours: Hours, fromMs: number, toMs: number): number | null {
  if (toMs <= fromMs) return 0;
  if (hours === null) return toMs - fromMs;
  if (fromMs < hours.coveredFromMs || toMs > hours.coveredUntilMs) return null;
  let sumMs = 0;
  for (const [startMs, endMs] of hours.intervals) {
    sumMs += Math.max(0, Math.min(endMs, toMs) - Math.max(startMs, fromMs));
  }
  return sumMs;
}

/**
 * The first open instant from `fromMs` on before which `openMs` milliseconds were open: what ends exactly at closing time
 * ends at the next opening. null where the calendar does not say.
 */
export function firstOpenInstant(hours: Hours, fromMs: number, openMs: number): number | null {
  if (hours === null) return fromMs + openMs;
  if (fromMs < hours.coveredFromMs || fromMs >= hours.coveredUntilMs) return null;
  for (const [startMs, endMs] of hours.intervals) {
    const beginMs = Math.max(startMs, fromMs);
    const before = countOpenMs(hours, fromMs, beginMs);
    if (before === null) return null;
    const candidateMs = beginMs + (openMs - before);
    if (endMs > fromMs && candidateMs < endMs) return candidateMs;
  }
  return null;
}
