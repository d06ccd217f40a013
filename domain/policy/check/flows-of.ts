import { ALWAYS_OPEN, type OpenHours } from '../../calendar/open-hours.ts';
import type { Target } from '../../escalation/vocabulary.ts';
import type { CoverTimelines } from '../coverage.ts';
import { calendarEdges, gapEdges, type Edge } from '../edges.ts';
import type { ExploreOptions, Flows } from '../flows.ts';
import type { Policy } from '../policy.ts';
import { WalkFlows } from '../walk-flows.ts';
import { WalkPieces } from '../walk-pieces.ts';
import { worldOf, type EscalationKind } from './kinds.ts';

/** Expanded hours by the calendar's name; null for a calendar that there is not. */
export type HoursOf = (calendar: string) => OpenHours | null;

/** Every way that escalations of one kind can go under a policy while nobody acts. */
export function flowsOf(
  policy: Policy,
  kind: EscalationKind,
  timelines: CoverTimelines,
  hoursOf: HoursOf,
  options: ExploreOptions,
): Flows {
  const world = worldOf(policy, kind);
  const lastMs = options.untilMs + options.followMs;
  const windows = world.windows.filter(({ fromMs, untilMs }) => untilMs > options.fromMs && fromMs < lastMs);
  const names = [...new Set([...world.clockCalendars, ...world.quietCalendars])];
  const hours = names.flatMap((name) => {
    const found = hoursOf(name);
    return found === null || found === ALWAYS_OPEN ? [] : [{ name, found, holds: world.quietCalendars.includes(name) }];
  });
  const setting = {
    timelines,
    policy: world.policy,
    facts: kind.facts,
    calendars: Object.fromEntries(hours.map(({ found }) => [found.id, found])),
    calendarPins: Object.fromEntries(hours.map(({ name, found }) => [name, found.id])),
  };
  if (hours.length === 0 && windows.length === 0) return new WalkFlows(setting, options);
  const edges: Edge[] = [
    ...hours.flatMap(({ name, found, holds }) => calendarEdges(name, found, holds)),
    ...windows.flatMap(({ name, fromMs, untilMs }) => [
      { atMs: fromMs, what: `window ${name}+`, stopsPages: true },
      { atMs: untilMs, what: `window ${name}-`, stopsPages: true },
    ]),
    ...targetsOf(policy).flatMap((targets) => gapEdges(timelines.of(targets))),
  ];
  return new WalkPieces(setting, edges, options);
}

/** Everything that a policy may page, each list once. */
function targetsOf(policy: Policy): readonly (readonly Target[])[] {
  const rules = [
    ...Object.values(policy.severities).flatMap(({ clocks }) => Object.values(clocks)),
    ...(policy.clockOverrides ?? []).flatMap(({ rule }) => rule ?? []),
  ];
  const actions = rules.flatMap((rule) => [...rule.onWarning, ...rule.onBreach]);
  const lists = [
    ...policy.tiers.map((tier) => tier.targets),
    policy.fallback,
    ...actions.flatMap((action) => (action.kind === 'page' ? [action.targets] : [])),
  ];
  return [...new Map(lists.map((targets) => [JSON.stringify(targets), targets])).values()];
}
