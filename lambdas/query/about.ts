import { mayCommand, seesAllAccounts } from '../../contracts/roles.ts';
import { personCommandTypes } from '../../domain/escalation/commands.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { listPolicies as listPublished, readLatestPolicy, readPolicy } from '../../store/policies.ts';
import { ApiError } from '../http/api-error.ts';
import type { Call, Reply } from '../http/lambda.ts';
import type { QueryPorts } from './ports.ts';

export async function getMe(_ports: QueryPorts, { caller }: Call<'getMe'>): Promise<Reply<'getMe'>> {
  return {
    status: 200,
    body: {
      id: caller.id,
      roles: [...caller.roles],
      accounts: seesAllAccounts(caller) ? null : [...caller.accounts],
      team: caller.team,
      source: caller.source,
      commands: personCommandTypes.filter((command) => mayCommand(caller, command)),
    },
  };
}

function summaryOf(policy: Policy) {
  return {
    name: policy.name,
    version: policy.version,
    hash: policy.hash,
    drill: policy.excludedFromMetrics,
    tiers: policy.tiers.length,
  };
}

export async function listPolicies(ports: QueryPorts, _call: Call<'listPolicies'>): Promise<Reply<'listPolicies'>> {
  const published = await listPublished(ports.store);
  const policies = await Promise.all(published.map(({ name, version }) => readPolicy(ports.store, name, version)));
  return { status: 200, body: { items: policies.flatMap((policy) => (policy === null ? [] : [summaryOf(policy)])) } };
}

export async function getPolicy(ports: QueryPorts, call: Call<'getPolicy'>): Promise<Reply<'getPolicy'>> {
  const { name } = call.input.params;
  const { version } = call.input.query;
  const policy = await (version === undefined
    ? readLatestPolicy(ports.store, name)
    : readPolicy(ports.store, name, Number(version)));
  if (policy === null) throw new ApiError('not_found');
  const { name: _name, version: _version, hash: _hash, excludedFromMetrics: _drill, ...rules } = policy;
  return {
    status: 200,
    body: { ...summaryOf(policy), rules },
  };
}
