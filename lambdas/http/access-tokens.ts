import { createRemoteJWKSet, decodeProtectedHeader, errors as joseErrors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import * as z from 'zod';

import { callerOf } from '../../contracts/claims.ts';
import { requireSetting, setting, type EnvSource } from '../../contracts/env.ts';
import type { Caller } from '../../contracts/roles.ts';
import { ApiError } from './api-error.ts';

/** Cognito and the local issuer sign with it; anything else, `none` above all, is refused. */
const algorithm = 'RS256';
const clockToleranceSeconds = 5;
const maxTokenLength = 8192;
/** A signature is checked again after this long: so much longer a key may count after its issuer has withdrawn it. */
const rememberedForMs = 60_000;
const mostRemembered = 1_000;

export interface TokenRules {
  readonly issuer: string;
  /** Absent: asked of the issuer, by OIDC discovery. */
  readonly jwksUri?: string;
  readonly clientIds: readonly string[];
}

export interface TokenVerifier {
  /**
   * @returns who the bearer of an access token is
   * @throws ApiError `not_authenticated`, or `unavailable` when the issuer's keys can't be read
   */
  verify(token: string): Promise<Caller>;
}

export function tokenRulesFrom(env: EnvSource = process.env): TokenRules {
  const jwksUri = setting('jwksUri', env);
  return {
    issuer: requireSetting('issuer', env).replace(/\/$/, ''),
    clientIds: setting('clientIds', env)
      .split(',')
      .map((id) => id.trim())
      .filter((id) => id !== ''),
    ...(jwksUri === undefined ? {} : { jwksUri }),
  };
}

/**
 * Verifies access tokens by the issuer's public keys, which are kept and read again when a token names an unknown one.
 * Whom a token was found to name is remembered for a minute, never past its end.
 * @param getKey for tests; else the keys are fetched
 */
export function createTokenVerifier(rules: TokenRules, getKey?: JWTVerifyGetKey): TokenVerifier {
  const keys = getKey === undefined ? remoteKeys(rules) : (): Promise<JWTVerifyGetKey> => Promise.resolve(getKey);
  const remembered = new Map<string, { readonly caller: Caller; readonly untilMs: number }>();
  const remember = (token: string, caller: Caller, expiresAtMs: number): void => {
    const nowMs = Date.now();
    if (remembered.size >= mostRemembered) {
      for (const [each, { untilMs }] of remembered) if (untilMs <= nowMs) remembered.delete(each);
      if (remembered.size >= mostRemembered) remembered.clear();
    }
    remembered.set(token, { caller, untilMs: Math.min(nowMs + rememberedForMs, expiresAtMs) });
  };
  return {
    verify: async (token) => {
      if (token.length > maxTokenLength) throw refused('is too long');
      const known = remembered.get(token);
      if (known !== undefined && known.untilMs > Date.now()) return known.caller;
      const isMarked = hasAccessType(token);
      const claims = await claimsOf(token, await keys(), rules);
      // An ID token says who signed in to a client, not that this API may be called.
      if (claims.token_use !== 'access' && !(claims.token_use === undefined && isMarked))
        throw refused('is not an access token');
      if (typeof claims.client_id !== 'string' || !rules.clientIds.includes(claims.client_id)) {
        throw refused('was made for another client');
      }
      const caller = callerOf(claims);
      if (caller === null) throw refused('names nobody');
      remember(token, caller, Number(claims['exp']) * 1000);
      return caller;
    },
  };
}

function refused(why: string): ApiError {
  return new ApiError('not_authenticated', { detail: `The access token ${why}.` });
}

/** RFC 9068 marks access tokens by their type; Cognito marks them by the claim `token_use` instead. */
function hasAccessType(token: string): boolean {
  try {
    const { typ } = decodeProtectedHeader(token);
    return typ !== undefined && /^(application\/)?at\+jwt$/i.test(typ);
  } catch {
    throw refused('is malformed');
  }
}

async function claimsOf(token: string, getKey: JWTVerifyGetKey, rules: TokenRules): Promise<Record<string, unknown>> {
  try {
    const { payload } = await jwtVerify(token, getKey, {
      issuer: [rules.issuer, `${rules.issuer}/`],
      algorithms: [algorithm],
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['exp', 'sub'],
    });
    return payload;
  } catch (error) {
    if (error instanceof joseErrors.JWTExpired) throw refused('has expired');
    if (error instanceof joseErrors.JWTClaimValidationFailed) throw refused(`has a wrong ${error.claim}`);
    if (error instanceof joseErrors.JWKSTimeout || !isJoseError(error) || error.code === 'ERR_JOSE_GENERIC') {
      throw new ApiError('unavailable', { detail: "The issuer's keys cannot be read.", retryAfterSeconds: 2 });
    }
    throw refused('is not valid');
  }
}

function isJoseError(error: unknown): error is InstanceType<typeof joseErrors.JOSEError> {
  return error instanceof joseErrors.JOSEError;
}

const discovery = z.object({ jwks_uri: z.url() });

/** Finds the issuer's keys once; a failure is tried again at the next request. */
function remoteKeys(rules: TokenRules): () => Promise<JWTVerifyGetKey> {
  let found: Promise<JWTVerifyGetKey> | undefined;
  const find = async (): Promise<JWTVerifyGetKey> => {
    const uri = rules.jwksUri ?? (await discover(rules.issuer));
    return createRemoteJWKSet(new URL(uri), { timeoutDuration: 3000, cooldownDuration: 10_000, cacheMaxAge: 600_000 });
  };
  return async () => {
    found ??= find();
    try {
      return await found;
    } catch {
      found = undefined;
      throw new ApiError('unavailable', { detail: 'The issuer cannot be reached.', retryAfterSeconds: 2 });
    }
  };
}

async function discover(issuer: string): Promise<string> {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(3000) });
  if (!response.ok) throw new Error(`the issuer answered ${response.status}`);
  return discovery.parse(await response.json()).jwks_uri;
}
