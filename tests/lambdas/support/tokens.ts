import { generateKeyPair, SignJWT } from 'jose';

import { groupsClaim } from '../../../contracts/claims.ts';
import type { Role } from '../../../contracts/roles.ts';
import { createTokenVerifier, type TokenVerifier } from '../../../lambdas/http/access-tokens.ts';

export const issuer = 'https://issuer.test/pool';
export const clientId = 'tierline-console';

export interface TestTokens {
  readonly verifier: TokenVerifier;
  /** A token as the local issuer and Cognito make it; `changes` replaces claims, undefined leaves one out. */
  sign(changes?: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, string>>): Promise<string>;
  /** For a person of these groups. */
  of(id: string, ...groups: readonly string[]): Promise<string>;
}

export async function testTokens(): Promise<TestTokens> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const verifier = createTokenVerifier({ issuer, clientIds: [clientId, 'tierline-cli'] }, async () => publicKey);
  const sign: TestTokens['sign'] = async (changes = {}, header = {}) => {
    const seconds = Math.floor(Date.now() / 1000);
    const claims = {
      sub: 'dana',
      iss: issuer,
      client_id: clientId,
      token_use: 'access',
      [groupsClaim]: ['responder'],
      iat: seconds,
      exp: seconds + 600,
      ...changes,
    };
    const present = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
    return new SignJWT(present).setProtectedHeader({ alg: 'RS256', ...header }).sign(privateKey);
  };
  return { verifier, sign, of: (id, ...groups) => sign({ sub: id, [groupsClaim]: groups }) };
}

/** Groups that make somebody of this role, with the account `acme` and the source `probe` where the role has such. */
export function groupsOf(role: Role): readonly string[] {
  if (role === 'account_manager') return [role, 'account:acme'];
  return role === 'integration' ? [role, 'source:probe'] : [role];
}
