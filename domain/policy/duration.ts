const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** A duration as people write it in a policy: `30s`, `15m`, `4h`, `2d`, `1w`, or several in falling order: `1h30m`. */
export const durationPattern = /^(?=\d)(\d{1,5}w)?(\d{1,5}d)?(\d{1,5}h)?(\d{1,5}m)?(\d{1,6}s)?$/;

/**
 * The milliseconds of a written duration. A day is 24 hours of whatever a clock counts: two days of support hours are 48
 * open hours.
 *
 * @returns null where the text is no duration, or none at all (`0m`)
 */
export function parseDuration(text: string): number | null {
  const match = durationPattern.exec(text);
  if (match === null) return null;
  let sumMs = 0;
  for (const part of match.slice(1)) {
    if (part === undefined) continue;
    const unit = part.slice(-1);
    if (unit === 's' || unit === 'm' || unit === 'h' || unit === 'd' || unit === 'w') {
      sumMs += Number(part.slice(0, -1)) * unitMs[unit];
    }
  }
  return sumMs > 0 ? sumMs : null;
}

/** Writes milliseconds as `parseDuration` reads them, in days at most; parts of a second are dropped, 0 is `0s`. */
export function formatDuration(durationMs: number): string {
  let leftMs = Math.abs(durationMs);
  let text = '';
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const count = Math.floor(leftMs / unitMs[unit]);
    if (count > 0) text += `${count}${unit}`;
    leftMs -= count * unitMs[unit];
  }
  return `${durationMs < 0 ? '-' : ''}${text === '' ? '0s' : text}`;
}
