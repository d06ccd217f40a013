import { own } from '../own.ts';
import { assertNever } from '../assert-never.ts';
import type { Target } from '../escalation/vocabulary.ts';
import { onCallAt } from '../on-call/final-schedule.ts';
import { contactPlan, type ContactAttempt } from '../on-call/people.ts';
import type { Directory } from './directory.ts';

/** A person whom a page goes to, and how. */
export interface Recipient {
  readonly personId: string;
  /** When and how the person is tried, in order; never empty. */
  readonly attempts: readonly ContactAttempt[];
}

/** Whom targets lead to at an instant. */
export interface Resolved {
  /** Each person once, in the order of the targets. Empty: nobody, and the step is uncovered. */
  readonly recipients: readonly Recipient[];
  /** People who were meant and whom nothing reaches, or who are not in the directory. */
  readonly unreachable: readonly string[];
}

/**
 * The people behind targets at an instant, who can be reached at all. A schedule is whoever is on call then, a team all
 * of its members, or with `inTurn` the next one of those who can be reached.
 *
 * @param atMs epoch ms; outside of the directory's coverage a schedule has nobody
 * @param turn picks the member of a team in turn, from 0; the number of the page, so that each page goes to the next one
 */
export function resolveTargets(directory: Directory, targets: readonly Target[], atMs: number, turn = 0): Resolved {
  const recipients = new Map<string, Recipient>();
  const unreachable = new Set<string>();
  for (const target of targets) {
    const reachable: Recipient[] = [];
    for (const personId of meantBy(directory, target, atMs)) {
      const person = own(directory.people, personId);
      const attempts = person === undefined ? [] : contactPlan(person, atMs);
      if (attempts.length > 0) reachable.push({ personId, attempts });
      else unreachable.add(personId);
    }
    const picked = target.kind === 'team' && target.inTurn === true ? inTurn(reachable, turn) : reachable;
    for (const recipient of picked) recipients.set(recipient.personId, recipients.get(recipient.personId) ?? recipient);
  }
  return { recipients: [...recipients.values()], unreachable: [...unreachable] };
}

/** The ids of the people whom a page would reach; empty: nobody. */
export function resolveRecipients(
  directory: Directory,
  targets: readonly Target[],
  atMs: number,
  turn = 0,
): readonly string[] {
  return resolveTargets(directory, targets, atMs, turn).recipients.map(({ personId }) => personId);
}

function meantBy(directory: Directory, target: Target, atMs: number): readonly string[] {
  switch (target.kind) {
    case 'person':
      return [target.id];
    case 'team':
      return own(directory.teams, target.id)?.members ?? [];
    case 'schedule': {
      const schedule = own(directory.schedules, target.id);
      return schedule === undefined ? [] : onCallAt(schedule, atMs);
    }
    default:
      return assertNever(target);
  }
}

function inTurn<T>(items: readonly T[], turn: number): readonly T[] {
  const item = items[turn % Math.max(1, items.length)];
  return item === undefined ? [] : [item];
}
