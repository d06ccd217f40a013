/** Instants and durations as the API writes them. */

export function instantOf(ms: number): string {
  return new Date(ms).toISOString();
}

export function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : instantOf(ms);
}

/** Milliseconds as seconds, exact to the millisecond. */
export function secondsOf(ms: number): number {
  return ms / 1000;
}
