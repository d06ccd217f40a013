import type { DecisionContext } from '../escalation/commands.ts';
import type { EventBody } from '../escalation/events.ts';
import { evolve, hasEnded } from '../escalation/evolve.ts';
import { forecast, type ResolveTargets } from '../escalation/forecast.ts';
import type { Escalation } from '../escalation/state.ts';
import { clockNames, systemActor, type ClockName, type Tier } from '../escalation/vocabulary.ts';
import { dueAtMs } from '../sla/clock.ts';
import { clockRuleFor } from './match.ts';
import { lastTier, type ClockRule, type Policy } from './policy.ts';

/** What a newer version of its policy would do to one clock of an open escalation. */
export interface ClockMigration {
  readonly clock: ClockName;
  readonly change: 'retargeted' | 'stopped';
  /** When it is due now and would be then; null: not known, or not running. */
  readonly dueBeforeMs: number | null;
  readonly dueAfterMs: number | null;
  /** The promise would be broken the moment it is made. */
  readonly overdueAtOnce: boolean;
}

/** Something that would happen under one version and not under the other, if nobody acts. */
export interface HappeningChange {
  readonly atMs: number;
  readonly change: 'added' | 'removed';
  /** `page tier 2`, `breach resolve`. */
  readonly what: string;
  readonly people: readonly string[];
}

export interface MigrationPreview {
  readonly escalationId: string;
  readonly fromVersion: number;
  readonly toVersion: number;
  /** Why it can't be moved; null where it can. */
  readonly blocked: string | null;
  /** True when the newer version changes nothing for it. */
  readonly same: boolean;
  readonly clocks: readonly ClockMigration[];
  readonly happenings: readonly HappeningChange[];
}

export interface MigrationWorld {
  readonly nowMs: number;
  /** Those that its log has pinned and those in force, by hash. */
  readonly calendars: DecisionContext['calendars'];
  readonly calendarPins: DecisionContext['calendarPins'];
  readonly resolveTargets: ResolveTargets;
  /** How far to look ahead, in ms. */
  readonly aheadMs: number;
}

type Retargeted = Extract<EventBody, { type: 'clock.retargeted' }>;

/**
 * What moving an open escalation to a newer version of its policy would change: the promises of its clocks, with the time
 * that they have run kept, and what the system would do from now on if nobody acts. Changes nothing.
 */
export function previewMigration(
  escalationId: string,
  state: Escalation,
  from: Policy,
  to: Policy,
  world: MigrationWorld,
): MigrationPreview {
  const base = { escalationId, fromVersion: from.version, toVersion: to.version };
  const blocked = whyBlocked(state, to);
  if (blocked !== null) return { ...base, blocked, same: false, clocks: [], happenings: [] };
  const events = retargets(state, from, to, world);
  let moved = state;
  for (const body of events) {
    const atMs = Math.max(world.nowMs, moved.updatedAtMs);
    moved = evolve(moved, { ...body, seq: moved.seq + 1, atMs, actor: systemActor });
  }
  const clocks = clockNames.flatMap((clock) => clockChange(clock, state, moved, events, world));
  const happenings = compareHappenings(
    happeningsOf(escalationId, state, from, world),
    happeningsOf(escalationId, moved, to, world),
  );
  return { ...base, blocked: null, same: clocks.length === 0 && happenings.length === 0, clocks, happenings };
}

function whyBlocked(state: Escalation, to: Policy): string | null {
  if (hasEnded(state)) return 'it has ended';
  const tier: Tier = state.walk?.tier ?? state.tier;
  return tier > lastTier(to) ? `it is at tier ${tier}, and the newer version has ${lastTier(to)}` : null;
}

function retargets(state: Escalation, from: Policy, to: Policy, world: MigrationWorld): readonly EventBody[] {
  return clockNames.flatMap((clock): readonly EventBody[] => {
    const current = state.clocks[clock];
    if (current === undefined || current.status === 'stopped') return [];
    const was = clockRuleFor(from, state, clock);
    const is = clockRuleFor(to, state, clock);
    if (is === undefined) return [{ type: 'clock.stopped', clock, cause: 'no_target' }];
    if (was !== undefined && samePromise(was, is)) return [];
    const hash = is.calendar === 'always' ? 'always' : world.calendarPins[is.calendar];
    if (hash === undefined) throw new Error(`calendar ${is.calendar} was not supplied`);
    const event: Retargeted = {
      type: 'clock.retargeted',
      clock,
      targetMs: is.targetMs,
      calendar: { id: is.calendar, hash },
      warnAtPercent: is.warnAtPercent,
      pausable: is.pausable,
      cause: 'policy_migrated',
    };
    return [event];
  });
}

/** What is done on a warning or a breach is not part of the promise. */
function samePromise(a: ClockRule, b: ClockRule): boolean {
  return (
    a.targetMs === b.targetMs &&
    a.calendar === b.calendar &&
    a.pausable === b.pausable &&
    a.warnAtPercent.join() === b.warnAtPercent.join()
  );
}

function clockChange(
  clock: ClockName,
  before: Escalation,
  after: Escalation,
  events: readonly EventBody[],
  world: MigrationWorld,
): readonly ClockMigration[] {
  const event = events.find((candidate) => 'clock' in candidate && candidate.clock === clock);
  if (event === undefined) return [];
  const due = (state: Escalation): number | null => {
    const found = state.clocks[clock];
    return found === undefined ? null : dueAtMs(found, world.calendars);
  };
  const dueAfterMs = due(after);
  return [
    {
      clock,
      change: event.type === 'clock.stopped' ? 'stopped' : 'retargeted',
      dueBeforeMs: due(before),
      dueAfterMs,
      overdueAtOnce: dueAfterMs !== null && dueAfterMs <= world.nowMs,
    },
  ];
}

interface Happening {
  readonly atMs: number;
  readonly what: string;
  readonly people: readonly string[];
}

function happeningsOf(
  escalationId: string,
  state: Escalation,
  policy: Policy,
  world: MigrationWorld,
): readonly Happening[] {
  const { nowMs, calendars, calendarPins, resolveTargets, aheadMs } = world;
  const { events } = forecast(
    state,
    { escalationId, nowMs, policy, calendars, calendarPins },
    { resolveTargets, untilMs: nowMs + aheadMs },
  );
  const recipients = new Map(
    events.flatMap((event) => (event.type === 'page.sent' ? [[event.pageId, event.recipients] as const] : [])),
  );
  return events.flatMap((event): readonly Happening[] => {
    if (event.type === 'page.requested') {
      return [{ atMs: event.atMs, what: `page tier ${event.tier}`, people: recipients.get(event.pageId) ?? [] }];
    }
    if (event.type === 'clock.breached') return [{ atMs: event.dueAtMs, what: `breach ${event.clock}`, people: [] }];
    return event.type === 'clock.warned'
      ? [{ atMs: event.warnAtMs, what: `warning ${event.clock} ${event.percent} %`, people: [] }]
      : [];
  });
}

function compareHappenings(before: readonly Happening[], after: readonly Happening[]): readonly HappeningChange[] {
  const removed = without(before, after).map((happening): HappeningChange => ({ ...happening, change: 'removed' }));
  const added = without(after, before).map((happening): HappeningChange => ({ ...happening, change: 'added' }));
  return [...removed, ...added].toSorted((a, b) => a.atMs - b.atMs);
}

function without(all: readonly Happening[], other: readonly Happening[]): readonly Happening[] {
  const left = new Map<string, number>();
  for (const happening of other) left.set(keyOf(happening), (left.get(keyOf(happening)) ?? 0) + 1);
  return all.filter((happening) => {
    const count = left.get(keyOf(happening)) ?? 0;
    if (count > 0) left.set(keyOf(happening), count - 1);
    return count === 0;
  });
}

function keyOf({ atMs, what, people }: Happening): string {
  return `${atMs} ${what} ${people.join(',')}`;
}
