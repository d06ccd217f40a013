import type { Shift } from '../domain/on-call/compose-schedule.ts';
import { parseClockTime, parseWallTime, WEEKDAYS, weekdayIndex, DAY_MS, epochDayAtWallMs } from './wall-time.ts';
import type { RotationDefinition } from './schemas.ts';
import { timeZone } from './time-zone.ts';
import type { TimeZone } from './time-zone.ts';

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * DAY_MS;

const UNIT_MS = { hourly: HOUR_MS, daily: DAY_MS, weekly: WEEK_MS } as const;

/**
 * A rotation as a repeating pattern on the wall clock.
 *
 * Handoff `n` is at wall time `baseMs + floor(n / k) * periodMs + offsetsMs[n % k]`, with `k` handoffs in a period; handoff 0
 * is the start. All of it is counted on the wall, so that a handoff keeps its local time across clock changes and an hourly
 * rotation counts wall-clock hours.
 */
interface Rotation {
  readonly zone: TimeZone;
  readonly users: readonly string[];
  readonly startWallMs: number;
  /** Infinity where the rotation goes on for ever. */
  readonly endMs: number;
  readonly baseMs: number;
  readonly offsetsMs: readonly number[];
  readonly periodMs: number;
}

const compiled = new WeakMap<RotationDefinition, Rotation>();

/**
 * Whose turn it is in a rotation at an instant, restrictions aside.
 *
 * A wall time that the clocks skip hands off at the first moment after the gap, a repeated one at its first occurrence.
 *
 * @param timezone the zone of the schedule, for a rotation without one of its own
 * @returns null before the rotation's start and from its end on
 */
export function userAt(definition: RotationDefinition, timezone: string, atMs: number): string | null {
  const rotation = compile(definition, timezone);
  if (atMs >= rotation.endMs) return null;
  const turn = turnAt(rotation, atMs);
  return turn < 0 ? null : userOf(rotation, turn);
}

/** The turns of a rotation that touch `[fromMs, untilMs)`, cut to it, restrictions aside. */
export function shiftsBetween(
  definition: RotationDefinition,
  timezone: string,
  name: string,
  fromMs: number,
  untilMs: number,
): readonly Shift[] {
  const rotation = compile(definition, timezone);
  const lastMs = Math.min(untilMs, rotation.endMs);
  const shifts: Shift[] = [];
  for (let turn = Math.max(turnAt(rotation, fromMs), 0); ; turn += 1) {
    const startMs = Math.max(handoffMs(rotation, turn), fromMs);
    if (startMs >= lastMs) return shifts;
    const endMs = Math.min(handoffMs(rotation, turn + 1), lastMs);
    // Two handoffs in one skipped hour leave a turn without any time.
    if (startMs < endMs) shifts.push({ personId: userOf(rotation, turn), rotation: name, startMs, endMs });
  }
}

/** The last turn that has begun at an instant; negative before the start. */
function turnAt(rotation: Rotation, atMs: number): number {
  const wallMs = rotation.zone.wallTimeAtMs(atMs);
  const periods = Math.floor((wallMs - rotation.baseMs) / rotation.periodMs);
  let turn = Math.max(periods * rotation.offsetsMs.length, -1);
  // The wall time runs twice through a repeated hour, whose handoffs are those of its first occurrence.
  while (handoffMs(rotation, turn + 1) <= atMs) turn += 1;
  while (turn >= 0 && handoffMs(rotation, turn) > atMs) turn -= 1;
  return turn;
}

function handoffMs(rotation: Rotation, turn: number): number {
  if (turn <= 0) return turn < 0 ? -Infinity : rotation.zone.instantOfMs(rotation.startWallMs, 'gap-end');
  const { offsetsMs } = rotation;
  const period = Math.floor(turn / offsetsMs.length);
  const offsetMs = offsetsMs[turn % offsetsMs.length] ?? 0;
  return rotation.zone.instantOfMs(rotation.baseMs + period * rotation.periodMs + offsetMs, 'gap-end');
}

function userOf(rotation: Rotation, turn: number): string {
  return rotation.users[turn % rotation.users.length] ?? '';
}

function compile(definition: RotationDefinition, timezone: string): Rotation {
  const known = compiled.get(definition);
  if (known !== undefined && known.zone.name === (definition.timezone ?? timezone)) return known;
  const zone = timeZone(definition.timezone ?? timezone);
  const startWallMs = wallMs(definition.startLocal);
  const endMs = definition.endLocal === undefined ? Infinity : zone.instantOfMs(wallMs(definition.endLocal), 'gap-end');
  const pattern = patternOf(definition, startWallMs);
  const rotation = { zone, users: definition.users, startWallMs, endMs, ...pattern };
  compiled.set(definition, rotation);
  return rotation;
}

function patternOf(
  definition: RotationDefinition,
  startWallMs: number,
): Pick<Rotation, 'baseMs' | 'offsetsMs' | 'periodMs'> {
  if (definition.type !== 'custom') {
    const periodMs = UNIT_MS[definition.type] * definition.shiftLength;
    return { baseMs: startWallMs, offsetsMs: [0], periodMs };
  }
  if (definition.lengths !== undefined) {
    const lengthsMs = definition.lengths.map(({ days, hours }) => days * DAY_MS + hours * HOUR_MS);
    const ends = lengthsMs.map((_, index) => sum(lengthsMs.slice(0, index + 1)));
    return { baseMs: startWallMs, offsetsMs: [0, ...ends.slice(0, -1)], periodMs: ends.at(-1) ?? DAY_MS };
  }
  const points = (definition.handoffs ?? []).map(({ day, time }) => weekMs(day, time));
  const startInWeekMs =
    weekdayIndex(epochDayAtWallMs(startWallMs)) * DAY_MS + (startWallMs - startOfDayMs(startWallMs));
  // How long ago each point was at the start: the latest of them is where the first turn would have begun.
  const agoMs = points.map((pointMs) => modulo(startInWeekMs - pointMs, WEEK_MS));
  const baseMs = startWallMs - Math.min(...agoMs);
  const baseInWeekMs = modulo(startInWeekMs - Math.min(...agoMs), WEEK_MS);
  const offsetsMs = [...new Set(points.map((pointMs) => modulo(pointMs - baseInWeekMs, WEEK_MS)))];
  return { baseMs, offsetsMs: offsetsMs.toSorted((a, b) => a - b), periodMs: WEEK_MS };
}

function weekMs(day: (typeof WEEKDAYS)[number], time: string): number {
  return WEEKDAYS.indexOf(day) * DAY_MS + (parseClockTime(time) ?? 0) * 1000;
}

function startOfDayMs(wallTimeMs: number): number {
  return epochDayAtWallMs(wallTimeMs) * DAY_MS;
}

function wallMs(text: string): number {
  return parseWallTime(text) ?? 0;
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
