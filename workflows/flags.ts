/**
 * Behaviour flags. Each change of what the workflow or the core decides gets a flag, with its date and its reason. An
 * escalation keeps the flags under which it was first hosted, through replay and continue-as-new, until it ends.
 *
 * None so far: version 1 is the behaviour without flags.
 */
export const knownFlags = [] as const satisfies readonly string[];
export type Flag = (typeof knownFlags)[number];

export const currentFlags: readonly string[] = knownFlags;
