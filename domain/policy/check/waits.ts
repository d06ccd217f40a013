import type { Severity } from '../../escalation/vocabulary.ts';
import { coverAt } from '../coverage.ts';
import { formatDuration } from '../duration.ts';
import type { FlowPage, Flows, WalkFlow } from '../flows.ts';
import type { Policy } from '../policy.ts';
import type { CheckRange } from './cover-findings.ts';
import { instantsOf } from './instants.ts';

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

/** Somebody is tried only when the acknowledge clock has run out. */
export interface LateWait {
  readonly severity: Severity;
  readonly atMs: number;
  readonly waitMs: number;
  /** `15m`, or `15m by office: 3h10m` where closed hours are left out. */
  readonly clockText: string;
  /** What the page waited for. */
  readonly held: FlowPage['held'];
  readonly times: number;
}

/**
 * The waits over all instants of the range. They can only change where escalations go another way or where somebody else
 * comes on behind a page. Between two such instants a wait is the same or gets shorter.
 */
export function waitsOf(
  policy: Policy,
  severity: Severity,
  flows: Flows,
  range: CheckRange,
): { readonly worst: WorstWait; readonly late: LateWait | null } {
  const clock = policy.severities[severity].clocks.acknowledge;
  let worst: { waitMs: number | null; atMs: number } = { waitMs: -1, atMs: range.fromMs };
  let late: Omit<LateWait, 'times'> | null = null;
  const ends = new Set<number>();
  for (const atMs of instantsOf(flows, range, pagesBeforeFirstAnswer, true)) {
    const flow = flows.at(atMs);
    const wait = waitAt(flow, atMs);
    if (worst.waitMs !== null && (wait === null || wait.waitMs > worst.waitMs)) {
      worst = { waitMs: wait?.waitMs ?? null, atMs };
    }
    const { acknowledgeDueMs } = flow;
    if (wait === null || acknowledgeDueMs === null || wait.waitMs < acknowledgeDueMs) continue;
    ends.add(wait.held === null ? atMs : atMs + wait.waitMs);
    if (late !== null && late.atMs <= atMs) continue;
    late = { severity, atMs, ...wait, clockText: clockText(acknowledgeDueMs, clock) };
  }
  return {
    worst: { policy: policy.name, severity, clockMs: clock?.targetMs ?? null, ...worst },
    late: late === null ? null : { ...late, times: ends.size },
  };
}

function clockText(dueMs: number, clock: { readonly targetMs: number; readonly calendar: string } | undefined): string {
  if (clock === undefined || clock.calendar === 'always' || clock.targetMs === dueMs) return formatDuration(dueMs);
  return `${formatDuration(clock.targetMs)} by ${clock.calendar}: ${formatDuration(dueMs)}`;
}

/** Only these pages can hold the first attempt: others come after somebody has been tried for one that always reaches somebody. */
function pagesBeforeFirstAnswer(flow: WalkFlow): readonly FlowPage[] {
  const triedByMs = flow.pages.reduce((leastMs, { byTurn, offsetMs, covered }) => {
    const always = covered && byTurn.every(({ gapEdgesMs }) => gapEdgesMs.length === 0);
    const slowestMs = byTurn.reduce((most, timeline) => Math.max(most, timeline.slowestMs), 0);
    return always ? Math.min(leastMs, offsetMs + slowestMs) : leastMs;
  }, Infinity);
  return flow.pages.filter(({ offsetMs }) => offsetMs <= triedByMs);
}

/** The longest over all turns. */
function waitAt(flow: WalkFlow, startMs: number): { readonly waitMs: number; readonly held: FlowPage['held'] } | null {
  const turns = flow.pages.reduce((most, { byTurn }) => Math.max(most, byTurn.length), 1);
  let longest: { waitMs: number; held: FlowPage['held'] } | null = null;
  for (let turn = 0; turn < turns; turn += 1) {
    const wait = waitOnTurn(flow, startMs, turn);
    if (wait === null) return null;
    if (longest === null || wait.waitMs > longest.waitMs) longest = wait;
  }
  return longest;
}

function waitOnTurn(
  flow: WalkFlow,
  startMs: number,
  turn: number,
): { readonly waitMs: number; readonly held: FlowPage['held'] } | null {
  let best: { waitMs: number; held: FlowPage['held'] } | null = null;
  for (const { byTurn, offsetMs, held } of flow.pages) {
    if (best !== null && offsetMs >= best.waitMs) break;
    const timeline = byTurn[turn % byTurn.length];
    const delayMs = timeline === undefined ? null : (coverAt(timeline, startMs + offsetMs)?.firstAttemptMs ?? null);
    if (delayMs !== null && (best === null || offsetMs + delayMs < best.waitMs)) {
      best = { waitMs: offsetMs + delayMs, held };
    }
  }
  return best;
}
