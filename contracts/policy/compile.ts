import { clockNames, severities, type Severity } from '../../domain/escalation/vocabulary.ts';
import { tiers } from '../../domain/escalation/vocabulary.ts';
import type {
  ClockOverride,
  ClockRule,
  EscalationMatch,
  PageHold,
  Policy,
  SeverityRule,
} from '../../domain/policy/policy.ts';
import type { RoutingTable } from '../../domain/policy/routing.ts';
import { canonicalJson, sha256 } from '../ids.ts';
import type { EscalationMatchDefinition, PolicyDefinition, RoutingDefinition } from './policy-file.ts';

/**
 * A definition as the core uses it. `hash` covers everything but name and version, so that an unchanged policy keeps its
 * hash however often it is published.
 *
 * @param version 0 for one that was not published
 * @throws Error for more tiers than there are; the parser has refused those before
 */
export function compilePolicy(definition: PolicyDefinition, version = 0): Policy {
  const content: Omit<Policy, 'name' | 'version' | 'hash'> = {
    excludedFromMetrics: definition.excludedFromMetrics,
    tiers: definition.tiers.map((rule, index) => {
      const tier = tiers[index];
      if (tier === undefined) throw new Error(`policy ${definition.policy} has more than ${tiers.length} tiers`);
      return { tier, targets: rule.targets, acknowledgeWithinMs: rule.acknowledgeWithin };
    }),
    repeats: definition.repeats,
    fallback: definition.fallback,
    severities: {
      sev1: severityRule(definition, 'sev1'),
      sev2: severityRule(definition, 'sev2'),
      sev3: severityRule(definition, 'sev3'),
      sev4: severityRule(definition, 'sev4'),
    },
    volumeRules: definition.volumeRules,
    machineClear: definition.machineClear,
    ...(definition.promises.length === 0
      ? {}
      : { clockOverrides: definition.promises.map((promise) => overrideOf(definition, promise)) }),
    ...(definition.quietHours.length + definition.maintenance.length === 0 ? {} : { holds: holdsOf(definition) }),
  };
  return { name: definition.policy, version, hash: sha256(canonicalJson(content)), ...content };
}

function severityRule(definition: PolicyDefinition, severity: Severity): SeverityRule {
  const clocks: Partial<Record<(typeof clockNames)[number], ClockRule>> = {};
  for (const name of clockNames) {
    const clock = definition.clocks[name];
    const own = clock?.severities[severity];
    if (clock === undefined || own === undefined) continue;
    clocks[name] = {
      targetMs: own.within,
      calendar: own.calendar ?? clock.calendar,
      warnAtPercent: own.warnAt ?? clock.warnAt,
      onWarning: own.onWarning ?? clock.onWarning,
      onBreach: own.onBreach ?? clock.onBreach,
      pausable: clock.pausable,
    };
  }
  const rule = definition.severities[severity];
  return { clocks, rcaRequired: rule.rcaRequired, repageIdleAfterMs: rule.repageIdleAfter ?? null };
}

function overrideOf(definition: PolicyDefinition, promise: PolicyDefinition['promises'][number]): ClockOverride {
  const clock = definition.clocks[promise.clock];
  const rule: ClockRule | null =
    promise.within === undefined
      ? null
      : {
          targetMs: promise.within,
          calendar: promise.calendar ?? clock?.calendar ?? 'always',
          warnAtPercent: promise.warnAt ?? clock?.warnAt ?? [],
          onWarning: promise.onWarning ?? clock?.onWarning ?? [],
          onBreach: promise.onBreach ?? clock?.onBreach ?? [],
          pausable: promise.pausable ?? clock?.pausable ?? false,
        };
  return { match: matchOf(promise.when), clock: promise.clock, rule };
}

function holdsOf(definition: PolicyDefinition): readonly PageHold[] {
  return [
    ...definition.quietHours.map((quiet): PageHold => ({ kind: 'quiet_hours', ...quiet })),
    ...definition.maintenance.map((window): PageHold => ({
      kind: 'maintenance',
      name: window.name,
      fromMs: window.from,
      untilMs: window.until,
      match: matchOf(window.when),
    })),
  ];
}

function matchOf(when: EscalationMatchDefinition): EscalationMatch {
  return {
    ...(when.severity === undefined ? {} : { severities: when.severity }),
    ...(when.channel === undefined ? {} : { channels: when.channel }),
    ...(when.category === undefined ? {} : { categories: when.category }),
    ...(when.accountClass === undefined ? {} : { accountClasses: when.accountClass }),
    ...(when.team === undefined ? {} : { teams: when.team }),
  };
}

/** Drops what is absent, so that equal tables are equal data. */
export function compileRouting(definition: RoutingDefinition): RoutingTable {
  return {
    rules: definition.rules.map(({ name, when, set }) => ({ name, when: { ...when }, set: { ...set } })),
    defaults: definition.defaults,
  };
}

/** The severities for which a clock runs under a policy. */
export function severitiesWith(policy: Policy, clock: (typeof clockNames)[number]): readonly Severity[] {
  return severities.filter((severity) => policy.severities[severity].clocks[clock] !== undefined);
}
