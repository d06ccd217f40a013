import type { DecisionContext } from '../escalation/commands.ts';
import type { EscalationEvent } from '../escalation/events.ts';
import { forecast } from '../escalation/forecast.ts';
import type { ClockName } from '../escalation/vocabulary.ts';
import { coverAt, type CoverStretch, type CoverTimeline, type CoverTimelines } from './coverage.ts';
import type { FlowPage, WalkFlow } from './flows.ts';
import type { Policy } from './policy.ts';
import { turnOfPage } from '../escalation/page-id.ts';
import { receivedUnder, virtualEscalationId, type VirtualEscalation } from './virtual-escalation.ts';

/** An escalation of a certain kind under a policy, in a world. */
export interface FlowSetting {
  readonly timelines: CoverTimelines;
  readonly policy: Policy;
  readonly facts: Omit<VirtualEscalation, 'atMs'>;
  /** Expanded business calendars by hash, with the names that the policy knows them by. */
  readonly calendars: DecisionContext['calendars'];
  readonly calendarPins: DecisionContext['calendarPins'];
}

/** Was anybody behind these targets, so long after the start? */
export interface CoverAnswer {
  readonly timeline: CoverTimeline;
  readonly offsetMs: number;
  readonly covered: boolean;
}

/** One escalation that nobody touches, from `atMs` until `untilMs`, run by the core itself. Epoch ms. */
export function runFlow(
  setting: FlowSetting,
  atMs: number,
  untilMs: number,
): { readonly flow: WalkFlow; readonly answers: readonly CoverAnswer[] } {
  const { timelines, policy, facts, calendars, calendarPins } = setting;
  const start = receivedUnder(policy, { ...facts, atMs });
  const answers: (CoverAnswer & { readonly byTurn: readonly CoverTimeline[] })[] = [];
  const { events, complete } = forecast(
    start,
    { escalationId: virtualEscalationId, nowMs: atMs, policy, calendars, calendarPins },
    {
      untilMs,
      resolveTargets: (targets, pageAtMs, pageId) => {
        const turn = turnOfPage(pageId);
        const byTurn = Array.from({ length: timelines.turns(targets) }, (_, more) =>
          timelines.of(targets, turn + more),
        );
        const timeline = byTurn[0] ?? timelines.of(targets, turn);
        const cover = coverAt(timeline, pageAtMs);
        answers.push({ timeline, byTurn, offsetMs: pageAtMs - atMs, covered: isCovered(cover) });
        return cover?.people ?? [];
      },
    },
  );
  const held = new Map(
    events.flatMap((event) => (event.type === 'page.held' ? [[event.pageId, event.reason] as const] : [])),
  );
  // Pages are settled in the order in which they are asked for.
  const requests = events.filter((event) => event.type === 'page.requested');
  const pages = answers.flatMap(({ offsetMs, byTurn, covered }, index): readonly FlowPage[] => {
    const requested = requests[index];
    if (requested === undefined) return [];
    return [{ offsetMs, byTurn, covered, requested, held: held.get(requested.pageId) ?? null, moving: true }];
  });
  const flow: WalkFlow = {
    pages,
    acknowledgeDueMs: breachOf(events, 'acknowledge', atMs),
    resolveDueMs: breachOf(events, 'resolve', atMs),
    events,
    exampleAtMs: atMs,
    complete,
  };
  return { flow, answers };
}

function breachOf(events: readonly EscalationEvent[], clock: ClockName, atMs: number): number | null {
  for (const event of events) {
    if (event.type === 'clock.breached' && event.clock === clock) return event.dueAtMs - atMs;
  }
  return null;
}

export function isCovered(cover: CoverStretch | null): boolean {
  return cover !== null && cover.people.length > 0;
}
