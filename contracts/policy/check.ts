import { ALWAYS_OPEN, openMsBetween, type OpenHours } from '../../domain/calendar/open-hours.ts';
import { clockNames, severities, type ClockName, type Severity } from '../../domain/escalation/vocabulary.ts';
import { coverFindings, type CheckRange } from '../../domain/policy/check/cover-findings.ts';
import type { Finding } from '../../domain/policy/check/finding.ts';
import { flowFindings, type WorstWait } from '../../domain/policy/check/flow-findings.ts';
import { holdFindings } from '../../domain/policy/check/hold-findings.ts';
import { routingFindings } from '../../domain/policy/check/routing-findings.ts';
import { coverTimeline, type CoverTimeline } from '../../domain/policy/coverage.ts';
import type { Directory } from '../../domain/policy/directory.ts';
import { formatDuration } from '../../domain/policy/duration.ts';
import { calendarsOf } from '../../domain/policy/match.ts';
import type { ClockRule, Policy } from '../../domain/policy/policy.ts';
import { WalkFlows } from '../../domain/policy/walk-flows.ts';
import { calendarWarnings } from '../../zones/check-calendar.ts';
import { expandCalendar } from '../../zones/expand-calendar.ts';
import type { DirectoryDefinition } from './directory-file.ts';
import { expandDirectory } from './expand-directory.ts';
import type { PolicySet } from './load.ts';
import { zoneChanges, type ZoneChange } from './zone-changes.ts';

const dayMs = 86_400_000;
/** A year, and the next one's holidays and clock changes. */
export const checkedDays = 400;
/** How long an escalation is followed that nobody touches: what a policy does by itself it does within this. */
const followedDays = 60;

export interface CheckReport {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Errors first, then by policy. */
  readonly findings: readonly Finding[];
  readonly worstWaits: readonly WorstWait[];
  /** Clock changes of the zones in use that lie in the range: all of them were walked through. */
  readonly zoneChanges: readonly ZoneChange[];
  /** Handoffs and other changes of who is on call that were walked through. */
  readonly changePoints: number;
}

/**
 * Walks policies, schedules and calendars over the next 400 days and tells what would go wrong, each with an instant that
 * proves it. Goes from change to change, not from minute to minute: between two handoffs nothing differs.
 *
 * @param fromMs first instant that is looked at; epoch ms
 */
export function checkPolicySet(
  set: Pick<PolicySet, 'directory' | 'routing'> & { readonly policies: readonly { readonly policy: Policy }[] },
  fromMs: number,
): CheckReport {
  const untilMs = fromMs + checkedDays * dayMs;
  const range: CheckRange = { fromMs, untilMs };
  const directory = expandDirectory(set.directory, fromMs, untilMs + followedDays * dayMs);
  const timelines = new Map<string, CoverTimeline>();
  const timelineOf = (targets: Policy['fallback']): CoverTimeline => {
    const key = JSON.stringify(targets);
    const timeline = timelines.get(key) ?? coverTimeline(directory, targets);
    timelines.set(key, timeline);
    return timeline;
  };
  const hoursOf = calendarHours(set.directory, range);
  const worstWaits: WorstWait[] = [];
  const findings: Finding[] = [];
  for (const { policy } of set.policies) {
    findings.push(...coverFindings(policy, timelineOf, range));
    const ofFlows: Finding[] = [];
    for (const severity of severities) {
      const flows = new WalkFlows(directory, timelines, policy, severity, { ...range, followMs: followedDays * dayMs });
      const { worst, findings: found } = flowFindings(policy, severity, flows, range);
      worstWaits.push(worst);
      ofFlows.push(...found);
    }
    findings.push(
      ...joinSeverities(ofFlows),
      ...clockFindings(policy, hoursOf, range),
      ...holdFindings(policy, hoursOf, range),
    );
  }
  const policies = set.policies.map(({ policy }) => policy);
  findings.push(...scheduleFindings(directory, policies, range), ...calendarFindings(set.directory, policies, fromMs));
  findings.push(...routingFindings(set.routing, policies));
  return {
    fromMs,
    untilMs,
    findings: findings.toSorted((a, b) => Number(b.level === 'error') - Number(a.level === 'error')),
    worstWaits,
    zoneChanges: zoneChanges(set.directory, fromMs, untilMs),
    changePoints: Object.values(directory.schedules).reduce((sum, schedule) => sum + schedule.stretches.length, 0),
  };
}

/** One finding for all the severities that it holds for in the same words. */
function joinSeverities(findings: readonly Finding[]): readonly Finding[] {
  const joined = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.code} ${finding.message}`;
    const known = joined.get(key);
    joined.set(
      key,
      known === undefined ? finding : { ...known, severities: [...known.severities, ...finding.severities] },
    );
  }
  return [...joined.values()];
}

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
function clockFindings(policy: Policy, hoursOf: HoursOf, range: CheckRange): readonly Finding[] {
  const findings = promisesOf(policy).flatMap(({ clock, severities: concerned, rule, path }): Finding[] => {
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
  return joinSeverities(findings);
}

type HoursOf = (calendar: string) => OpenHours | null;

/** Expands each calendar once; null for one that there is not. */
function calendarHours(directory: DirectoryDefinition, range: CheckRange): HoursOf {
  const expanded = new Map<string, OpenHours>([['always', ALWAYS_OPEN]]);
  return (id) => {
    const definition = directory.calendars[id];
    const known = expanded.get(id);
    if (known !== undefined || definition === undefined) return known ?? null;
    const hours = expandCalendar(definition, range.fromMs, range.untilMs);
    expanded.set(id, hours);
    return hours;
  };
}

function calendarFindings(
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
function scheduleFindings(directory: Directory, policies: readonly Policy[], range: CheckRange): readonly Finding[] {
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
