import { isOneOf } from '../domain/escalation/vocabulary.ts';
import { roles, type Caller } from './roles.ts';

/**
 * The one reading of an access token, for Cognito's and the local issuer's alike. Both name the client in `client_id`
 * and what the person is in `cognito:groups`:
 *
 * | group | meaning |
 * | --- | --- |
 * | `responder`, `account_manager`, … | a role |
 * | `account:<id>` | an account of an account manager |
 * | `team:<id>` | the person's team; the first one counts |
 * | `source:<id>` | for machines that sign in: the source that they speak for |
 */
export const groupsClaim = 'cognito:groups';
export const groupPrefixes = { account: 'account:', team: 'team:', source: 'source:' } as const;

/** Ids stand in events and page targets: opaque, printable, without spaces. */
const callerIdPattern = /^[\w.@:+|=-]{1,128}$/;

/** Claims of a token whose signature, issuer, audience and expiry have been verified. */
export interface AccessClaims {
  readonly sub?: unknown;
  /** Cognito's name of the user within its pool: the id that schedules and policies use. */
  readonly username?: unknown;
  readonly [claim: string]: unknown;
}

/**
 * Who the claims speak of; null where they name nobody.
 * Groups that mean nothing here are passed over; a person without a role may sign in and do nothing.
 */
export function callerOf(claims: AccessClaims): Caller | null {
  const id = typeof claims.username === 'string' ? claims.username : claims.sub;
  if (typeof id !== 'string' || !callerIdPattern.test(id)) return null;
  const named = claims[groupsClaim];
  const groups = Array.isArray(named) ? named.filter((group) => typeof group === 'string') : [];
  const after = (prefix: string): string[] =>
    groups.filter((group) => group.startsWith(prefix)).flatMap((group) => group.slice(prefix.length) || []);
  const callerRoles = roles.filter((role) => isOneOf(groups, role));
  return {
    id,
    roles: callerRoles,
    accounts: after(groupPrefixes.account),
    team: after(groupPrefixes.team)[0] ?? null,
    source: callerRoles.includes('integration') ? (after(groupPrefixes.source)[0] ?? `client-${id}`) : null,
  };
}
