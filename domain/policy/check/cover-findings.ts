import { assertNever } from '../../assert-never.ts';
import { joinStretches, type Cover, type CoverStretch, type CoverTimeline } from '../coverage.ts';
import { formatDuration } from '../duration.ts';
import type { Policy } from '../policy.ts';
import type { Finding, FindingPlace } from './finding.ts';

export interface CheckRange {
  readonly fromMs: number;
  readonly untilMs: number;
}

type TimelineOf = (targets: Policy['fallback']) => CoverTimeline;

/** Gaps in the cover of each tier and of the fallback, and people who can't be reached, each with its first instant. */
export function coverFindings(policy: Policy, timelineOf: TimelineOf, range: CheckRange): readonly Finding[] {
  const steps = policy.tiers.map((rule, index) => ({
    what: `tier ${rule.tier}`,
    timeline: timelineOf(rule.targets),
    place: { in: 'policy', path: ['tiers', index, 'targets'] } as const,
    isFallback: false,
  }));
  const fallback = {
    what: 'the fallback',
    timeline: timelineOf(policy.fallback),
    place: { in: 'policy', path: ['fallback'] } as const,
    isFallback: true,
  };
  return [...steps, fallback].flatMap((step) => [...gapFindings(policy, step, range), ...peopleFindings(policy, step)]);
}

interface Step {
  readonly what: string;
  readonly timeline: CoverTimeline;
  readonly place: FindingPlace;
  readonly isFallback: boolean;
}

function gapFindings(policy: Policy, step: Step, range: CheckRange): readonly Finding[] {
  const inRange = step.timeline.stretches.filter(
    ({ startMs, endMs }) => endMs > range.fromMs && startMs < range.untilMs,
  );
  const base = { policy: policy.name, severities: [], place: step.place } as const;
  if (inRange.every(({ people }) => people.length === 0)) {
    const unreachable = [...new Set(inRange.flatMap((stretch) => stretch.unreachable))];
    const why = unreachable.length > 0 ? `: no contact reaches ${unreachable.join(', ')}` : '';
    const message = `${step.what} never reaches anybody${why}`;
    const fix =
      unreachable.length > 0 ? 'give them a contact, or name somebody else' : 'name somebody who can be reached';
    return [
      {
        ...base,
        level: 'error',
        code: 'step_reaches_nobody',
        message,
        fix,
        example: { atMs: range.fromMs, untilMs: range.untilMs },
        times: 1,
      },
    ];
  }
  const gaps = joinStretches(
    inRange.filter(({ people }) => people.length === 0),
    (a, b) => a.cover === b.cover,
  );
  return (['nobody_on_call', 'nobody_reachable', 'not_expected'] as const).flatMap((cover): Finding[] => {
    const same = gaps.filter((gap) => gap.cover === cover);
    const [first] = same;
    if (first === undefined) return [];
    const told = describeGap(cover, step, first, same);
    return [
      {
        ...base,
        ...told,
        example: { atMs: Math.max(first.startMs, range.fromMs), untilMs: first.endMs },
        times: same.length,
      },
    ];
  });
}

function describeGap(
  cover: Exclude<Cover, 'covered'>,
  step: Step,
  first: CoverStretch,
  gaps: readonly CoverStretch[],
): Pick<Finding, 'level' | 'code' | 'message' | 'fix'> {
  const longestMs = Math.max(...gaps.map(({ startMs, endMs }) => endMs - startMs));
  const size = `, ${formatDuration(longestMs)} at the longest`;
  const what = step.what;
  switch (cover) {
    case 'nobody_on_call': {
      const code = step.isFallback ? 'fallback_gap' : 'coverage_gap';
      return {
        level: 'error',
        code,
        message: `${what} has nobody on call${size}`,
        fix: 'close the gap in the schedule, or add a target that always answers',
      };
    }
    case 'nobody_reachable': {
      const who = first.unreachable.join(', ');
      return {
        level: 'error',
        code: 'nobody_reachable',
        message: `${what} is ${who} alone, whom no contact reaches${size}`,
        fix: `give ${who} a contact in the directory`,
      };
    }
    case 'not_expected': {
      // The fallback is the last resort: hours off are no excuse there.
      if (step.isFallback) {
        return {
          level: 'error',
          code: 'fallback_gap',
          message: `${what} has nobody outside of its schedule's hours${size}`,
          fix: 'name a fallback that always answers',
        };
      }
      return {
        level: 'warning',
        code: 'step_skipped',
        message: `${what} is skipped outside of its schedule's hours${size}`,
        fix: 'nothing, if that is meant; else extend the schedule',
      };
    }
    default:
      return assertNever(cover);
  }
}

/** People whom nothing reaches, while somebody else of the same step is. */
function peopleFindings(policy: Policy, step: Step): readonly Finding[] {
  const missing = new Map<string, CoverStretch>();
  for (const stretch of step.timeline.stretches) {
    if (stretch.people.length === 0) continue;
    for (const person of stretch.unreachable) missing.set(person, missing.get(person) ?? stretch);
  }
  return [...missing].map(([person, first]) => ({
    level: 'warning',
    code: 'person_unreachable',
    policy: policy.name,
    severities: [],
    message: `${step.what} means ${person}, whom no contact reaches`,
    fix: `give ${person} a contact in the directory`,
    place: { in: 'directory', path: ['people', person] },
    example: { atMs: first.startMs, untilMs: first.endMs },
    times: 1,
  }));
}
