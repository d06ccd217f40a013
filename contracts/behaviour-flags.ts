import { coreFlags } from '../domain/escalation/flags.ts';

/**
 * Behaviour flags. Each change of what the workflow or the core decides gets a flag, with its date and its reason. An
 * escalation keeps the flags under which it was first hosted, through replay and continue-as-new, until it ends.
 *
 * - `count_with_load`, 2026-11-23: the repeats of the dedup key come with the load instead of in a call of their own.
 * - `begun_at_intake`, 2026-11-23: intake decides the beginning, and a workflow that comes late asks the first tier anew.
 * - `sent_within_task`, 2026-11-23: a page is first tried within the workflow's task, which then writes its outcome too.
 * - `carried_out_at_once`, 2026-11-26: a decision is written, its pages are sent and their outcomes written within one call.
 * - `woken_by_signal`, 2026-11-26: a signal wakes a most severe one that is overdue. A worker that does not know the signal
 *   decides at the timer, and one that knows it would decide earlier when it replays that.
 * - those of the core: `domain/escalation/flags.ts`.
 */
export const knownFlags = [
  'count_with_load',
  'begun_at_intake',
  'sent_within_task',
  'carried_out_at_once',
  'woken_by_signal',
  ...coreFlags,
] as const satisfies readonly string[];
export type Flag = (typeof knownFlags)[number];

export const currentFlags: readonly string[] = knownFlags;

/** @param flags those that an escalation was begun under, perhaps by a newer part of the desk */
export function unknownFlags(flags: readonly string[]): readonly string[] {
  return flags.filter((flag) => !currentFlags.includes(flag));
}

/** @param flags those under which the escalation is hosted */
export function hasFlag(flags: readonly string[], flag: Flag): boolean {
  return flags.includes(flag);
}
