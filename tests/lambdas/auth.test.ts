import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';

import { groupsClaim } from '../../contracts/claims.ts';
import { keyCacheMs } from '../../lambdas/http/integration-keys.ts';
import { file, filing, startApi, textOf, type TestApi } from './support/api.ts';
import { clientId, issuer } from './support/tokens.ts';

let api: TestApi;
let office: string;
beforeAll(async () => {
  api = await startApi();
  office = await api.tokens.of('nora', 'programme_manager');
});
afterAll(() => api.close());

async function statusOf(token: string | undefined): Promise<number> {
  return (await api.call('GET', '/v1/me', token === undefined ? {} : { token })).status;
}

describe('access tokens', () => {
  it('say who the caller is, and nothing else does', async () => {
    const token = await api.tokens.of('dana', 'responder', 'team:escalation-desk');
    const me = await api.call('GET', '/v1/me', {
      token,
      headers: { 'x-user': 'boss', 'x-amzn-oidc-identity': 'boss', cookie: 'user=boss' },
    });
    expect(me.body).toMatchObject({ id: 'dana', roles: ['responder'], team: 'escalation-desk', accounts: null });
  });

  it('are taken in the form of the local issuer and in that of Cognito', async () => {
    expect(await statusOf(await api.tokens.sign())).toBe(200);
    expect(await statusOf(await api.tokens.sign({ token_use: undefined }, { typ: 'at+jwt' }))).toBe(200);
    const cognito = await api.tokens.sign({ sub: 'a1b2', username: 'mei', origin_jti: 'x', version: 2 });
    expect((await api.get('/v1/me', cognito)).body['id']).toBe('mei');
  });

  it('are refused when anything about them is wrong', async () => {
    const past = Math.floor(Date.now() / 1000) - 60;
    const wrong = [
      api.tokens.sign({ exp: past }),
      api.tokens.sign({ exp: undefined }),
      api.tokens.sign({ nbf: past + 600 }),
      api.tokens.sign({ iss: 'https://elsewhere.test' }),
      api.tokens.sign({ iss: undefined }),
      api.tokens.sign({ client_id: 'another-app' }),
      api.tokens.sign({ client_id: undefined, aud: clientId }),
      api.tokens.sign({ token_use: 'id' }),
      api.tokens.sign({ token_use: undefined }),
      api.tokens.sign({ token_use: 'id' }, { typ: 'at+jwt' }),
      api.tokens.sign({ sub: undefined }),
      api.tokens.sign({ sub: 'not an id' }),
    ];
    for (const token of await Promise.all(wrong)) expect(await statusOf(token)).toBe(401);
  });

  it('are refused when another key, another algorithm or none signed them', async () => {
    const claims = { sub: 'dana', client_id: clientId, token_use: 'access', [groupsClaim]: ['responder'] };
    const strange = await generateKeyPair('RS256');
    const elliptic = await generateKeyPair('ES256');
    const forged = await Promise.all([
      new SignJWT(claims)
        .setIssuer(issuer)
        .setExpirationTime('5m')
        .setProtectedHeader({ alg: 'RS256' })
        .sign(strange.privateKey),
      new SignJWT(claims)
        .setIssuer(issuer)
        .setExpirationTime('5m')
        .setProtectedHeader({ alg: 'ES256' })
        .sign(elliptic.privateKey),
      new SignJWT(claims)
        .setIssuer(issuer)
        .setExpirationTime('5m')
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode('the public key, taken for a secret of 32 bytes')),
    ]);
    const unsigned = new UnsecuredJWT(claims).setIssuer(issuer).setExpirationTime('5m').encode();
    for (const token of [...forged, unsigned]) expect(await statusOf(token)).toBe(401);
  });

  it.each([[undefined], [''], ['nonsense'], ['a.b.c'], ['a.b'], [`${'a'.repeat(9000)}.b.c`]])(
    '%# is no token',
    async (token) => {
      const answer = await api.call('GET', '/v1/me', {
        ...(token === undefined ? {} : { token }),
        sourceIp: `ip-${String(token).length}`,
      });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    },
  );

  it('are slowed down from an address that keeps failing', async () => {
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 80; attempt += 1) {
      statuses.push((await api.call('GET', '/v1/me', { token: 'no.such.token', sourceIp: '198.51.100.7' })).status);
    }
    expect(statuses[0]).toBe(401);
    expect(statuses.at(-1)).toBe(429);
    expect((await api.call('GET', '/v1/me', { token: await api.tokens.sign(), sourceIp: '198.51.100.7' })).status).toBe(
      200,
    );
  });
});

async function newKey(source: string): Promise<{ id: string; token: string }> {
  const made = await api.post('/v1/integration-keys', office, { source, label: 'for tests' });
  expect(made.status).toBe(201);
  return { id: textOf(made, 'id'), token: textOf(made, 'token') };
}

describe('integration keys', () => {
  it('let a machine in as their source, and show their secret once', async () => {
    const key = await newKey('zabbix');
    const made = await api.post('/v1/escalations', key.token, filing);
    expect(made.body).toMatchObject({ source: 'zabbix', reportedBy: key.id });
    const listed = await api.get('/v1/integration-keys', office);
    expect(listed.text).toContain(key.id);
    expect(listed.text).not.toContain(key.token.slice(-43));
    expect(listed.text).not.toMatch(/hash/i);
  });

  it('are kept as a hash only', async () => {
    const key = await newKey('hashed');
    expect(JSON.stringify(await (await import('../../store/api-keys.ts')).listApiKeys(api.store))).not.toContain(
      key.token.slice(-43),
    );
    expect(api.log.join('\n')).not.toContain(key.token.slice(-43));
  });

  it('see what came through their source and nothing else', async () => {
    const [mine, theirs] = [await newKey('probe-a'), await newKey('probe-b')];
    const path = await file(api, mine.token);
    expect((await api.get(path, mine.token)).status).toBe(200);
    expect((await api.get(path, theirs.token)).status).toBe(404);
    expect((await api.post(`${path}/note`, theirs.token, { text: 'x' })).status).toBe(404);
    expect((await api.get('/v1/escalations', mine.token)).status).toBe(403);
  });

  it('with a wrong secret, or of no key, are refused alike', async () => {
    const key = await newKey('guessed');
    const wrong = `${key.token.slice(0, -4)}AAAA`;
    const none = key.token.replace(key.id, `key_${'0'.repeat(26)}`);
    const [a, b] = [await api.get('/v1/me', wrong), await api.get('/v1/me', none)];
    expect([a.status, b.status]).toEqual([401, 401]);
    expect(a.text).toBe(b.text);
    for (const broken of ['tlk_', `tlk_${key.id}`, `tlk_${key.id}_`, `tlk_${key.id}_short`, `${key.token}x`]) {
      expect((await api.get('/v1/me', broken)).status).toBe(401);
    }
  });

  it('stop within seconds of being revoked, for good', async () => {
    const key = await newKey('revoked');
    expect((await api.get('/v1/me', key.token)).status).toBe(200);
    const revoked = await api.call('DELETE', `/v1/integration-keys/${key.id}`, { token: office });
    expect(revoked.body).toMatchObject({ id: key.id, revokedAt: expect.any(String) });
    api.clock.nowMs += keyCacheMs;
    expect((await api.get('/v1/me', key.token)).status).toBe(401);
    const again = await api.call('DELETE', `/v1/integration-keys/${key.id}`, { token: office });
    expect(again.body['revokedAt']).toBe(revoked.body['revokedAt']);
  });

  it('are made, listed and revoked by programme managers alone', async () => {
    const key = await newKey('guarded');
    for (const role of ['responder', 'account_manager', 'leader', 'integration']) {
      const token = await api.tokens.of('x', role);
      expect((await api.post('/v1/integration-keys', token, { source: 'mine', label: 'x' })).status).toBe(403);
      expect((await api.get('/v1/integration-keys', token)).status).toBe(403);
      expect((await api.call('DELETE', `/v1/integration-keys/${key.id}`, { token })).status).toBe(403);
    }
    expect((await api.post('/v1/integration-keys', key.token, { source: 'mine', label: 'x' })).status).toBe(403);
  });

  it('can take neither the name of the API nor one that is no name', async () => {
    for (const source of ['api', 'A', 'x y', '', '-', 'ä']) {
      expect((await api.post('/v1/integration-keys', office, { source, label: 'x' })).status).toBe(400);
    }
    expect((await api.call('DELETE', `/v1/integration-keys/key_${'0'.repeat(26)}`, { token: office })).status).toBe(
      404,
    );
  });
});
