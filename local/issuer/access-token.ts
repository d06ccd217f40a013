import { groupsClaim } from '../../contracts/claims.ts';
import { groupsOf, type DemoPerson } from './people.ts';

export const accessTokenSeconds = 3_600;
/** Scopes of the API, named as Cognito names those of a resource server. */
export const apiScope = 'openid profile email';

export interface AccessTokenInput {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  readonly jti: string;
  readonly issuedAtSeconds: number;
  readonly expiresAtSeconds: number;
  readonly signedInAtSeconds: number;
}

/**
 * Claims of an access token in the form of Cognito's: `client_id` and no `aud`, what the person is in
 * `cognito:groups`, and `token_use`, by which an ID token cannot pass for one.
 */
export function accessClaims(person: DemoPerson, input: AccessTokenInput): Record<string, unknown> {
  return {
    sub: person.id,
    [groupsClaim]: groupsOf(person),
    iss: input.issuer,
    version: 2,
    client_id: input.clientId,
    token_use: 'access',
    scope: input.scope,
    auth_time: input.signedInAtSeconds,
    exp: input.expiresAtSeconds,
    iat: input.issuedAtSeconds,
    jti: input.jti,
    username: person.id,
  };
}
