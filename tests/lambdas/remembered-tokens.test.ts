import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { generateKeyPair, SignJWT } from 'jose';
import { createTokenVerifier } from '../../lambdas/http/access-tokens.ts';
import { clientId, issuer } from './support/tokens.ts';

const realTimers = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

async function harness(secondsValid: number) {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const stranger = await generateKeyPair('RS256');
  const startMs = Date.now();
  // Of all that tells the time only the date is set by hand.
  jest.useFakeTimers({ now: startMs, doNotFake: [...realTimers] });
  let isWithdrawn = false;
  let checks = 0;
  const verifier = createTokenVerifier({ issuer, clientIds: [clientId] }, async () => {
    checks += 1;
    return isWithdrawn ? stranger.publicKey : publicKey;
  });
  const seconds = Math.floor(startMs / 1000);
  const token = await new SignJWT({ client_id: clientId, token_use: 'access' })
    .setProtectedHeader({ alg: 'RS256' })
    .setSubject('dana')
    .setIssuer(issuer)
    .setExpirationTime(seconds + secondsValid)
    .sign(privateKey);
  return {
    verifier,
    token,
    /** The same words, signed by nobody. */
    forged: `${token.slice(0, -8)}AAAAAAAA`,
    checks: () => checks,
    later: (ms: number) => {
      jest.setSystemTime(startMs + ms);
    },
    withdraw: () => {
      isWithdrawn = true;
    },
  };
}

afterEach(() => {
  jest.useRealTimers();
});

describe('a token that was found good', () => {
  it('is not checked again within a minute, and is then', async () => {
    const { verifier, token, checks, later } = await harness(600);
    for (const atMs of [0, 30_000, 59_999]) {
      later(atMs);
      expect((await verifier.verify(token)).id).toBe('dana');
    }
    expect(checks()).toBe(1);
    later(60_000);
    await verifier.verify(token);
    expect(checks()).toBe(2);
  });

  it('counts no longer once its key is withdrawn and the minute is over', async () => {
    const { verifier, token, later, withdraw } = await harness(600);
    await verifier.verify(token);
    withdraw();
    later(60_001);
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'not_authenticated' });
  });

  it('ends when it says, within the minute too', async () => {
    const { verifier, token, later } = await harness(20);
    await verifier.verify(token);
    later(30_000);
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'not_authenticated' });
  });

  it('vouches for no other, however alike, and a refusal is not remembered as anything', async () => {
    const { verifier, token, forged, checks } = await harness(600);
    await verifier.verify(token);
    for (let again = 0; again < 2; again += 1) {
      await expect(verifier.verify(forged)).rejects.toMatchObject({ code: 'not_authenticated' });
    }
    expect(checks()).toBe(3);
  });

  it('is forgotten before the memory grows beyond its bound', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    let checks = 0;
    const verifier = createTokenVerifier({ issuer, clientIds: [clientId] }, async () => {
      checks += 1;
      return publicKey;
    });
    const exp = Math.floor(Date.now() / 1000) + 600;
    const tokens = await Promise.all(
      Array.from({ length: 1_001 }, (_, index) =>
        new SignJWT({ client_id: clientId, token_use: 'access' })
          .setProtectedHeader({ alg: 'RS256' })
          .setSubject(`u${index}`)
          .setIssuer(issuer)
          .setExpirationTime(exp)
          .sign(privateKey),
      ),
    );
    for (const token of tokens) await verifier.verify(token);
    const [first = ''] = tokens;
    expect((await verifier.verify(first)).id).toBe('u0');
    expect(checks).toBe(1_002);
  });
});
