import { canonicalJson, dedupKeyHash, sha256 } from '../../contracts/ids.ts';
import { seesAllAccounts, type Caller } from '../../contracts/roles.ts';
import { actorOf } from '../http/actor.ts';
import { ApiError, invalid } from '../http/api-error.ts';
import type { Call, Reply } from '../http/lambda.ts';
import { etagOf, recordView } from '../present/record-view.ts';
import type { IntakePorts } from './ports.ts';
import { recordCountedOn, takeIn, type AttemptKey } from './take-in.ts';

/** An idempotency key of a create can be used again after this long. */
export const attemptKeptMs = 7 * 24 * 3_600_000;

/** The attempt that an idempotency key names, scoped to its caller and route. */
export function attemptOf(
  route: string,
  call: { readonly caller: Caller; readonly nowMs: number },
  key: string | undefined,
  body: unknown,
): AttemptKey | null {
  if (key === undefined) return null;
  return {
    hash: sha256(JSON.stringify([call.caller.id, route, key])),
    bodyHash: sha256(canonicalJson(body)),
    expiresAtMs: call.nowMs + attemptKeptMs,
  };
}

/** Account managers file for their accounts; everybody else for any, or none. */
function checkAccount(caller: Caller, accountId: string | undefined): void {
  if (seesAllAccounts(caller) || caller.source !== null) return;
  if (accountId === undefined) throw invalid(['body', 'accountId'], 'missing', 'names one of your accounts');
  if (!caller.accounts.includes(accountId))
    throw new ApiError('not_permitted', { detail: 'This is not one of your accounts.' });
}

export async function createEscalation(
  ports: IntakePorts,
  call: Call<'createEscalation'>,
): Promise<Reply<'createEscalation'>> {
  const { body, headers } = call.input;
  const { caller } = call;
  checkAccount(caller, body.accountId);
  const source = caller.source ?? 'api';
  // Scoped to the account, so that a repeat never shows its sender another account's escalation.
  const scope = body.accountId === undefined ? source : `${source}/${body.accountId}`;
  const taken = await takeIn(
    ports,
    {
      title: body.title,
      body: describe(body.description, body.occurredAt),
      channel: body.channel,
      category: body.category,
      source,
      actor: actorOf(caller),
      ...(body.severity === undefined ? {} : { severity: body.severity }),
      ...(body.accountId === undefined ? {} : { accountId: body.accountId }),
      ...(body.team === undefined ? {} : { team: body.team }),
      ...(body.policy === undefined ? {} : { policy: body.policy }),
      ...(body.dedupKey === undefined ? {} : { dedupKey: dedupKeyHash({ source: scope, key: body.dedupKey }) }),
    },
    attemptOf('createEscalation', call, headers['idempotency-key'], body),
    call,
  );
  const deduplicated = taken.kind === 'absorbed';
  const { record, title } = deduplicated ? await recordCountedOn(ports, taken.escalationId, taken.count) : taken;
  const view = recordView(record, title);
  return {
    status: deduplicated ? 200 : 201,
    body: { ...view, deduplicated },
    headers: {
      location: view.links.self,
      etag: etagOf(record),
      ...(taken.replayed ? { 'idempotency-replayed': 'true' } : {}),
    },
  };
}

function describe(description: string | undefined, occurredAt: string | undefined): string | null {
  const lines = [occurredAt === undefined ? [] : [`Occurred at ${occurredAt}`], description ?? []].flat();
  return lines.length === 0 ? null : lines.join('\n\n');
}
