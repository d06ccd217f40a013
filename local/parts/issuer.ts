/** The OIDC issuer of the local stack: sign-in for the demo people, and tokens for scripts that know its secret. */
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { integerSetting, requireSetting } from '../../contracts/env.ts';
import { places, secretsOf } from '../data-folder.ts';
import { clientIds, controlPaths } from '../names.ts';
import { accessClaims, accessTokenSeconds, apiScope } from '../issuer/access-token.ts';
import { sign, signingKey } from '../issuer/keys.ts';
import { messagePage, signInPage, style } from '../issuer/pages.ts';
import { demoPeople, findPerson } from '../issuer/people.ts';
import { withDelay } from './delay.ts';
import { runPart, type Part } from './part.ts';

const largestBodyBytes = 16_384;

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > largestBodyBytes) throw new Error('the body is too large');
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function isSameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

const tokenRequest = z.object({
  /** Id of a person, or a role: then the first person who has it. */
  who: z.string(),
  clientId: z.string().default(clientIds.cli),
  expiresInSeconds: z
    .number()
    .int()
    .min(-86_400)
    .max(30 * 86_400)
    .default(accessTokenSeconds),
});

function pageHeaders(): Record<string, string> {
  const hash = createHash('sha256').update(style).digest('base64');
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    // No form-action: the answer to the form redirects to the console, and browsers count that as its target.
    'content-security-policy': `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  };
}

async function start(): Promise<Part> {
  const port = Number(requireSetting('issuerPort'));
  const dataDir = requireSetting('dataDir');
  const issuer = requireSetting('issuer');
  const gatewayPort = integerSetting('port');
  const secrets = secretsOf(dataDir);
  const key = await signingKey(places(dataDir).issuer);
  const people = demoPeople();
  const { createProvider } = await import('../issuer/provider.ts');
  const consoleOrigins = ['127.0.0.1', 'localhost'].flatMap((host) => [
    `http://${host}:${gatewayPort}`,
    `http://${host}:5173`,
  ]);
  const { provider, store } = createProvider({
    issuer,
    port,
    folder: places(dataDir).issuer,
    key,
    people,
    cookieSecret: secrets.cookies,
    consoleOrigins,
  });
  const handleProtocol = provider.callback();

  const giveToken = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!isSameSecret(given, secrets.token)) {
      response.writeHead(401).end();
      return;
    }
    const parsed = tokenRequest.safeParse(JSON.parse(await readBody(request)));
    const person = parsed.success ? findPerson(people, parsed.data.who) : undefined;
    if (!parsed.success || !person) {
      response
        .writeHead(404, { 'content-type': 'application/json' })
        .end(JSON.stringify({ people: people.map(({ id, role }) => ({ id, role })) }));
      return;
    }
    const issuedAtSeconds = Math.floor(Date.now() / 1_000);
    const expiresAtSeconds = issuedAtSeconds + parsed.data.expiresInSeconds;
    const claims = accessClaims(person, {
      issuer,
      clientId: parsed.data.clientId,
      scope: apiScope,
      jti: randomUUID(),
      issuedAtSeconds,
      expiresAtSeconds,
      signedInAtSeconds: issuedAtSeconds,
    });
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(
      JSON.stringify({
        access_token: await sign(key, claims),
        token_type: 'Bearer',
        expires_in: parsed.data.expiresInSeconds,
        person: person.id,
        role: person.role,
      }),
    );
  };

  const signIn = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'POST') {
      const id = new URLSearchParams(await readBody(request)).get('person') ?? '';
      const person = people.find((candidate) => candidate.id === id);
      if (person) {
        await provider.interactionFinished(
          request,
          response,
          { login: { accountId: person.id } },
          { mergeWithLastSubmission: false },
        );
        return;
      }
    }
    await provider.interactionDetails(request, response);
    response.writeHead(200, pageHeaders()).end(signInPage(people, request.url ?? ''));
  };

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const answer = (work: Promise<void>): void => {
      work.catch(() => {
        if (!response.headersSent) response.writeHead(400, pageHeaders());
        response.end(
          messagePage(
            'Start again',
            'This sign-in has run out or was begun elsewhere: go back to the console and sign in again.',
          ),
        );
      });
    };
    const path = request.url ?? '/';
    if (path === controlPaths.token && request.method === 'POST') answer(giveToken(request, response));
    else if (path.startsWith('/sign-in/')) answer(signIn(request, response));
    else void handleProtocol(request, response);
  };

  return { server: createServer(withDelay(handle)), port, close: async () => store.flush() };
}

runPart(start);
