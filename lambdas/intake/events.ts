import { dedupKeyHash, sha256 } from '../../contracts/ids.ts';
import type { MachineReceipt } from '../../contracts/schemas/intake.ts';
import { actorOf } from '../http/actor.ts';
import type { Call, Reply } from '../http/lambda.ts';
import { clearCause } from './clear.ts';
import { attemptOf } from './create.ts';
import { knownNames } from './known-names.ts';
import type { IntakePorts } from './ports.ts';
import { sourceOf } from './source.ts';
import { takeIn } from './take-in.ts';

/** One thing that a machine says: trigger or clear. */
export async function takeEvent(ports: IntakePorts, call: Call<'takeEvent'>): Promise<Reply<'takeEvent'>> {
  return { status: 200, body: { receipts: [await receive(ports, call)] } };
}

async function receive(ports: IntakePorts, call: Call<'takeEvent'>): Promise<MachineReceipt> {
  const { body, headers } = call.input;
  const source = sourceOf(call.caller);
  const dedupKey = dedupKeyHash({ source, key: body.dedupKey });
  if (body.action === 'clear') {
    const messageId = sha256(JSON.stringify([dedupKey, headers['idempotency-key'] ?? call.requestId]));
    const escalationId = await clearCause(ports, dedupKey, { source, messageId });
    return { dedupKey: body.dedupKey, outcome: escalationId === null ? 'nothing_open' : 'cleared', escalationId };
  }
  const taken = await takeIn(
    ports,
    {
      title: body.title,
      body: body.description ?? null,
      channel: body.channel ?? 'monitoring',
      category: body.category ?? 'other',
      source,
      dedupKey,
      actor: actorOf(call.caller),
      ...(body.severity === undefined ? {} : { severity: body.severity }),
      ...(body.accountId === undefined ? {} : { accountId: body.accountId }),
      ...(await knownNames(ports, body, call.log)),
    },
    attemptOf('takeEvent', call, headers['idempotency-key'], body),
    call,
  );
  return taken.kind === 'accepted'
    ? { dedupKey: body.dedupKey, outcome: 'opened', escalationId: taken.record.id }
    : { dedupKey: body.dedupKey, outcome: 'counted', escalationId: taken.escalationId };
}
