import { ALWAYS_OPEN, type OpenHours } from '../../domain/calendar/open-hours.ts';
import { severities, type Severity } from '../../domain/escalation/vocabulary.ts';
import { coverFindings, type CheckRange } from '../../domain/policy/check/cover-findings.ts';
import type { Finding } from '../../domain/policy/check/finding.ts';
import { flowFindings } from '../../domain/policy/check/flow-findings.ts';
import { flowsOf, type HoursOf } from '../../domain/policy/check/flows-of.ts';
import { kindsOf, mostKinds, type EscalationKind } from '../../domain/policy/check/kinds.ts';
import { routingFindings } from '../../domain/policy/check/routing-findings.ts';
import type { WorstWait } from '../../domain/policy/check/waits.ts';
import { CoverTimelines } from '../../domain/policy/coverage.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { expandCalendar } from '../../zones/expand-calendar.ts';
import { calendarFindings, clockFindings, quietHoursFindings, scheduleFindings } from './check-definitions.ts';
import type { DirectoryDefinition } from './directory-file.ts';
import { expandDirectory } from './expand-directory.ts';
import type { PolicySet } from './load.ts';
import { zoneChanges, type ZoneChange } from './zone-changes.ts';

const dayMs = 86_400_000;
/** A year, and the next one's holidays and clock changes. */
export const checkedDays = 400;
/** How long an escalation is followed that nobody touches: what a policy does by itself it does within this. */
const followedDays = 60;
/** Calendars reach further than anything is followed, so that none has to be renewed on the way. */
const reserveDays = 30;
/** A page that is asked for so long after its escalation came in is not looked for in a window. */
const beforeWindowDays = 14;

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
  const timelines = new CoverTimelines(directory);
  const hoursOf = calendarHours(set.directory, { fromMs, untilMs: untilMs + (followedDays + reserveDays) * dayMs });
  const worstWaits: WorstWait[] = [];
  const findings: Finding[] = [];
  for (const { policy } of set.policies) {
    findings.push(...coverFindings(policy, (targets) => timelines.of(targets), range));
    const ofFlows: Finding[] = [];
    for (const severity of severities) {
      const found = walkSeverity(policy, severity, timelines, hoursOf, range);
      worstWaits.push(found.worst);
      ofFlows.push(...found.findings);
    }
    findings.push(
      ...joinSeverities(ofFlows),
      ...joinSeverities(clockFindings(policy, hoursOf, range, checkedDays)),
      ...quietHoursFindings(policy, hoursOf, range, checkedDays),
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

/** Walks every kind of escalation of a severity: what holds for the plain one is not told of the others again. */
function walkSeverity(
  policy: Policy,
  severity: Severity,
  timelines: CoverTimelines,
  hoursOf: HoursOf,
  range: CheckRange,
): { readonly worst: WorstWait; readonly findings: readonly Finding[] } {
  const options = { ...range, followMs: followedDays * dayMs };
  const findings: Finding[] = [];
  let worst: WorstWait | null = null;
  const kinds = kindsOf(policy, severity);
  if (kinds.length > mostKinds) findings.push(leftOut(policy, severity, kinds.length));
  for (const kind of kinds.slice(0, mostKinds)) {
    const part = aroundWindows(kind.onlyAround, range);
    if (part === null) continue;
    const flows = flowsOf(policy, kind, timelines, hoursOf, { ...options, ...part });
    const found = flowFindings(policy, severity, flows, part, kind.words);
    worst = worst === null ? found.worst : longerOf(worst, found.worst);
    for (const finding of found.findings) {
      const plain = findings.some(
        ({ code, place }) => code === finding.code && samePath(place.path, finding.place.path),
      );
      if (!plain) findings.push(finding);
    }
  }
  if (worst === null) throw new Error('every severity has a plain kind of escalation');
  return { worst, findings };
}

/** What was not walked is told, or its silence would pass for a proof. */
function leftOut(policy: Policy, severity: Severity, combinations: number): Finding {
  return {
    level: 'warning',
    code: 'combinations_left_out',
    policy: policy.name,
    severities: [severity],
    message: `promises and windows meet in ${combinations} combinations, of which the ${mostKinds} of the fewest conditions were walked`,
    fix: 'put promises and windows that differ little together, or into policies of their own',
    place: { in: 'policy', path: ['promises'] },
    example: null,
    times: 0,
  };
}

/** Where these windows may have a part in what happens; the whole range where none are named, null where they are past or far. */
function aroundWindows(windows: EscalationKind['onlyAround'], range: CheckRange): CheckRange | null {
  if (windows.length === 0) return range;
  const fromMs = Math.max(range.fromMs, Math.min(...windows.map((window) => window.fromMs)) - beforeWindowDays * dayMs);
  const untilMs = Math.min(range.untilMs, Math.max(...windows.map((window) => window.untilMs)));
  return fromMs < untilMs ? { fromMs, untilMs } : null;
}

function longerOf(a: WorstWait, b: WorstWait): WorstWait {
  if (a.waitMs === null) return a;
  return b.waitMs === null || b.waitMs > a.waitMs ? b : a;
}

function samePath(a: readonly PropertyKey[], b: readonly PropertyKey[]): boolean {
  return a.length === b.length && a.every((key, index) => key === b[index]);
}

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
