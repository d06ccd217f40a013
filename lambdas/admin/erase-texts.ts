import { eraseText, listTexts } from '../../store/texts.ts';
import type { Call, Reply } from '../http/lambda.ts';
import { visibleHead } from '../http/visible.ts';
import type { AdminPorts } from './keys.ts';

/**
 * Erases the texts of an escalation, all of them or those named; ids that are not among them are passed over. Events,
 * sequence numbers and hashes stay, so the ledger and its verdicts can still be checked.
 */
export async function eraseTexts(ports: AdminPorts, call: Call<'eraseTexts'>): Promise<Reply<'eraseTexts'>> {
  const { params, body } = call.input;
  await visibleHead(ports.store, call.caller, params.id);
  const texts = await listTexts(ports.store, params.id);
  const wanted = texts.filter(({ id }) => body.textIds?.includes(id) ?? true);
  let erased = 0;
  // One after the other: an erasure that stops half-way can be sent again.
  for (const { id } of wanted) if (await eraseText(ports.store, params.id, id, call.nowMs)) erased += 1;
  call.log.info('texts.erased', { escalationId: params.id, count: erased });
  return { status: 200, body: { erased } };
}
