import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as z from 'zod';
import { callerOf } from '../../contracts/claims.ts';
import { roles } from '../../contracts/roles.ts';
import { startTemporaryStack, type TemporaryStack } from '../../local/temporary-stack.ts';

const discoverySchema = z.object({
  jwks_uri: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  end_session_endpoint: z.string(),
});
const tokensSchema = z.object({ access_token: z.string(), id_token: z.string() });

/** A browser as far as a sign-in needs one: it keeps cookies and follows no redirect by itself. */
class Browser {
  private readonly cookies = new Map<string, string>();

  async go(url: string, form?: Record<string, string>): Promise<Response> {
    const response = await fetch(url, {
      redirect: 'manual',
      method: form ? 'POST' : 'GET',
      headers: { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { body: new URLSearchParams(form) } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const [name = '', ...value] = pair.split('=');
      this.cookies.set(name, value.join('='));
    }
    return response;
  }

  /** Follows redirects until a page, or an address outside the issuer. */
  async follow(start: Response, issuer: string): Promise<{ readonly response: Response; readonly url: string }> {
    let response = start;
    let url = start.url;
    for (let hop = 0; hop < 10 && response.status >= 300 && response.status < 400; hop += 1) {
      url = new URL(response.headers.get('location') ?? '', url).href;
      if (!url.startsWith(issuer)) break;
      response = await this.go(url);
    }
    return { response, url };
  }
}

describe('the local issuer', () => {
  let stack: TemporaryStack;
  let issuer: string;
  let discovery: z.infer<typeof discoverySchema>;

  beforeAll(async () => {
    stack = await startTemporaryStack({ parts: ['issuer', 'gateway'], policies: false });
    issuer = stack.addresses.issuer;
    discovery = discoverySchema.parse(await (await fetch(`${issuer}/.well-known/openid-configuration`)).json());
  }, 60_000);

  afterAll(() => stack.dispose());

  async function verified(token: string): Promise<Record<string, unknown>> {
    const keys = createRemoteJWKSet(new URL(discovery.jwks_uri));
    return (await jwtVerify(token, keys, { issuer, algorithms: ['RS256'] })).payload;
  }

  test.each(roles)(
    'gives a token for the role %s, in the form of Cognito, that its public keys verify',
    async (role) => {
      const { accessToken, person } = await stack.token(role);
      const claims = await verified(accessToken);
      expect(claims).toMatchObject({
        sub: person,
        username: person,
        token_use: 'access',
        client_id: 'tierline-cli',
        iss: issuer,
      });
      expect(claims).not.toHaveProperty('aud');
      expect(claims['cognito:groups']).toContain(role);
      expect(callerOf(claims)).toMatchObject({ id: person, roles: [role] });
    },
  );

  test('says which accounts an account manager has', async () => {
    const { accessToken } = await stack.token('mina');
    expect(callerOf(await verified(accessToken))?.accounts).toEqual(['northwind', 'bluefin', 'harbour']);
  });

  test('names the roles there are when it does not know one', async () => {
    await expect(stack.token('emperor')).rejects.toThrow(/There is no role or person emperor\. Roles: .*responder/);
  });

  test('gives no token without its secret', async () => {
    const response = await fetch(`${issuer}/_tierline/token`, {
      method: 'POST',
      headers: { authorization: 'Bearer guess' },
      body: '{"who":"leader"}',
    });
    expect(response.status).toBe(401);
  });

  async function begin(
    browser: Browser,
    challenge?: string,
  ): Promise<{ readonly response: Response; readonly url: string }> {
    const query = new URLSearchParams({
      client_id: 'tierline-console',
      response_type: 'code',
      scope: 'openid profile email',
      redirect_uri: `${stack.addresses.console}/callback`,
      state: 'some-state',
      ...(challenge === undefined ? {} : { code_challenge: challenge, code_challenge_method: 'S256' }),
    });
    return browser.follow(await browser.go(`${discovery.authorization_endpoint}?${query.toString()}`), issuer);
  }

  async function exchange(code: string, verifier: string): Promise<Response> {
    return fetch(discovery.token_endpoint, {
      method: 'POST',
      headers: { origin: stack.addresses.console },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: 'tierline-console',
        code,
        code_verifier: verifier,
        redirect_uri: `${stack.addresses.console}/callback`,
      }),
    });
  }

  test('signs a person in to the console by code and PKCE, and a second time without a question', async () => {
    const browser = new Browser();
    const verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(verifier).digest('base64url');

    const asked = await begin(browser, challenge);
    expect(asked.response.status).toBe(200);
    expect(await asked.response.text()).toContain('Dana Lim');
    const signedIn = await browser.follow(await browser.go(asked.url, { person: 'dana' }), issuer);
    const back = new URL(signedIn.url);
    expect(`${back.origin}${back.pathname}`).toBe(`${stack.addresses.console}/callback`);
    expect(back.searchParams.get('state')).toBe('some-state');

    const answer = await exchange(back.searchParams.get('code') ?? '', verifier);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe(stack.addresses.console);
    const tokens = tokensSchema.parse(await answer.json());
    expect(await verified(tokens.access_token)).toMatchObject({
      username: 'dana',
      client_id: 'tierline-console',
      token_use: 'access',
    });
    expect(await verified(tokens.id_token)).toMatchObject({ sub: 'dana', name: 'Dana Lim', aud: 'tierline-console' });

    // The issuer remembers them, even when it was killed in between.
    await stack.kill('issuer');
    await stack.ready();
    const again = await begin(browser, challenge);
    expect(new URL(again.url).searchParams.get('code')).toBeTruthy();
  });

  test('takes no code without the verifier that it was asked for with', async () => {
    const browser = new Browser();
    const asked = await begin(browser, createHash('sha256').update('right').digest('base64url'));
    const signedIn = await browser.follow(await browser.go(asked.url, { person: 'dana' }), issuer);
    const answer = await exchange(
      new URL(signedIn.url).searchParams.get('code') ?? '',
      randomBytes(32).toString('base64url'),
    );
    expect(answer.status).toBe(400);
  });

  test('starts no sign-in without PKCE', async () => {
    const refused = await begin(new Browser());
    expect(new URL(refused.url).searchParams.get('error')).toBe('invalid_request');
  });

  test('its tokens open the API, and those of another issuer do not', async () => {
    const { accessToken } = await stack.token('responder');
    const ask = async (token: string): Promise<number> =>
      (await fetch(`${stack.addresses.api}/policies`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await ask(`${accessToken.slice(0, -4)}AAAA`)).toBe(401);
    expect(await ask((await stack.token('responder', -60)).accessToken)).toBe(401);
    // There is no table in this stack: past the gateway and the handler's own check, that is what it meets.
    expect(await ask(accessToken)).not.toBe(401);
  });
});
