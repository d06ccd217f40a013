import type { Severity } from '../../escalation/vocabulary.ts';

export const findingCodes = [
  'coverage_gap',
  'nobody_reachable',
  'step_skipped',
  'step_reaches_nobody',
  'fallback_gap',
  'step_not_reached',
  'step_after_breach',
  'nobody_new',
  'person_unreachable',
  'paged_after_clock',
  'held_past_clock',
  'nobody_paged',
  'does_not_end',
  'combinations_left_out',
  'calendar_never_open',
  'clock_never_due',
  'calendar_doubtful',
  'schedule_gap',
  'schedule_conflict',
  'rule_shadowed',
  'policy_not_routed',
] as const;
export type FindingCode = (typeof findingCodes)[number];

/** Which file of the policy set a finding is about, and where in it. */
export interface FindingPlace {
  readonly in: 'policy' | 'directory' | 'routing';
  readonly path: readonly PropertyKey[];
}

/** One thing that a policy would do and should not. An error keeps it from being published. */
export interface Finding {
  readonly level: 'error' | 'warning';
  readonly code: FindingCode;
  /** Name of the policy; null where it is about the directory or the routing alone. */
  readonly policy: string | null;
  /** Empty where it holds for all. */
  readonly severities: readonly Severity[];
  readonly message: string;
  readonly fix: string;
  readonly place: FindingPlace;
  /** An instant that proves it, with its end where it is a stretch. Epoch ms; null where it holds always. */
  readonly example: { readonly atMs: number; readonly untilMs: number | null } | null;
  /** How often it happens in the range, the example included; 0 where it holds always. */
  readonly times: number;
}
