import type { DecisionContext } from '../escalation/commands.ts';
import { advance } from '../escalation/decide.ts';
import type { EscalationEvent } from '../escalation/events.ts';
import { forecast, type ResolveTargets } from '../escalation/forecast.ts';
import type { Escalation } from '../escalation/state.ts';
import { clockNames, systemActor, type ClockName } from '../escalation/vocabulary.ts';
import { dueAtMs, type ClockState } from '../sla/clock.ts';
import type { Policy } from './policy.ts';

/** What a newer version of its policy would do to one clock of an open escalation. */
export interface ClockMigration {
  readonly clock: ClockName;
  readonly change: 'retargeted' | 'stopped' | 'started';
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

/**
 * What moving an open escalation to a newer version of its policy would change: the promises of its clocks, with the time
 * that they have run kept, and what the system would do from now on if nobody acts. The core itself is asked for the move;
 * nothing is changed.
 */
export function previewMigration(
  escalationId: string,
  state: Escalation,
  from: Policy,
  to: Policy,
  world: MigrationWorld,
): MigrationPreview {
  const base = { escalationId, fromVersion: from.version, toVersion: to.version };
  const { calendars, calendarPins } = world;
  const nowMs = Math.max(world.nowMs, state.updatedAtMs);
  const next = advance(
    state,
    { type: 'migrate-policy', version: to.version },
    {
      escalationId,
      nowMs,
      actor: systemActor,
      policy: from,
      otherPolicies: { [to.version]: to },
      calendars,
      calendarPins,
    },
  );
  if (next.kind === 'refused') return { ...base, blocked: next.message, same: false, clocks: [], happenings: [] };
  const { events: move, state: moved } = next;
  const clocks = clockNames.flatMap((clock) => clockChange(clock, state, moved, { ...world, nowMs }));
  const happenings = compareHappenings(
    happeningsOf(escalationId, state, [], from, { ...world, nowMs }),
    // What is overdue is told by the move itself.
    happeningsOf(escalationId, moved, move, to, { ...world, nowMs }),
  );
  return { ...base, blocked: null, same: clocks.length === 0 && happenings.length === 0, clocks, happenings };
}

function clockChange(
  clock: ClockName,
  before: Escalation,
  after: Escalation,
  world: MigrationWorld,
): readonly ClockMigration[] {
  const was = running(before.clocks[clock]);
  const is = running(after.clocks[clock]);
  const change =
    was === null
      ? is === null
        ? null
        : 'started'
      : is === null
        ? 'stopped'
        : samePromise(was, is)
          ? null
          : 'retargeted';
  if (change === null) return [];
  const dueAfterMs = is === null ? null : dueAtMs(is, world.calendars);
  return [
    {
      clock,
      change,
      dueBeforeMs: was === null ? null : dueAtMs(was, world.calendars),
      dueAfterMs,
      overdueAtOnce: dueAfterMs !== null && dueAfterMs <= world.nowMs,
    },
  ];
}

function running(clock: ClockState | undefined): ClockState | null {
  return clock === undefined || clock.status === 'stopped' ? null : clock;
}

function samePromise(a: ClockState, b: ClockState): boolean {
  return (
    a.targetMs === b.targetMs &&
    a.segments.at(-1)?.calendar.id === b.segments.at(-1)?.calendar.id &&
    a.pausable === b.pausable &&
    a.warnAtPercent.join() === b.warnAtPercent.join()
  );
}

interface Happening {
  readonly atMs: number;
  readonly what: string;
  readonly people: readonly string[];
}

function happeningsOf(
  escalationId: string,
  state: Escalation,
  told: readonly EscalationEvent[],
  policy: Policy,
  world: MigrationWorld,
): readonly Happening[] {
  const { nowMs, calendars, calendarPins, resolveTargets, aheadMs } = world;
  const { events: foretold } = forecast(
    state,
    { escalationId, nowMs, policy, calendars, calendarPins },
    { resolveTargets, untilMs: nowMs + aheadMs },
  );
  const events = [...told, ...foretold];
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
