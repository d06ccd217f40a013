import { readPolicy } from '../../store/policies.ts';
import { ApiError } from '../http/api-error.ts';
import { visibleHead } from '../http/visible.ts';
import type { Call, Reply } from '../http/lambda.ts';
import { runCommand, type CommandPorts } from './run-command.ts';

/** Commands under way at once. */
const atOnce = 8;

type Item = Reply<'migrateEscalations'>['body']['items'][number];

/**
 * Gives `migrate-policy` to each of the chosen escalations: each is decided by itself, and one that is refused does not keep the
 * others from being moved.
 */
export async function migrateEscalations(
  ports: CommandPorts,
  call: Call<'migrateEscalations'>,
): Promise<Reply<'migrateEscalations'>> {
  const { name } = call.input.params;
  const { version, ids } = call.input.body;
  if ((await readPolicy(ports.store, name, version)) === null) throw new ApiError('not_found');
  const key = call.input.headers['idempotency-key'];
  const move = async (id: string): Promise<Item> => {
    try {
      const { record } = await visibleHead(ports.store, call.caller, id);
      // A version number says nothing without the policy's name.
      if (record.policy.name !== name)
        throw new ApiError('no_such_policy', { detail: `It is under ${record.policy.name}.` });
      const headers = key === undefined ? {} : { 'idempotency-key': key };
      const { status } = await runCommand(ports, call, id, headers, { type: 'migrate-policy', body: { version } });
      return { escalationId: id, outcome: status === 202 ? 'pending' : 'moved', code: null, detail: null };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { escalationId: id, outcome: 'refused', code: error.code, detail: error.details.detail ?? null };
    }
  };
  const wanted = [...new Set(ids)];
  const items: Item[] = [];
  for (let index = 0; index < wanted.length; index += atOnce) {
    items.push(...(await Promise.all(wanted.slice(index, index + atOnce).map(move))));
  }
  return { status: 200, body: { items } };
}
