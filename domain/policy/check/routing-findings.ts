import type { Policy } from '../policy.ts';
import type { RoutingCondition, RoutingRule, RoutingTable } from '../routing.ts';
import type { Finding } from './finding.ts';

/** Rules that never decide anything, and policies that no escalation comes under unless its caller asks for it. */
export function routingFindings(routing: RoutingTable, policies: readonly Policy[]): readonly Finding[] {
  const shadowed = routing.rules.flatMap((rule, index): Finding[] => {
    const before = routing.rules.slice(0, index).find((earlier) => shadows(earlier, rule));
    if (before === undefined) return [];
    return [
      {
        level: 'warning',
        code: 'rule_shadowed',
        policy: null,
        severities: [],
        message: `rule "${rule.name}" never decides anything: "${before.name}" matches whatever it matches and comes first`,
        fix: 'put it before that rule, or remove it',
        place: { in: 'routing', path: ['rules', index] },
        example: null,
        times: 0,
      },
    ];
  });
  const routed = new Set([routing.defaults.policy, ...routing.rules.map((rule) => rule.set.policy)]);
  const unused = policies
    // Drills are asked for by name.
    .filter((policy) => !routed.has(policy.name) && !policy.excludedFromMetrics)
    .map((policy): Finding => ({
      level: 'warning',
      code: 'policy_not_routed',
      policy: policy.name,
      severities: [],
      message: `no routing rule leads to policy ${policy.name}`,
      fix: 'add a rule, or leave it to callers who ask for it by name',
      place: { in: 'policy', path: ['policy'] },
      example: null,
      times: 0,
    }));
  return [...shadowed, ...unused];
}

function shadows(earlier: RoutingRule, later: RoutingRule): boolean {
  const sets: RoutingRule['set'] = earlier.set;
  const decided = Object.entries(later.set).every(
    ([field, value]) =>
      value === undefined || Object.entries(sets).some(([name, set]) => name === field && set !== undefined),
  );
  return decided && covers(earlier.when, later.when);
}

/** Whether everything that `inner` matches is matched by `outer`; false where it can't be told. */
function covers(outer: RoutingCondition, inner: RoutingCondition): boolean {
  return (
    wider(outer.channel, inner.channel) &&
    wider(outer.category, inner.category) &&
    wider(outer.source, inner.source) &&
    wider(outer.accountClass, inner.accountClass) &&
    wider(outer.account, inner.account) &&
    wider(outer.policy, inner.policy) &&
    wider(outer.team, inner.team) &&
    wider(outer.titleWords, inner.titleWords) &&
    wider(outer.severity, inner.severity)
  );
}

function wider(wide: readonly string[] | undefined, narrow: readonly string[] | undefined): boolean {
  return wide === undefined || (narrow !== undefined && narrow.every((value) => wide.includes(value)));
}
