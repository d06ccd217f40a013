import * as z from 'zod';
import type { ProcessedCommand } from '../contracts/workflow-messages.ts';
import type { Store } from './client.ts';
import { keys } from './keys.ts';
import { getItem, putIfAbsent } from './requests.ts';

const commandItem = z.object({ commandId: z.string(), bodyHash: z.string(), seq: z.number().int() });

/** Keeps a command that the workflow no longer carries, so that its key still answers with its first outcome. */
export async function putProcessedCommand(store: Store, escalationId: string, done: ProcessedCommand): Promise<void> {
  await putIfAbsent(store, { ...keys.processedCommand(escalationId, done.commandId), ...commandItem.parse(done) });
}

/** A command that was done long ago; null when it is not known here, which says nothing about recent ones. */
export async function readProcessedCommand(
  store: Store,
  escalationId: string,
  commandId: string,
): Promise<ProcessedCommand | null> {
  const item = await getItem(store, keys.processedCommand(escalationId, commandId), true);
  return item === null ? null : commandItem.parse(item);
}
