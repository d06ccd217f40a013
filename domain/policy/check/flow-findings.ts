import type { Severity, Tier } from '../../escalation/vocabulary.ts';
import { coverAt, type CoverTimeline } from '../coverage.ts';
import { formatDuration } from '../duration.ts';
import type { Policy } from '../policy.ts';
import type { FlowPage, WalkFlow, WalkFlows } from '../walk-flows.ts';
import type { CheckRange } from './cover-findings.ts';
import type { Finding } from './finding.ts';

/** The longest that an escalation waits until somebody is tried. */
export interface WorstWait {
  readonly policy: string;
  readonly severity: Severity;
  /** null: at `atMs` nobody is tried at all. */
  readonly waitMs: number | null;
  readonly atMs: number;
  /** Target of the acknowledge clock; null where the severity has none. */
  readonly clockMs: number | null;
}

export interface FlowFindings {
  readonly worst: WorstWait;
  readonly findings: readonly Finding[];
}

/** What is wrong with the ways in which escalations of one severity can go while nobody acts. */
export function flowFindings(policy: Policy, severity: Severity, flows: WalkFlows, range: CheckRange): FlowFindings {
  const worst = worstWait(policy, severity, flows, range);
  const base = { policy: policy.name, severities: [severity] } as const;
  const findings: Finding[] = [...waitFindings(worst), ...stepFindings(policy, severity, flows)];
  for (const [lower, upper] of policy.tiers.slice(1).map((rule, index) => [policy.tiers[index], rule] as const)) {
    if (lower === undefined) continue;
    const same = nobodyNew(flows, lower.tier, upper.tier, range);
    if (same === null) continue;
    findings.push({
      ...base,
      level: 'warning',
      code: 'nobody_new',
      message: `tier ${upper.tier} asks ${same.people.join(', ')} again, whom tier ${lower.tier} has just asked, and nobody else`,
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
  return { worst, findings };
}

function waitFindings(worst: WorstWait): readonly Finding[] {
  const base = {
    level: 'error',
    policy: worst.policy,
    severities: [worst.severity],
    place: { in: 'policy', path: ['tiers'] },
    example: { atMs: worst.atMs, untilMs: null },
    times: 1,
  } as const;
  if (worst.waitMs === null) {
    const message = 'nobody is ever paged: no tier and no fallback reaches anybody';
    return [{ ...base, code: 'nobody_paged', message, fix: 'name a fallback that always answers' }];
  }
  if (worst.clockMs === null || worst.waitMs < worst.clockMs) return [];
  const wait = formatDuration(worst.waitMs);
  const message = `the first person is tried after ${wait}, when the acknowledge clock (${formatDuration(worst.clockMs)}) has run out`;
  return [
    {
      ...base,
      code: 'paged_after_clock',
      message,
      fix: "shorten the delay of people's first contact, or lengthen the clock",
    },
  ];
}

/**
 * The worst wait over all instants of the range. It can only change where somebody else comes on behind a page, so the
 * handoffs behind the pages are looked at, each as long before as its page comes after the start.
 */
function worstWait(policy: Policy, severity: Severity, flows: WalkFlows, range: CheckRange): WorstWait {
  const clockMs = policy.severities[severity].clocks.acknowledge?.targetMs ?? null;
  let worst: { waitMs: number | null; atMs: number } = { waitMs: -1, atMs: range.fromMs };
  const look = (atMs: number): void => {
    const waitMs = waitAt(flows.at(atMs), atMs);
    if (worst.waitMs !== null && (waitMs === null || waitMs > worst.waitMs)) worst = { waitMs, atMs };
  };
  for (const atMs of instantsOf(flows.flows, range, pagesBeforeFirstAnswer)) look(atMs);
  return { policy: policy.name, severity, clockMs, ...worst };
}

/** Only these pages can hold the first attempt: what comes after one that somebody surely gets at once is later. */
function pagesBeforeFirstAnswer(flow: WalkFlow): readonly FlowPage[] {
  const sure = flow.pages.findIndex(({ timeline }) =>
    timeline.stretches.every((stretch) => stretch.firstAttemptMs === 0),
  );
  return sure === -1 ? flow.pages : flow.pages.slice(0, sure + 1);
}

function waitAt(flow: WalkFlow, startMs: number): number | null {
  let best: number | null = null;
  for (const { timeline, offsetMs } of flow.pages) {
    if (best !== null && offsetMs >= best) break;
    const delayMs = coverAt(timeline, startMs + offsetMs)?.firstAttemptMs ?? null;
    if (delayMs !== null) best = Math.min(best ?? Infinity, offsetMs + delayMs);
  }
  return best;
}

/** Starts of the range and every instant at which somebody else comes on behind one of the pages. */
function instantsOf(
  flows: readonly WalkFlow[],
  range: CheckRange,
  pagesOf: (flow: WalkFlow) => readonly FlowPage[],
): Iterable<number> {
  const instants = new Set<number>([range.fromMs, ...flows.map((flow) => flow.exampleAtMs)]);
  const done = new Set<string>();
  for (const flow of flows) {
    for (const { timeline, offsetMs } of pagesOf(flow)) {
      const key = `${offsetMs}@${timeline.key}`;
      if (done.has(key)) continue;
      done.add(key);
      addChanges(instants, timeline, offsetMs, range);
    }
  }
  return instants;
}

function addChanges(instants: Set<number>, timeline: CoverTimeline, offsetMs: number, range: CheckRange): void {
  for (const changeMs of timeline.startsMs) {
    const atMs = changeMs - offsetMs;
    if (atMs > range.fromMs && atMs < range.untilMs) instants.add(atMs);
  }
}

/** The first page of each tier in the first walk. */
function stepPage(flow: WalkFlow, tier: Tier): FlowPage | undefined {
  return flow.pages.find(({ requested }) => requested.isStep && requested.tier === tier);
}

function nobodyNew(
  flows: WalkFlows,
  lower: Tier,
  upper: Tier,
  range: CheckRange,
): { readonly atMs: number; readonly people: readonly string[]; readonly times: number } | null {
  const steps = new Map<WalkFlow, readonly FlowPage[]>();
  const stepsOf = (flow: WalkFlow): readonly FlowPage[] => {
    const known = steps.get(flow) ?? [lower, upper].flatMap((tier) => stepPage(flow, tier) ?? []);
    steps.set(flow, known);
    return known;
  };
  if (!flows.flows.some((flow) => canMeet(stepsOf(flow)))) return null;
  let first: { atMs: number; people: readonly string[] } | null = null;
  let times = 0;
  for (const atMs of instantsOf(flows.flows, range, stepsOf)) {
    const [below, above] = stepsOf(flows.at(atMs));
    if (below === undefined || above === undefined) continue;
    const asked = coverAt(below.timeline, atMs + below.offsetMs)?.people ?? [];
    const next = coverAt(above.timeline, atMs + above.offsetMs)?.people ?? [];
    if (next.length === 0 || !next.every((person) => asked.includes(person))) continue;
    times += 1;
    if (first === null || atMs < first.atMs) first = { atMs, people: next };
  }
  return first === null ? null : { ...first, times };
}

/** Whether the upper tier is ever made up of people of the lower one alone: if not, no instant has to be looked at. */
function canMeet([below, above]: readonly FlowPage[]): boolean {
  if (below === undefined || above === undefined) return false;
  const lower = new Set(below.timeline.stretches.flatMap((stretch) => stretch.people));
  return above.timeline.stretches.some(
    ({ people }) => people.length > 0 && people.every((person) => lower.has(person)),
  );
}

/** Tiers that are not entered at all, or only when the promise to resolve is broken already. */
function stepFindings(policy: Policy, severity: Severity, flows: WalkFlows): readonly Finding[] {
  const resolve = policy.severities[severity].clocks.resolve;
  const resolveMs = resolve?.calendar === 'always' ? resolve.targetMs : null;
  return policy.tiers.flatMap((rule, index): Finding[] => {
    const entered = flows.flows.flatMap((flow) => {
      const page = stepPage(flow, rule.tier);
      return page === undefined ? [] : [{ flow, offsetMs: page.offsetMs }];
    });
    const late = entered.toSorted((a, b) => b.offsetMs - a.offsetMs)[0];
    const base = {
      policy: policy.name,
      severities: [severity],
      place: { in: 'policy', path: ['tiers', index] },
      times: 1,
    } as const;
    if (late === undefined) {
      const example = { atMs: flows.flows[0]?.exampleAtMs ?? 0, untilMs: null };
      const message = `tier ${rule.tier} is not asked within ${formatDuration(flows.followMs)}, even if nobody ever acts`;
      return [
        {
          ...base,
          level: 'error',
          code: 'step_not_reached',
          message,
          fix: 'shorten the time of the tiers before it, or remove it',
          example,
        },
      ];
    }
    if (resolveMs === null || late.offsetMs < resolveMs) return [];
    const message = `tier ${rule.tier} is asked after ${formatDuration(late.offsetMs)}, when the resolve clock (${formatDuration(resolveMs)}) has run out`;
    return [
      {
        ...base,
        level: 'warning',
        code: 'step_after_breach',
        message,
        fix: 'shorten the time of the tiers before it',
        example: { atMs: late.flow.exampleAtMs, untilMs: null },
      },
    ];
  });
}
