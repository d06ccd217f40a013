import { join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose';
import * as z from 'zod';
import { readJsonFile, writeWhole } from '../data-folder.ts';

export const signingAlgorithm = 'RS256';

const jwkSchema = z.looseObject({
  kty: z.literal('RSA'),
  kid: z.string(),
  n: z.string(),
  e: z.string(),
  d: z.string(),
});
export type SigningKey = z.infer<typeof jwkSchema>;

/** The signing key of a data folder: kept, so that tokens outlive a restart. */
export async function signingKey(folder: string): Promise<SigningKey> {
  const path = join(folder, 'signing-key.json');
  const known = readJsonFile(path, jwkSchema);
  if (known) return known;
  const pair = await generateKeyPair(signingAlgorithm, { extractable: true, modulusLength: 2048 });
  const jwk: JWK = await exportJWK(pair.privateKey);
  const key = jwkSchema.parse({ ...jwk, kid: crypto.randomUUID(), alg: signingAlgorithm, use: 'sig' });
  writeWhole(path, JSON.stringify(key), 0o600);
  return key;
}

/** Signs claims as the issuer does for its access tokens. */
export async function sign(key: SigningKey, claims: Record<string, unknown>): Promise<string> {
  const privateKey = await importJWK(key, signingAlgorithm);
  return new SignJWT(claims).setProtectedHeader({ alg: signingAlgorithm, kid: key.kid }).sign(privateKey);
}
