import { closedIntervals, openMsBetween, type OpenHours } from '../../calendar/open-hours.ts';
import { formatDuration } from '../duration.ts';
import type { Policy } from '../policy.ts';
import type { CheckRange } from './cover-findings.ts';
import type { Finding } from './finding.ts';

/**
 * Quiet hours that outlast the acknowledge clock: the page waits until after the promise is broken.
 *
 * @param hoursOf expanded calendars, `always` included
 */
export function holdFindings(
  policy: Policy,
  hoursOf: (calendar: string) => OpenHours | null,
  range: CheckRange,
): readonly Finding[] {
  return (policy.holds ?? []).flatMap((hold, index) => {
    const quiet = hold.kind === 'quiet_hours' ? hoursOf(hold.calendar) : null;
    if (hold.kind !== 'quiet_hours' || quiet === null) return [];
    return hold.severities.flatMap((severity): Finding[] => {
      const clock = policy.severities[severity].clocks.acknowledge;
      const counted = clock === undefined ? null : hoursOf(clock.calendar);
      if (clock === undefined || counted === null) return [];
      const late = closedIntervals(quiet, range.fromMs, range.untilMs).filter(
        ([startMs, endMs]) => (openMsBetween(counted, startMs, endMs) ?? 0) >= clock.targetMs,
      );
      const [first] = late;
      if (first === undefined) return [];
      const waits = formatDuration(first[1] - first[0]);
      return [
        {
          level: 'error',
          code: 'held_past_clock',
          policy: policy.name,
          severities: [severity],
          message: `quiet hours hold a page for ${waits} until ${hold.calendar} opens, when the acknowledge clock (${formatDuration(clock.targetMs)} by ${clock.calendar}) has run out`,
          fix: `let the acknowledge clock count by ${hold.calendar}, or leave the severity out of the quiet hours`,
          place: { in: 'policy', path: ['quietHours', index] },
          example: { atMs: first[0], untilMs: first[1] },
          times: late.length,
        },
      ];
    });
  });
}
