import { composeSchedule } from '../domain/on-call/compose-schedule.ts';
import type { ExpandedSchedule, Leave, Override, Shift } from '../domain/on-call/compose-schedule.ts';
import { clipIntervals } from '../domain/calendar/intervals.ts';
import type { Interval } from '../domain/calendar/intervals.ts';
import type { FinalSchedule } from '../domain/on-call/final-schedule.ts';
import { weeklyIntervals } from './expand-calendar.ts';
import { allowedIntervals } from './restrictions.ts';
import { shiftsBetween } from './rotation.ts';
import type { RotationDefinition, ScheduleDefinition } from './schemas.ts';
import { timeZone } from './time-zone.ts';
import type { TimeZone } from './time-zone.ts';
import { parseInstant, parseWallTime } from './wall-time.ts';

/**
 * Who is on call when, in `[fromMs, untilMs)`: rotations, restrictions, layers, overrides, swaps and leave worked out.
 *
 * A handoff keeps its wall time across clock changes; see docs/time.md.
 *
 * @param knownPeople ids of the people who are defined, so that others are listed as a conflict; null where that is not known
 * @throws `RangeError` for an unknown time zone or an empty range
 */
export function expandSchedule(
  definition: ScheduleDefinition,
  fromMs: number,
  untilMs: number,
  knownPeople: readonly string[] | null = null,
): FinalSchedule {
  return composeSchedule(expandParts(definition, fromMs, untilMs, knownPeople));
}

/** Everybody whom a schedule can put on call, each once, in the order of the definition. */
export function peopleOfSchedule(definition: ScheduleDefinition): readonly string[] {
  const rotating = definition.layers.flatMap(({ rotations }) => rotations.flatMap(({ users }) => users));
  const overriding = definition.overrides.map(({ person }) => person);
  const swapping = definition.swaps.flatMap(({ first, second }) => [first.person, second.person]);
  return [...new Set([...rotating, ...overriding, ...swapping])];
}

function expandParts(
  definition: ScheduleDefinition,
  fromMs: number,
  untilMs: number,
  knownPeople: readonly string[] | null,
): ExpandedSchedule {
  if (!(fromMs < untilMs)) throw new RangeError('a schedule is expanded over a range that ends after it begins');
  const { name, timezone } = definition;
  const zone = timeZone(timezone);
  const layers = definition.layers.map((layer, index) => ({
    name: layer.name ?? `layer ${index + 1}`,
    shifts: layer.rotations.flatMap((rotation, position) =>
      rotationShifts(rotation, rotation.name ?? `rotation ${position + 1}`, timezone, fromMs, untilMs),
    ),
  }));
  const expected =
    definition.coverage === '24x7'
      ? [[fromMs, untilMs] as const]
      : weeklyIntervals(definition.coverage, timezone, fromMs, untilMs, 'gap-end');
  const overrides = [...overridesOf(definition, zone), ...swapsOf(definition, zone)];
  const leave = definition.leave.map(({ person, ...stretch }): Leave => ({ personId: person, ...ends(stretch, zone) }));
  return { name, coveredFromMs: fromMs, coveredUntilMs: untilMs, layers, overrides, leave, expected, knownPeople };
}

function rotationShifts(
  rotation: RotationDefinition,
  name: string,
  timezone: string,
  fromMs: number,
  untilMs: number,
): readonly Shift[] {
  const shifts = shiftsBetween(rotation, timezone, name, fromMs, untilMs);
  const zone = timeZone(rotation.timezone ?? timezone);
  const allowed = allowedIntervals(rotation.restrictions, zone, fromMs, untilMs);
  if (allowed === null) return shifts;
  return shifts.flatMap((shift) =>
    clipIntervals(allowed, shift.startMs, shift.endMs).map(([startMs, endMs]) => ({ ...shift, startMs, endMs })),
  );
}

function overridesOf(definition: ScheduleDefinition, zone: TimeZone): readonly Override[] {
  return definition.overrides.map(({ person, replaces, ...stretch }) => ({
    personId: person,
    cause: 'override',
    replaces: replaces ?? null,
    ...ends(stretch, zone),
  }));
}

/** A swap is two overrides: each serves in the stretch, and in the place, of the other. */
function swapsOf(definition: ScheduleDefinition, zone: TimeZone): readonly Override[] {
  return definition.swaps.flatMap(({ first, second }): Override[] => [
    { personId: second.person, cause: 'swap', replaces: first.person, ...ends(first, zone) },
    { personId: first.person, cause: 'swap', replaces: second.person, ...ends(second, zone) },
  ]);
}

interface Stretch {
  readonly from: string;
  readonly until: string;
}

function ends({ from, until }: Stretch, zone: TimeZone): { readonly startMs: number; readonly endMs: number } {
  const [startMs, endMs]: Interval = [momentMs(from, zone), momentMs(until, zone)];
  return { startMs, endMs };
}

function momentMs(text: string, zone: TimeZone): number {
  return parseInstant(text) ?? zone.instantOfMs(parseWallTime(text) ?? 0, 'gap-end');
}
