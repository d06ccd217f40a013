import { diffValues, type ValueDifference } from '../../domain/policy/diff-values.ts';
import type { ForecastSet } from './compare-forecasts.ts';

/** What changed in one policy between two sets. */
export interface PolicyDifference {
  readonly policy: string;
  readonly change: 'added' | 'removed' | 'changed' | 'same';
  readonly differences: readonly ValueDifference[];
}

/** By name; what is equal is told too. */
export function policyDifferences(before: ForecastSet, after: ForecastSet): readonly PolicyDifference[] {
  const names = [...new Set([...before.policies, ...after.policies].map(({ policy }) => policy.name))].toSorted();
  return names.map((name) => {
    const [was, is] = [contentOf(before, name), contentOf(after, name)];
    if (was === undefined) return { policy: name, change: 'added', differences: [] };
    if (is === undefined) return { policy: name, change: 'removed', differences: [] };
    const differences = diffValues(was, is);
    return { policy: name, change: differences.length === 0 ? 'same' : 'changed', differences };
  });
}

/** What a policy says, without the version that it says it under. */
function contentOf(set: ForecastSet, name: string): unknown {
  const policy = set.policies.find((loaded) => loaded.policy.name === name)?.policy;
  if (policy === undefined) return undefined;
  const { version: _version, hash: _hash, ...content } = policy;
  return content;
}
