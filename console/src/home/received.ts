import { severities } from '../../../domain/escalation/vocabulary.ts';
import type { Severity } from '../../../domain/escalation/vocabulary.ts';
import type { Escalation } from '../api/types.ts';

/** Counts by severity in one step of time. */
export interface Step {
  readonly startMs: number;
  readonly counts: Readonly<Record<Severity, number>>;
}

function counted(startMs: number, items: readonly Escalation[]): Step {
  const of = (severity: Severity): number => items.filter((item) => item.severity === severity).length;
  return { startMs, counts: { sev1: of('sev1'), sev2: of('sev2'), sev3: of('sev3'), sev4: of('sev4') } };
}

function startOfDay(atMs: number, addDays: number): number {
  const at = new Date(atMs);
  at.setHours(0, 0, 0, 0);
  at.setDate(at.getDate() + addDays);
  return at.getTime();
}

/**
 * What came in on each of the last days, in the viewer's zone, today last. Where not everything was looked at, the days
 * that may be incomplete are left out.
 *
 * @param sinceMs everything received from then on is among the items
 */
export function receivedByDay(
  items: readonly Escalation[],
  nowMs: number,
  days: number,
  sinceMs: number,
): readonly Step[] {
  return Array.from({ length: days }, (_, index) => startOfDay(nowMs, index - days + 1))
    .filter((startMs) => startMs >= sinceMs)
    .map((startMs) => {
      const endMs = startOfDay(startMs, 1);
      return counted(
        startMs,
        items.filter((item) => startMs <= Date.parse(item.createdAt) && Date.parse(item.createdAt) < endMs),
      );
    });
}

const hourMs = 3_600_000;

/** Deadlines to come, hour by hour from the one that runs, which begins at `hourStartMs`. Paused ones have none. */
export function deadlinesByHour(items: readonly Escalation[], hourStartMs: number, hours: number): readonly Step[] {
  return Array.from({ length: hours }, (_, index) => hourStartMs + index * hourMs).map((startMs) =>
    counted(
      startMs,
      items.filter(({ nextBreach, paused }) => {
        if (nextBreach === null || nextBreach.breached || paused !== null) return false;
        const dueMs = Date.parse(nextBreach.dueAt);
        // What fell due a moment ago and was not handled yet belongs to the hour that runs.
        return dueMs < startMs + hourMs && (dueMs >= startMs || startMs === hourStartMs);
      }),
    ),
  );
}

/** Whether a picture of these would show anything. */
export function isEmpty(steps: readonly Step[]): boolean {
  return steps.every(({ counts }) => severities.every((severity) => counts[severity] === 0));
}
