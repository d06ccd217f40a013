import type { Caller } from '../../contracts/roles.ts';
import type { Route } from '../../contracts/routes.ts';
import type { TokenVerifier } from './access-tokens.ts';
import { ApiError } from './api-error.ts';
import { isKeyToken, type KeyVerifier } from './integration-keys.ts';

export interface Authenticator {
  readonly tokens: TokenVerifier;
  readonly keys: KeyVerifier;
}

const anyone: Caller = { id: 'anyone', roles: [], accounts: [], team: null, source: null };

/**
 * Who calls, from the bearer token and nothing else.
 * @throws ApiError 401, 403 or 503
 */
export async function authenticate(
  route: Route,
  authorization: string | null,
  nowMs: number,
  by: Authenticator,
): Promise<Caller> {
  if (route.auth === 'public') return anyone;
  const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) throw new ApiError('not_authenticated');
  const caller = await (isKeyToken(token) ? withKey(route, token, nowMs, by) : withToken(route, token, by));
  if (!route.roles.some((role) => caller.roles.includes(role))) throw new ApiError('not_permitted');
  return caller;
}

async function withKey(route: Route, token: string, nowMs: number, by: Authenticator): Promise<Caller> {
  const caller = await by.keys.verify(token, nowMs);
  if (route.auth === 'jwt') throw new ApiError('not_permitted', { detail: 'Integration keys do not open this route.' });
  return caller;
}

async function withToken(route: Route, token: string, by: Authenticator): Promise<Caller> {
  const caller = await by.tokens.verify(token);
  if (route.auth === 'key') throw new ApiError('not_permitted', { detail: 'Only integration keys open this route.' });
  return caller;
}
