import type { Category, Channel, ClockName, Severity, Target, Tier, UpdateAudience } from '../escalation/vocabulary.ts';

/**
 * A policy as the core uses it: checked, complete, plain data. Policies are written in YAML and compiled outside the
 * core. A version is immutable; an escalation pins the version that it started under.
 */
export interface Policy {
  readonly name: string;
  readonly version: number;
  /** SHA-256 of the compiled policy in hex. */
  readonly hash: string;
  /** Drills run like real ones and are left out of every metric. */
  readonly excludedFromMetrics: boolean;
  /** Tier 1 first; at least one, at most four. */
  readonly tiers: readonly TierRule[];
  /** How often the whole walk through the tiers starts again before the fallback is paged. */
  readonly repeats: number;
  /** Paged when a step reaches nobody and when the last repeat ran out. */
  readonly fallback: readonly Target[];
  readonly severities: Readonly<Record<Severity, SeverityRule>>;
  /** Raises the severity when a dedup key's occurrences reach `atCount`. */
  readonly volumeRules: readonly VolumeRule[];
  readonly machineClear: MachineClearRule;
  /** Other promises for some escalations; of those that match, the first that names the clock holds. */
  readonly clockOverrides?: readonly ClockOverride[];
  /** When pages wait: quiet hours of low severities, maintenance windows. What a person asks for never waits. */
  readonly holds?: readonly PageHold[];
}

/** Every list that is present has to name the escalation's own; one that is absent matches all. */
export interface EscalationMatch {
  readonly severities?: readonly Severity[];
  readonly channels?: readonly Channel[];
  readonly categories?: readonly Category[];
  readonly accountClasses?: readonly string[];
  readonly teams?: readonly string[];
}

export interface ClockOverride {
  readonly match: EscalationMatch;
  readonly clock: ClockName;
  /** null: such escalations have no such clock. */
  readonly rule: ClockRule | null;
}

export type PageHold =
  | {
      readonly kind: 'quiet_hours';
      readonly severities: readonly Severity[];
      /** Pages go out while this calendar is open, and wait for its next opening otherwise. */
      readonly calendar: string;
    }
  | {
      readonly kind: 'maintenance';
      readonly name: string;
      /** Half-open, epoch ms. */
      readonly fromMs: number;
      readonly untilMs: number;
      readonly match: EscalationMatch;
    };

export interface TierRule {
  readonly tier: Tier;
  readonly targets: readonly Target[];
  /** Time in which somebody of this tier has to acknowledge, in ms, by severity. */
  readonly acknowledgeWithinMs: Readonly<Record<Severity, number>>;
}

export interface SeverityRule {
  readonly clocks: Readonly<Partial<Record<ClockName, ClockRule>>>;
  readonly rcaRequired: boolean;
  /** While acknowledged but without any sign of work for this long, the tier is paged again; null: never. In ms. */
  readonly repageIdleAfterMs: number | null;
}

export interface ClockRule {
  readonly targetMs: number;
  /** Id of the business calendar; `always` counts every minute. */
  readonly calendar: string;
  /** Ascending, each above 0 and below 100. */
  readonly warnAtPercent: readonly number[];
  readonly onWarning: readonly ClockAction[];
  readonly onBreach: readonly ClockAction[];
  /** Whether a pause of the escalation stops this clock too. */
  readonly pausable: boolean;
}

export type ClockAction =
  | { readonly kind: 'page_tier' }
  | { readonly kind: 'page'; readonly targets: readonly Target[] }
  | { readonly kind: 'escalate_tier' }
  | { readonly kind: 'raise_severity' }
  | { readonly kind: 'tell'; readonly audience: UpdateAudience };

export interface VolumeRule {
  readonly atCount: number;
  readonly raiseTo: Severity;
}

/** What a machine's "it has cleared" does, by how far people have come. */
export interface MachineClearRule {
  readonly beforeAcknowledge: 'resolve' | 'record';
  readonly duringWork: 'resolve' | 'record';
}

/** The highest tier that the policy knows. */
export function lastTier(policy: Policy): Tier {
  const last = policy.tiers.at(-1);
  if (last === undefined) throw new Error(`policy ${policy.name} has no tiers`);
  return last.tier;
}

export function tierRule(policy: Policy, tier: Tier): TierRule {
  const rule = policy.tiers.find((candidate) => candidate.tier === tier);
  if (rule === undefined) throw new Error(`policy ${policy.name} has no tier ${tier}`);
  return rule;
}
