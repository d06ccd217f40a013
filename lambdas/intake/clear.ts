import { readHead } from '../../store/log.ts';
import { readPointer } from '../../store/pointer.ts';
import type { IntakePorts } from './ports.ts';

/**
 * Tells the escalation that is open under a dedup key that its cause has cleared. What that does, before, during and
 * after people's work, is its policy's to say.
 * @returns the escalation that was told; null when none is open
 * @throws ApiError `unavailable` or `overloaded`: nothing was told, send it again
 */
export async function clearCause(
  ports: IntakePorts,
  dedupKey: string,
  message: { readonly source: string; readonly messageId: string },
): Promise<string | null> {
  const pointer = await readPointer(ports.store, dedupKey);
  if (pointer === null || pointer.state === 'closed') return null;
  const { escalationId } = pointer;
  const head = await readHead(ports.store, escalationId);
  await ports.gateway.reportClear(escalationId, head?.record.severity ?? 'sev3', message);
  return escalationId;
}
