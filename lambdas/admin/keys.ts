import { newKeyId } from '../../contracts/ids.ts';
import type { ApiKey } from '../../store/api-keys.ts';
import { listApiKeys, putApiKey, revokeApiKey } from '../../store/api-keys.ts';
import type { Store } from '../../store/client.ts';
import { ApiError } from '../http/api-error.ts';
import { newKeyToken } from '../http/integration-keys.ts';
import type { Call, Reply } from '../http/lambda.ts';
import { instantOf, instantOrNull } from '../present/units.ts';

export interface AdminPorts {
  readonly store: Store;
}

/** A key as it may be shown: its hash stays where it is. */
function keyView(key: ApiKey) {
  return {
    id: key.id,
    source: key.source,
    label: key.label,
    createdAt: instantOf(key.createdAtMs),
    createdBy: key.createdBy,
    revokedAt: instantOrNull(key.revokedAtMs),
  };
}

export async function createIntegrationKey(
  ports: AdminPorts,
  call: Call<'createIntegrationKey'>,
): Promise<Reply<'createIntegrationKey'>> {
  const { source, label } = call.input.body;
  const id = newKeyId(call.nowMs);
  const { token, secretHash } = newKeyToken(id);
  const key: ApiKey = {
    id,
    secretHash,
    source,
    label,
    roles: ['integration'],
    createdBy: call.caller.id,
    createdAtMs: call.nowMs,
    revokedAtMs: null,
  };
  if (!(await putApiKey(ports.store, key))) throw new Error('a new key id was taken');
  call.log.info('key.created', { keyId: id, source });
  return { status: 201, body: { ...keyView(key), token } };
}

export async function listIntegrationKeys(
  ports: AdminPorts,
  _call: Call<'listIntegrationKeys'>,
): Promise<Reply<'listIntegrationKeys'>> {
  const keys = await listApiKeys(ports.store);
  return { status: 200, body: { items: keys.map(keyView) } };
}

export async function revokeIntegrationKey(
  ports: AdminPorts,
  call: Call<'revokeIntegrationKey'>,
): Promise<Reply<'revokeIntegrationKey'>> {
  const { keyId } = call.input.params;
  const key = await revokeApiKey(ports.store, keyId, call.nowMs);
  if (key === null) throw new ApiError('not_found');
  call.log.info('key.revoked', { keyId });
  return { status: 200, body: keyView(key) };
}
