import { queryOptions } from '@tanstack/react-query';
import type { ResponseOf } from '../../../contracts/schemas/responses.ts';
import type { Policy } from '../../../domain/policy/policy.ts';
import { call } from '../api/client.ts';

export type PolicySummary = ResponseOf<'listPolicies'>['items'][number];
type PolicyDetail = ResponseOf<'getPolicy'>;

export const policiesQuery = queryOptions({
  queryKey: ['policies'],
  queryFn: ({ signal }) => call('listPolicies', { signal }),
  staleTime: 60_000,
});

export function policyQuery(name: string) {
  return queryOptions({
    queryKey: ['policy', name],
    queryFn: async ({ signal }) => {
      const detail = await call('getPolicy', { params: { name }, signal });
      return { detail, policy: policyOf(detail) };
    },
    staleTime: 60_000,
  });
}

type Rules = Omit<Policy, 'name' | 'version' | 'hash' | 'excludedFromMetrics'>;

/** The policy as the core takes it; null where the answer holds rules of a shape that this console does not know. */
function policyOf(detail: PolicyDetail): Policy | null {
  const { rules, name, version, hash, drill } = detail;
  return hasRules(rules) ? { name, version, hash, excludedFromMetrics: drill, ...rules } : null;
}

/** Policies are checked in full before they are published: here only their outline is looked at. */
function hasRules(rules: object): rules is Rules {
  return ['tiers', 'repeats', 'fallback', 'severities', 'volumeRules', 'machineClear'].every((key) => key in rules);
}
