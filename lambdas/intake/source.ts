import type { Caller } from '../../contracts/roles.ts';
import { ApiError } from '../http/api-error.ts';

/** The source that a machine speaks for, by its key or token. @throws ApiError `not_permitted` for people */
export function sourceOf(caller: Caller): string {
  if (caller.source === null) throw new ApiError('not_permitted', { detail: 'This route is for integrations.' });
  return caller.source;
}
