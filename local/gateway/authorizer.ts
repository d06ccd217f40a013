import { createRemoteJWKSet, jwtVerify, type JWTVerifyGetKey } from 'jose';
import * as z from 'zod';
import type { Authorization } from './http-event.ts';

export interface AuthorizerRules {
  readonly issuer: string;
  readonly clientIds: readonly string[];
}

export type Verdict =
  | { readonly kind: 'authorized'; readonly authorization: Authorization }
  | { readonly kind: 'refused' }
  /** The issuer's keys could not be read. */
  | { readonly kind: 'unavailable' };

const claimsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]));
const discoverySchema = z.object({ jwks_uri: z.url() });

/** Verified tokens are remembered until they run out, so that a signature is checked once and not for every request. */
const mostRemembered = 5_000;

/**
 * The JWT authorizer of an HTTP API: signature, issuer, times, and the client for which the token was made. It checks
 * no role; the handlers do that, and they check the token again themselves.
 */
export class JwtAuthorizer {
  private readonly remembered = new Map<
    string,
    { readonly authorization: Authorization; readonly expiresAtMs: number }
  >();
  private keys: JWTVerifyGetKey | undefined;

  constructor(private readonly rules: AuthorizerRules) {}

  async authorize(header: string | undefined): Promise<Verdict> {
    const token = /^Bearer\s+([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(header ?? '')?.[1];
    if (token === undefined) return { kind: 'refused' };
    const known = this.remembered.get(token);
    if (known && known.expiresAtMs > Date.now()) return { kind: 'authorized', authorization: known.authorization };
    const keys = await this.keySet();
    if (keys === undefined) return { kind: 'unavailable' };
    return this.verify(token, keys);
  }

  private async verify(token: string, keys: JWTVerifyGetKey): Promise<Verdict> {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: this.rules.issuer,
        algorithms: ['RS256'],
        requiredClaims: ['exp'],
      });
      // As API Gateway does: the client counts only in a token that names no audience.
      const audience = payload.aud === undefined ? [payload['client_id']] : [payload.aud].flat();
      if (!audience.some((id) => typeof id === 'string' && this.rules.clientIds.includes(id)))
        return { kind: 'refused' };
      const claims = claimsSchema.safeParse(payload);
      if (!claims.success) return { kind: 'refused' };
      const authorization = { claims: claims.data };
      if (this.remembered.size >= mostRemembered) this.remembered.clear();
      this.remembered.set(token, { authorization, expiresAtMs: (payload.exp ?? 0) * 1_000 });
      return { kind: 'authorized', authorization };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      return code === 'ERR_JWKS_TIMEOUT' || !code.startsWith('ERR_J') ? { kind: 'unavailable' } : { kind: 'refused' };
    }
  }

  /** Finds the issuer's keys by OIDC discovery; a failure is tried again at the next request. */
  private async keySet(): Promise<JWTVerifyGetKey | undefined> {
    if (this.keys) return this.keys;
    try {
      const url = `${this.rules.issuer}/.well-known/openid-configuration`;
      const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
      const { jwks_uri: jwksUri } = discoverySchema.parse(await response.json());
      this.keys = createRemoteJWKSet(new URL(jwksUri), { timeoutDuration: 3_000, cooldownDuration: 5_000 });
      return this.keys;
    } catch {
      return undefined;
    }
  }
}
