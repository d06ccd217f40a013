/**
 * Behaviour flags of the core, each with its date and its reason. An escalation keeps those under which it was first
 * hosted, so that a change of the rules never changes a replay.
 *
 * - `tiers_keep_their_time`, 2026-11-23: a missed promise no longer moves the tier up while the present one is being
 *   asked. Two tiers were entered milliseconds apart when a promise fell due beside the end of a tier's time.
 */
export const coreFlags = ['tiers_keep_their_time'] as const satisfies readonly string[];
export type CoreFlag = (typeof coreFlags)[number];

/** @param context without flags: the present rules */
export function hasFlag(context: { readonly flags?: readonly string[] }, flag: CoreFlag): boolean {
  return context.flags === undefined || context.flags.includes(flag);
}
