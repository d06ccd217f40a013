import { forecastUnder, virtualWorld } from '../../contracts/policy/forecast-host.ts';
import { parseForecastSpec } from '../../contracts/policy/forecast-spec.ts';
import { route } from '../../domain/policy/routing.ts';
import { readLatestPolicy } from '../../store/policies.ts';
import { ApiError } from '../http/api-error.ts';
import type { Call, Reply } from '../http/lambda.ts';
import { stepsOf } from '../present/forecast-view.ts';
import { instantOf } from '../present/units.ts';
import type { QueryPorts } from './ports.ts';

const dayMs = 24 * 3_600_000;
/** A policy does by itself what it does within so long. */
const foretoldMs = 7 * dayMs;

export async function forecastPolicy(
  ports: QueryPorts,
  call: Call<'forecastPolicy'>,
): Promise<Reply<'forecastPolicy'>> {
  const { name } = call.input.params;
  const [policy, { directory, routing }] = await Promise.all([
    readLatestPolicy(ports.store, name),
    ports.onCall.document(),
  ]);
  if (policy === null) throw new ApiError('not_found');
  const parsed = parseForecastSpec(call.input.query.situation, call.nowMs);
  if (!parsed.ok) {
    const issues = parsed.errors.map((message) => ({ path: ['query', 'situation'], code: 'invalid_value', message }));
    throw new ApiError('invalid_request', { issues });
  }
  const { spec } = parsed;
  const routed = route(routing, {
    channel: spec.channel,
    category: spec.category,
    source: 'forecast',
    accountClass: spec.accountClass,
    title: '',
    policy: name,
    ...(spec.severity === null ? {} : { severity: spec.severity }),
  });
  const untilMs = spec.atMs + foretoldMs;
  const world = virtualWorld(directory, spec.atMs - dayMs, untilMs + dayMs);
  const found = forecastUnder(
    world,
    policy,
    {
      severity: routed.severity,
      channel: spec.channel,
      category: routed.category,
      team: routed.team,
      atMs: spec.atMs,
      ...(spec.accountClass === null ? {} : { accountClass: spec.accountClass }),
    },
    untilMs,
  );
  return {
    status: 200,
    body: {
      policy: policy.name,
      version: policy.version,
      severity: routed.severity,
      category: routed.category,
      team: routed.team,
      at: instantOf(spec.atMs),
      rules: [...routed.rules],
      steps: stepsOf(found.events),
      complete: found.complete,
    },
  };
}
