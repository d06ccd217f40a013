import type { Severity } from '../../escalation/vocabulary.ts';
import { stepPage, type Flows } from '../flows.ts';
import { formatDuration } from '../duration.ts';
import type { Policy } from '../policy.ts';
import type { CheckRange } from './cover-findings.ts';
import type { Finding } from './finding.ts';
import { nobodyNew } from './nobody-new.ts';
import { waitsOf, type LateWait, type WorstWait } from './waits.ts';

export interface FlowFindings {
  readonly worst: WorstWait;
  readonly findings: readonly Finding[];
}

/**
 * What is wrong with the ways in which escalations of one severity can go while nobody acts.
 * @param words which of them, where it is not all: `channel quality`
 */
export function flowFindings(
  policy: Policy,
  severity: Severity,
  flows: Flows,
  range: CheckRange,
  words = '',
): FlowFindings {
  const { worst, late } = waitsOf(policy, severity, flows, range);
  const base = { policy: policy.name, severities: [severity] } as const;
  const findings: Finding[] = [...waitFindings(policy, worst, late), ...stepFindings(policy, severity, flows)];
  for (const [lower, upper] of policy.tiers.slice(1).map((rule, index) => [policy.tiers[index], rule] as const)) {
    const same = lower === undefined ? null : nobodyNew(flows, lower.tier, upper.tier, range);
    if (lower === undefined || same === null) continue;
    const turn = same.onAnotherTurn ? ', when it is their turn' : '';
    findings.push({
      ...base,
      level: 'warning',
      code: 'nobody_new',
      message: `tier ${upper.tier} asks ${same.people.join(', ')} again, whom tier ${lower.tier} has just asked, and nobody else${turn}`,
      fix: 'put somebody else into one of the two tiers',
      place: { in: 'policy', path: ['tiers', upper.tier - 1, 'targets'] },
      example: { atMs: same.atMs, untilMs: null },
      times: same.times,
    });
  }
  const endless = flows.flows.find((flow) => !flow.complete);
  if (endless !== undefined) {
    findings.push({
      ...base,
      level: 'error',
      code: 'does_not_end',
      message: 'the escalation does not come to rest by itself',
      fix: 'look for actions that lead to each other, such as a severity raised by the clock of each severity',
      place: { in: 'policy', path: ['clocks'] },
      example: { atMs: endless.exampleAtMs, untilMs: null },
      times: 1,
    });
  }
  const about = words === '' ? '' : `, for escalations with ${words}`;
  return { worst, findings: findings.map((finding) => ({ ...finding, message: `${finding.message}${about}` })) };
}

function waitFindings(policy: Policy, worst: WorstWait, late: LateWait | null): readonly Finding[] {
  const base = { level: 'error', policy: policy.name, severities: [worst.severity] } as const;
  if (worst.waitMs === null) {
    return [
      {
        ...base,
        code: 'nobody_paged',
        message: 'nobody is ever paged: no tier and no fallback reaches anybody',
        fix: 'name a fallback that always answers',
        place: { in: 'policy', path: ['tiers'] },
        example: { atMs: worst.atMs, untilMs: null },
        times: 1,
      },
    ];
  }
  if (late === null) return [];
  const wait = formatDuration(late.waitMs);
  const clock = `the acknowledge clock (${late.clockText}) has run out`;
  const example = { atMs: late.atMs, untilMs: late.held === null ? null : late.atMs + late.waitMs };
  if (late.held === null) {
    const message = `the first person is tried after ${wait}, when ${clock}`;
    const fix = "shorten the delay of people's first contact, or lengthen the clock";
    const place = { in: 'policy', path: ['tiers'] } as const;
    return [{ ...base, code: 'paged_after_clock', message, fix, place, example, times: late.times }];
  }
  const quiet = late.held === 'quiet_hours';
  return [
    {
      ...base,
      code: 'held_past_clock',
      message: `${quiet ? 'quiet hours hold' : 'a maintenance window holds'} a page for ${wait}, when ${clock}`,
      fix: quiet
        ? 'let the acknowledge clock count by the calendar of the quiet hours, or leave the severity out of them'
        : 'let the window match only what may wait, or shorten it',
      place: { in: 'policy', path: holdPath(policy, late) },
      example,
      times: late.times,
    },
  ];
}

/** Which of the quiet hours or windows it is; in a policy's file each kind is a list of its own. */
function holdPath(policy: Policy, late: LateWait): readonly PropertyKey[] {
  const quiet = (policy.holds ?? []).filter((hold) => hold.kind === 'quiet_hours');
  if (late.held === 'quiet_hours') {
    return [
      'quietHours',
      Math.max(
        0,
        quiet.findIndex((hold) => hold.severities.includes(late.severity)),
      ),
    ];
  }
  const windows = (policy.holds ?? []).filter((hold) => hold.kind === 'maintenance');
  const endMs = late.atMs + late.waitMs;
  return [
    'maintenance',
    Math.max(
      0,
      windows.findIndex((hold) => hold.fromMs <= endMs && endMs <= hold.untilMs),
    ),
  ];
}

/** Tiers that are not entered at all, or only when the promise to resolve is broken already. */
function stepFindings(policy: Policy, severity: Severity, flows: Flows): readonly Finding[] {
  return policy.tiers.flatMap((rule, index): Finding[] => {
    const entered = flows.flows.flatMap((flow) => {
      const page = stepPage(flow, rule.tier);
      return page === undefined ? [] : [{ flow, offsetMs: page.offsetMs }];
    });
    const base = {
      policy: policy.name,
      severities: [severity],
      place: { in: 'policy', path: ['tiers', index] },
      times: 1,
    } as const;
    if (entered.length === 0) {
      const message = `tier ${rule.tier} is not asked within ${formatDuration(flows.followMs)}, even if nobody ever acts`;
      const fix = 'shorten the time of the tiers before it, or remove it';
      const example = { atMs: flows.flows[0]?.exampleAtMs ?? 0, untilMs: null };
      return [{ ...base, level: 'error', code: 'step_not_reached', message, fix, example }];
    }
    const late = entered
      .filter(({ flow, offsetMs }) => flow.resolveDueMs !== null && offsetMs >= flow.resolveDueMs)
      .toSorted((a, b) => b.offsetMs - a.offsetMs)[0];
    if (late === undefined) return [];
    const message = `tier ${rule.tier} is asked after ${formatDuration(late.offsetMs)}, when the resolve clock (${formatDuration(late.flow.resolveDueMs ?? 0)}) has run out`;
    const fix = 'shorten the time of the tiers before it';
    const example = { atMs: late.flow.exampleAtMs, untilMs: null };
    return [{ ...base, level: 'warning', code: 'step_after_breach', message, fix, example }];
  });
}
