import { maySee, type Caller } from '../../contracts/roles.ts';
import type { Store } from '../../store/client.ts';
import type { Head } from '../../store/head-item.ts';
import { readHead } from '../../store/log.ts';
import { ApiError } from './api-error.ts';

/** @throws ApiError `not_found`, also for what the caller may not know of: its existence is not given away */
export function checkVisible(head: Head | null, caller: Caller): Head {
  if (head === null || !maySee(caller, head.record)) throw new ApiError('not_found');
  return head;
}

/** The record of an escalation as last written, if the caller may see it. @throws ApiError `not_found` */
export async function visibleHead(store: Store, caller: Caller, escalationId: string): Promise<Head> {
  return checkVisible(await readHead(store, escalationId), caller);
}
