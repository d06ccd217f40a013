const UNITS_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const;

/**
 * Milliseconds of a length of time such as `4h30m`, `90m`, `2d` or `45s`; a day is 24 hours.
 *
 * @returns null where the text is none
 */
export function parseDuration(text: string): number | null {
  const match = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (match === null || text === '') return null;
  const [, days, hours, minutes, seconds] = match.map((part) => Number(part ?? 0));
  return (
    (days ?? 0) * UNITS_MS.d + (hours ?? 0) * UNITS_MS.h + (minutes ?? 0) * UNITS_MS.m + (seconds ?? 0) * UNITS_MS.s
  );
}

/** A length of time as `37h30m`, without days, since a day of open time has no fixed length. */
export function formatDuration(lengthMs: number): string {
  const hours = Math.floor(lengthMs / UNITS_MS.h);
  const minutes = Math.floor((lengthMs % UNITS_MS.h) / UNITS_MS.m);
  const seconds = (lengthMs % UNITS_MS.m) / UNITS_MS.s;
  const parts = [hours > 0 ? `${hours}h` : '', minutes > 0 ? `${minutes}m` : '', seconds > 0 ? `${seconds}s` : ''];
  return parts.join('') || '0m';
}
