import type { Command, DecisionContext } from '../../escalation/commands.ts';
import { advance } from '../../escalation/decide.ts';
import type { EscalationEvent } from '../../escalation/events.ts';
import { evolve, fold } from '../../escalation/evolve.ts';
import { coreFlags } from '../../escalation/flags.ts';
import { nextWakeAtMs } from '../../escalation/next-wake.ts';
import type { Escalation } from '../../escalation/state.ts';
import type { Actor } from '../../escalation/vocabulary.ts';
import type { Policy } from '../policy.ts';
import { groupFrom, recordedCommands } from './recorded-commands.ts';

/** What the core is given besides its policy when a log is read again. */
export interface ReplayWorld {
  /** Expanded business calendars by hash: those that the log has pinned, and those in force. */
  readonly calendars: DecisionContext['calendars'];
  /** Calendar names to hashes in force, for names that the log has not pinned. */
  readonly calendarPins: DecisionContext['calendarPins'];
  /** Other versions of the policy, for logs that were moved from one to another. */
  readonly otherPolicies?: DecisionContext['otherPolicies'];
  /** Behaviour flags that it was hosted under; absent: the present rules. */
  readonly flags?: readonly string[];
}

/** One recorded decision: what was asked, when, by whom, and what came of it. */
export interface RecordedDecision {
  readonly atMs: number;
  readonly actor: Actor;
  readonly commandId?: string;
  readonly command: Command;
  readonly events: readonly EscalationEvent[];
  /** When the escalation would have been woken next, before this decision; null: never. */
  readonly wakeBeforeMs: number | null;
  /** Calendars as the log pins them at this decision. */
  readonly pins: Readonly<Record<string, string>>;
}

/** A place at which the core, asked again, decides otherwise than the log. */
export interface Mismatch {
  readonly seq: number;
  readonly command: string;
  readonly recorded: string;
  readonly replayed: string;
}

export interface History {
  /** Behaviour flags under which the log was read; absent: the present rules. */
  readonly flags?: readonly string[];
  readonly escalationId: string;
  readonly received: EscalationEvent;
  readonly decisions: readonly RecordedDecision[];
  /** Empty: the core reproduces the log, event by event. */
  readonly mismatches: readonly Mismatch[];
  readonly endMs: number;
}

/**
 * Takes a log apart into the decisions that it was made of, asking the core for each of them again under the policy that
 * was in force. A log that it can't reproduce is told of, and read on from what was recorded.
 *
 * @param log from sequence number 1, without gaps
 * @throws Error when the log does not begin with `escalation.received` or has a gap
 */
export function readHistory(
  escalationId: string,
  log: readonly EscalationEvent[],
  policy: Policy,
  world: ReplayWorld,
): History {
  const [received] = log;
  if (received === undefined) throw new Error(`the log of ${escalationId} is empty`);
  let state = evolve(null, received);
  let pins: Readonly<Record<string, string>> = world.calendarPins;
  let current = policy;
  const decisions: RecordedDecision[] = [];
  const mismatches: Mismatch[] = [];
  let index = 1;
  while (index < log.length) {
    const group = groupFrom(log, index);
    const [first] = group;
    if (first === undefined) break;
    const wakeBeforeMs = nextWakeAtMs(state, current, world.calendars);
    // What a decision pins it was told beforehand.
    pins = { ...pins, ...pinsOf(group) };
    const attempts = recordedCommands(group, state).map((command) => {
      const replayed = replay(state, command, first, { escalationId, policy: current, world, pins });
      const recorded = log.slice(index, index + replayed.length);
      return { command, replayed, recorded, same: replayed.length > 0 && sameEvents(replayed, recorded) };
    });
    const chosen = attempts.find((attempt) => attempt.same) ?? attempts[0];
    const events = chosen?.same === true ? chosen.recorded : group;
    if (chosen?.same !== true) mismatches.push(mismatchOf(chosen?.command ?? null, group, chosen?.replayed ?? []));
    if (chosen !== undefined) {
      const origin = first.commandId === undefined ? {} : { commandId: first.commandId };
      const { command } = chosen;
      decisions.push({ atMs: first.atMs, actor: first.actor, ...origin, command, events, wakeBeforeMs, pins });
    }
    state = fold(events, state) ?? state;
    current =
      state.policy.version === current.version ? current : (world.otherPolicies?.[state.policy.version] ?? current);
    index += events.length;
  }
  const endMs = log.at(-1)?.atMs ?? received.atMs;
  return { escalationId, received, decisions, mismatches, endMs, ...flagsOf(world) };
}

function flagsOf(world: ReplayWorld): Pick<ReplayWorld, 'flags'> {
  return world.flags === undefined ? {} : { flags: world.flags };
}

/**
 * As `readHistory`, for a log of which nobody knows the behaviour flags that it was hosted under: the present rules, or else
 * those of an earlier day under which the log agrees with the core.
 */
export function readHistoryOfAnyAge(
  escalationId: string,
  log: readonly EscalationEvent[],
  policy: Policy,
  world: ReplayWorld,
): History {
  const present = readHistory(escalationId, log, policy, world);
  if (present.mismatches.length === 0) return present;
  for (let known = coreFlags.length - 1; known >= 0; known -= 1) {
    const earlier = readHistory(escalationId, log, policy, { ...world, flags: coreFlags.slice(0, known) });
    if (earlier.mismatches.length === 0) return earlier;
  }
  return present;
}

interface Surroundings {
  readonly escalationId: string;
  readonly policy: Policy;
  readonly world: ReplayWorld;
  readonly pins: Readonly<Record<string, string>>;
}

function replay(
  state: Escalation,
  command: Command,
  at: Pick<EscalationEvent, 'atMs' | 'actor' | 'commandId'>,
  { escalationId, policy, world, pins }: Surroundings,
): readonly EscalationEvent[] {
  const context = {
    escalationId,
    policy,
    calendars: world.calendars,
    calendarPins: pins,
    otherPolicies: { ...world.otherPolicies, [policy.version]: policy },
    nowMs: at.atMs,
    actor: at.actor,
    ...flagsOf(world),
  };
  const next = advance(state, command, context, at.commandId);
  return next.kind === 'refused' ? [] : next.events;
}

function pinsOf(group: readonly EscalationEvent[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    group.flatMap((event) =>
      event.type === 'calendar.pinned' ? [[event.calendar.id, event.calendar.hash] as const] : [],
    ),
  );
}

/** Equal as plain data, in whatever order the keys stand. */
export function sameEvents(a: readonly EscalationEvent[], b: readonly EscalationEvent[]): boolean {
  return a.length === b.length && a.every((event, index) => sameValue(event, b[index]));
}

function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  const keys = present(left);
  return keys.length === present(right).length && keys.every((key) => sameValue(left.get(key), right.get(key)));
}

function present(values: ReadonlyMap<string, unknown>): readonly string[] {
  return [...values].flatMap(([key, value]) => (value === undefined ? [] : [key]));
}

function mismatchOf(
  command: Command | null,
  recorded: readonly EscalationEvent[],
  replayed: readonly EscalationEvent[],
): Mismatch {
  const at = recorded.findIndex((event, index) => !sameValue(event, replayed[index]));
  const index = Math.max(0, at);
  return {
    seq: recorded[index]?.seq ?? 0,
    command: command?.type ?? 'unknown',
    recorded: JSON.stringify(recorded[index] ?? null),
    replayed: JSON.stringify(replayed[index] ?? null),
  };
}
