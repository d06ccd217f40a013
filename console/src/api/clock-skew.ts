/**
 * The server's clock, as far as answers have told: countdowns follow it, so that a wrong clock on the desk does not
 * show a wrong deadline.
 */
let skewMs = 0;

/** @param dateHeader the `Date` header of an answer, exact to a second */
export function learnServerTime(dateHeader: string | null, requestedAtMs: number, answeredAtMs: number): void {
  if (dateHeader === null) return;
  const serverMs = Date.parse(dateHeader);
  if (Number.isNaN(serverMs)) return;
  // The header is cut to whole seconds; half a second is the best guess of what was cut.
  const measured = serverMs + 500 - (requestedAtMs + answeredAtMs) / 2;
  // Within two seconds it is the header's rounding and the network, not the clock.
  skewMs = Math.abs(measured) < 2_000 ? 0 : measured;
}

/** Epoch milliseconds by the server's clock. */
export function serverNowMs(): number {
  return Date.now() + skewMs;
}
