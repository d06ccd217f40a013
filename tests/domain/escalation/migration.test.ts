import { describe, expect, it } from '@jest/globals';
import { begun, clockRule, hour, minute, policy, refusalOf, startMs } from './given.ts';
import type { Policy } from '../../../domain/policy/policy.ts';

const next: Policy = {
  ...policy,
  version: 2,
  hash: 'test-2',
  severities: { ...policy.severities, sev2: { ...policy.severities.sev2, clocks: { resolve: clockRule(2 * hour) } } },
};
const otherPolicies = { 2: next, 3: { ...policy, version: 3, tiers: policy.tiers.slice(0, 1) } };

describe('moving an escalation to another version of its policy', () => {
  it('takes the new targets, keeps what has run and stops clocks that the version does not have', () => {
    const it0 = begun('sev2');
    it0.at(startMs + hour).when({ type: 'migrate-policy', version: 2 }, { otherPolicies });
    expect(it0.state()).toMatchObject({ policy: { name: 'test', version: 2 }, rev: 2 });
    expect(it0.state().clocks.resolve).toMatchObject({ targetMs: 2 * hour, status: 'running' });
    expect(it0.state().clocks.acknowledge).toMatchObject({ status: 'stopped' });
    expect(it0.state().clocks.resolve?.segments[0]).toMatchObject({ fromMs: startMs, toMs: startMs + hour });
  });

  it('is refused for the version it has, for one that is not there and for one without its tier', () => {
    const it0 = begun('sev2').fastForward(startMs + 16 * minute);
    expect(refusalOf(it0.when({ type: 'migrate-policy', version: 1 }, { otherPolicies }))).toBe('already_so');
    expect(refusalOf(it0.when({ type: 'migrate-policy', version: 9 }, { otherPolicies }))).toBe('no_such_policy');
    expect(refusalOf(it0.when({ type: 'migrate-policy', version: 3 }, { otherPolicies }))).toBe('no_such_tier');
  });
});
