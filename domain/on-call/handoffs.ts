import { onCallAt, peopleOf } from './final-schedule.ts';
import type { FinalSchedule } from './final-schedule.ts';

/** A moment at which the people on call change. */
export interface Handoff {
  readonly atMs: number;
  readonly outgoing: readonly string[];
  readonly incoming: readonly string[];
  /** Everybody on call from then on; empty where a gap begins. */
  readonly onCall: readonly string[];
}

/**
 * The handoffs in `[fromMs, untilMs)`, as far as the schedule is covered, in order.
 *
 * A change of cause alone (from a rotation to an override by the same person) hands nothing over. The edge of the coverage is
 * no handoff, since nobody knows who was on call before it.
 */
export function handoffsBetween(schedule: FinalSchedule, fromMs: number, untilMs: number): readonly Handoff[] {
  const handoffs: Handoff[] = [];
  let beforeMs = schedule.coveredFromMs;
  let before = onCallAt(schedule, beforeMs);
  const change = (atMs: number, onCall: readonly string[]): void => {
    const outgoing = before.filter((id) => !onCall.includes(id));
    const incoming = onCall.filter((id) => !before.includes(id));
    const isKnown = atMs > schedule.coveredFromMs && atMs < schedule.coveredUntilMs;
    if (isKnown && atMs >= fromMs && atMs < untilMs && outgoing.length + incoming.length > 0) {
      handoffs.push({ atMs, outgoing, incoming, onCall });
    }
    before = onCall;
  };
  for (const stretch of schedule.stretches) {
    if (stretch.startMs > beforeMs) change(beforeMs, []);
    change(stretch.startMs, peopleOf(stretch));
    beforeMs = stretch.endMs;
  }
  change(beforeMs, []);
  return handoffs;
}

/** The first handoff after an instant, null where the covered schedule has none. */
export function nextHandoff(schedule: FinalSchedule, afterMs: number): Handoff | null {
  return handoffsBetween(schedule, afterMs + 1, schedule.coveredUntilMs)[0] ?? null;
}

/** A notice of a handoff, to go out some time before it, to those who leave and those who come. */
export interface HandoffNotice {
  readonly sendAtMs: number;
  readonly recipients: readonly string[];
  readonly handoff: Handoff;
}

/**
 * The notices to be sent in `[fromMs, untilMs)`.
 *
 * @param leadMs how long before its handoff a notice is sent
 */
export function handoffNotices(
  schedule: FinalSchedule,
  fromMs: number,
  untilMs: number,
  leadMs: number,
): readonly HandoffNotice[] {
  return handoffsBetween(schedule, fromMs + leadMs, untilMs + leadMs).map((handoff) => ({
    sendAtMs: handoff.atMs - leadMs,
    recipients: [...handoff.outgoing, ...handoff.incoming],
    handoff,
  }));
}
