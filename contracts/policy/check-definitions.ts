import { openMsBetween } from '../../domain/calendar/open-hours.ts';
import { clockNames, severities, type ClockName, type Severity } from '../../domain/escalation/vocabulary.ts';
import type { CheckRange } from '../../domain/policy/check/cover-findings.ts';
import type { Finding } from '../../domain/policy/check/finding.ts';
import type { HoursOf } from '../../domain/policy/check/flows-of.ts';
import type { Directory } from '../../domain/policy/directory.ts';
import { formatDuration } from '../../domain/policy/duration.ts';
import { calendarsOf } from '../../domain/policy/match.ts';
import type { ClockRule, Policy } from '../../domain/policy/policy.ts';
import { calendarWarnings } from '../../zones/check-calendar.ts';
import type { DirectoryDefinition } from './directory-file.ts';

interface Promised {
  readonly clock: ClockName;
  readonly severities: readonly Severity[];
  readonly rule: ClockRule;
  readonly path: readonly PropertyKey[];
}

function promisesOf(policy: Policy): readonly Promised[] {
  const general = severities.flatMap((severity) =>
    clockNames.flatMap((clock): Promised[] => {
      const rule = policy.severities[severity].clocks[clock];
      return rule === undefined
        ? []
        : [{ clock, severities: [severity], rule, path: ['clocks', clock, 'severities', severity] }];
    }),
  );
  const special = (policy.clockOverrides ?? []).flatMap(({ clock, rule, match }, index): Promised[] =>
    rule === null ? [] : [{ clock, severities: match.severities ?? [], rule, path: ['promises', index] }],
  );
  return [...general, ...special];
}

/** Clocks whose calendar is never open, or not for so long: they would promise something and never tell. */
export function clockFindings(
  policy: Policy,
  hoursOf: HoursOf,
  range: CheckRange,
  checkedDays: number,
): readonly Finding[] {
  return promisesOf(policy).flatMap(({ clock, severities: concerned, rule, path }): Finding[] => {
    const hours = rule.calendar === 'always' ? null : hoursOf(rule.calendar);
    if (hours === null) return [];
    const openMs = openMsBetween(hours, range.fromMs, range.untilMs) ?? 0;
    if (openMs > rule.targetMs) return [];
    const never = openMs === 0;
    return [
      {
        level: 'error',
        code: never ? 'calendar_never_open' : 'clock_never_due',
        policy: policy.name,
        severities: concerned,
        message: never
          ? `the ${clock} clock counts by ${rule.calendar}, which never opens in ${checkedDays} days`
          : `the ${clock} clock runs ${formatDuration(rule.targetMs)} by ${rule.calendar}, which opens for ${formatDuration(openMs)} in ${checkedDays} days`,
        fix: 'give the calendar hours, or the clock another calendar or target',
        place: { in: 'policy', path },
        example: { atMs: range.fromMs, untilMs: range.untilMs },
        times: 1,
      },
    ];
  });
}

/** Quiet hours that end when a calendar opens which never does: nothing would be held, or for ever. */
export function quietHoursFindings(
  policy: Policy,
  hoursOf: HoursOf,
  range: CheckRange,
  checkedDays: number,
): readonly Finding[] {
  const quiet = (policy.holds ?? []).filter((hold) => hold.kind === 'quiet_hours');
  return quiet.flatMap(({ calendar, severities: concerned }, index): Finding[] => {
    const hours = calendar === 'always' ? null : hoursOf(calendar);
    if (hours === null || openMsBetween(hours, range.fromMs, range.untilMs) !== 0) return [];
    return [
      {
        level: 'error',
        code: 'calendar_never_open',
        policy: policy.name,
        severities: concerned,
        message: `quiet hours wait for ${calendar} to open, which never opens in ${checkedDays} days: they hold nothing back`,
        fix: 'give the calendar hours, or take the quiet hours away',
        place: { in: 'policy', path: ['quietHours', index] },
        example: { atMs: range.fromMs, untilMs: range.untilMs },
        times: 1,
      },
    ];
  });
}

/** What is doubtful about calendars themselves. */
export function calendarFindings(
  directory: DirectoryDefinition,
  policies: readonly Policy[],
  fromMs: number,
): readonly Finding[] {
  const used = new Set(policies.flatMap(calendarsOf));
  return Object.entries(directory.calendars).flatMap(([id, calendar]) =>
    calendarWarnings(calendar, fromMs)
      // Told as an error already where a clock counts by it.
      .filter((sentence) => !used.has(id) || !sentence.startsWith('the calendar is never open'))
      .map((sentence): Finding => ({
        level: 'warning',
        code: 'calendar_doubtful',
        policy: null,
        severities: [],
        message: `calendar ${id}: ${sentence}`,
        fix: 'look at the calendar',
        place: { in: 'directory', path: ['calendars', id] },
        example: null,
        times: 0,
      })),
  );
}

/** What is doubtful about schedules themselves: gaps where no policy would tell of them, and conflicts. */
export function scheduleFindings(
  directory: Directory,
  policies: readonly Policy[],
  range: CheckRange,
): readonly Finding[] {
  const used = new Set(
    policies.flatMap((policy) =>
      [...policy.tiers.flatMap((tier) => tier.targets), ...policy.fallback].map(({ kind, id }) => `${kind}:${id}`),
    ),
  );
  return Object.entries(directory.schedules).flatMap(([id, schedule]): Finding[] => {
    const base = {
      level: 'warning',
      policy: null,
      severities: [],
      place: { in: 'directory', path: ['schedules', id] },
    } as const;
    const gaps = used.has(`schedule:${id}`) ? [] : schedule.gaps.filter(([startMs]) => startMs < range.untilMs);
    const conflicts = schedule.conflicts.filter(({ startMs }) => startMs < range.untilMs);
    const [gap] = gaps;
    const found: Finding[] = [];
    if (gap !== undefined) {
      found.push({
        ...base,
        code: 'schedule_gap',
        message: `schedule ${id} has gaps, and no policy uses it`,
        fix: 'close them, or remove the schedule',
        example: { atMs: gap[0], untilMs: gap[1] },
        times: gaps.length,
      });
    }
    for (const kind of new Set(conflicts.map((conflict) => conflict.kind))) {
      const same = conflicts.filter((conflict) => conflict.kind === kind);
      const [first] = same;
      if (first === undefined) continue;
      const who = first.personIds.join(', ');
      found.push({
        ...base,
        code: 'schedule_conflict',
        message: `schedule ${id}: ${kind.replaceAll('_', ' ')} (${who})`,
        fix: 'change the rotation, override or leave',
        example: { atMs: first.startMs, untilMs: first.endMs },
        times: same.length,
      });
    }
    return found;
  });
}
