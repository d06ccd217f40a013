import { randomBytes, timingSafeEqual } from 'node:crypto';

import { sha256 } from '../../contracts/ids.ts';
import type { Caller } from '../../contracts/roles.ts';
import { ApiError } from './api-error.ts';

/** What is kept of an integration key: nothing that lets anyone in. */
export interface KeyRecord {
  readonly id: string;
  /** SHA-256 in hex of a secret of 256 random bits: nothing to guess, so nothing slower is needed. */
  readonly secretHash: string;
  readonly source: string;
  readonly revokedAtMs: number | null;
}

export type FindKey = (keyId: string) => Promise<KeyRecord | null>;

export interface KeyVerifier {
  /** @throws ApiError `not_authenticated` */
  verify(token: string, nowMs: number): Promise<Caller>;
}

/** How long a key is taken from memory: so long may a revoked one still work. */
export const keyCacheMs = 5000;
const cachedKeys = 1000;

const tokenPattern = /^tlk_(key_[0-9A-HJKMNP-TV-Z]{26})_([\w-]{43})$/;

export function isKeyToken(token: string): boolean {
  return token.startsWith('tlk_');
}

/** A new secret and the bearer token that carries it. */
export function newKeyToken(keyId: string): { readonly token: string; readonly secretHash: string } {
  const secret = randomBytes(32).toString('base64url');
  return { token: `tlk_${keyId}_${secret}`, secretHash: sha256(secret) };
}

const refused = (): ApiError => new ApiError('not_authenticated', { detail: 'The integration key is not valid.' });

export function createKeyVerifier(findKey: FindKey): KeyVerifier {
  const cache = new Map<string, { readonly record: KeyRecord | null; readonly atMs: number }>();
  const find = async (keyId: string, nowMs: number): Promise<KeyRecord | null> => {
    const cached = cache.get(keyId);
    if (cached !== undefined && nowMs - cached.atMs < keyCacheMs) return cached.record;
    const record = await findKey(keyId);
    if (cache.size >= cachedKeys) cache.clear();
    cache.set(keyId, { record, atMs: nowMs });
    return record;
  };
  return {
    verify: async (token, nowMs) => {
      const [, keyId, secret] = tokenPattern.exec(token) ?? [];
      if (keyId === undefined || secret === undefined) throw refused();
      const record = await find(keyId, nowMs);
      // Compared even where there is no such key, so that the time taken tells nothing.
      const matches = sameHash(sha256(secret), record?.secretHash ?? sha256(''));
      if (record === null || !matches || record.revokedAtMs !== null) throw refused();
      return { id: record.id, roles: ['integration'], accounts: [], team: null, source: record.source };
    },
  };
}

function sameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, 'hex'), Buffer.from(b, 'hex')];
  return left.length === right.length && timingSafeEqual(left, right);
}
