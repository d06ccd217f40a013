import type { Escalation } from '../escalation/state.ts';
import type { ClockName } from '../escalation/vocabulary.ts';
import type { ClockRule, EscalationMatch, Policy } from './policy.ts';

type Matchable = Pick<Escalation, 'severity' | 'channel' | 'category' | 'accountClass' | 'team'>;

function names<T>(list: readonly T[] | undefined, value: T | null): boolean {
  return list === undefined || (value !== null && list.includes(value));
}

export function matches(match: EscalationMatch, escalation: Matchable): boolean {
  return (
    names(match.severities, escalation.severity) &&
    names(match.channels, escalation.channel) &&
    names(match.categories, escalation.category) &&
    names(match.accountClasses, escalation.accountClass) &&
    names(match.teams, escalation.team)
  );
}

/** The business calendars that a policy counts by, without `always`. */
export function calendarsOf(policy: Policy): readonly string[] {
  const clocks = Object.values(policy.severities).flatMap((rule) => Object.values(rule.clocks));
  const overridden = (policy.clockOverrides ?? []).flatMap((override) =>
    override.rule === null ? [] : [override.rule],
  );
  const held = (policy.holds ?? []).flatMap((hold) => (hold.kind === 'quiet_hours' ? [hold.calendar] : []));
  const named = [...[...clocks, ...overridden].map((clock) => clock.calendar), ...held];
  return [...new Set(named)].filter((name) => name !== 'always');
}

/** The promise that a policy makes for one clock of an escalation; undefined: it makes none. */
export function clockRuleFor(policy: Policy, escalation: Matchable, clock: ClockName): ClockRule | undefined {
  const override = policy.clockOverrides?.find(
    (candidate) => candidate.clock === clock && matches(candidate.match, escalation),
  );
  if (override !== undefined) return override.rule ?? undefined;
  return policy.severities[escalation.severity].clocks[clock];
}
