import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer, request, type Server } from 'node:http';
import * as z from 'zod';
import { createGateway, type GatewayRoute } from '../../local/gateway/server.ts';
import type { Invocation } from '../../local/gateway/lambda-runner.ts';
import { securityHeaders } from '../../contracts/security-headers.ts';
import { StaticFiles } from '../../local/gateway/static-files.ts';

const routes: readonly GatewayRoute[] = [
  { method: 'POST', path: '/v1/things/{id}/notes', auth: 'public', lambda: 'command', timeoutSeconds: 1 },
  { method: 'GET', path: '/v1/things/{id}', auth: 'public', lambda: 'query', timeoutSeconds: 1 },
  { method: 'GET', path: '/v1/things/special', auth: 'public', lambda: 'query', timeoutSeconds: 1 },
  { method: 'GET', path: '/v1/guarded', auth: 'jwt', lambda: 'query', timeoutSeconds: 1 },
];

let events: object[] = [];
let answer: () => Promise<Invocation> = async () => answered({ statusCode: 200, body: 'ok' });

function answered(result: unknown): Invocation {
  return { kind: 'answered', result };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function preflight(base: string, origin: string): Promise<Response> {
  return fetch(`${base}/v1/things/7/notes`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST' },
  });
}

function postText(base: string, bytes: number): Promise<Response> {
  const headers = { 'content-type': 'text/plain' };
  return fetch(`${base}/v1/things/7/notes`, { method: 'POST', headers, body: 'x'.repeat(bytes) });
}

describe('the gateway turns HTTP into API Gateway HTTP API events', () => {
  let server: Server;
  let base: string;

  beforeAll(async () => {
    const files = new StaticFiles('/nowhere', securityHeaders('http://127.0.0.1:1'));
    server = createServer(
      createGateway({
        routes,
        invoke: async (_lambda, event) => {
          events.push(event);
          return answer();
        },
        authorize: async (header) =>
          header === 'Bearer good'
            ? {
                kind: 'authorized',
                authorization: { claims: { sub: 'dana', 'cognito:groups': ['responder', 'team:desk'], exp: 12 } },
              }
            : { kind: 'refused' },
        serveOther: (req, res, path) => files.serve(req, res, path),
        corsOrigins: ['https://desk.example'],
        onFailure: () => undefined,
      }),
    );
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve());
    });
    base = `http://127.0.0.1:${portOf(server)}`;
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  async function eventOf(path: string, init: RequestInit = {}): Promise<Record<string, unknown>> {
    events = [];
    await fetch(`${base}${path}`, init);
    return z.record(z.string(), z.unknown()).parse(events[0]);
  }

  test('a whole request has the form that AWS documents', async () => {
    const event = await eventOf('/v1/things/a%20b/notes?x=1&x=2&y=caf%C3%A9', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        cookie: 'one=1; two=2',
        'User-Agent': 'test-agent',
        'X-Many': 'a',
      },
      body: '{"text":"é"}',
    });
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'POST /v1/things/{id}/notes',
      rawPath: '/v1/things/a b/notes',
      rawQueryString: 'x=1&x=2&y=caf%C3%A9',
      cookies: ['one=1', 'two=2'],
      headers: expect.objectContaining({
        'content-type': 'application/json',
        'user-agent': 'test-agent',
        'x-many': 'a',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'http',
      }),
      queryStringParameters: { x: '1,2', y: 'café' },
      pathParameters: { id: 'a b' },
      requestContext: {
        accountId: expect.stringMatching(/^\d{12}$/),
        apiId: expect.any(String),
        domainName: expect.any(String),
        domainPrefix: expect.any(String),
        http: {
          method: 'POST',
          path: '/v1/things/a b/notes',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test-agent',
        },
        requestId: expect.any(String),
        routeKey: 'POST /v1/things/{id}/notes',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      body: '{"text":"é"}',
      isBase64Encoded: false,
    });
    expect(event['headers']).not.toHaveProperty('cookie');
  });

  test('what is absent in a request is absent in its event', async () => {
    const event = await eventOf('/v1/things/7');
    for (const key of ['body', 'cookies', 'queryStringParameters', 'stageVariables'])
      expect(event).not.toHaveProperty(key);
    expect(event).toMatchObject({ rawQueryString: '', isBase64Encoded: false });
  });

  test('a header that comes twice is one, joined with a comma', async () => {
    events = [];
    await new Promise<void>((resolve, reject) => {
      const req = request(`${base}/v1/things/7`, { headers: { 'x-twice': ['a', 'b'] } }, (res) =>
        res.resume().once('end', () => resolve()),
      );
      req.once('error', reject).end();
    });
    expect(events[0]).toMatchObject({ headers: { 'x-twice': 'a,b' } });
  });

  test.each([
    ['a form', 'application/x-www-form-urlencoded', Buffer.from('a=1')],
    ['bytes', 'application/octet-stream', Buffer.from([0, 255])],
    ['JSON that is no UTF-8', 'application/json', Buffer.from([0x22, 0xff, 0x22])],
  ])('%s travels as base64', async (_name, type, body) => {
    const event = await eventOf('/v1/things/7/notes', { method: 'POST', headers: { 'content-type': type }, body });
    expect(event).toMatchObject({ isBase64Encoded: true, body: body.toString('base64') });
  });

  test('claims are handed on as text, lists in brackets', async () => {
    const event = await eventOf('/v1/guarded', { headers: { authorization: 'Bearer good' } });
    expect(event['requestContext']).toMatchObject({
      authorizer: {
        jwt: { claims: { sub: 'dana', 'cognito:groups': '[responder team:desk]', exp: '12' }, scopes: [] },
      },
    });
  });

  test('a route with a token is not called without a valid one', async () => {
    events = [];
    const response = await fetch(`${base}/v1/guarded`, { headers: { authorization: 'Bearer bad' } });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toMatchObject({ status: 401, code: 'not_authenticated', message: 'Unauthorized' });
    expect(events).toEqual([]);
  });

  test('a fixed segment wins over a parameter', async () => {
    expect(await eventOf('/v1/things/special')).toMatchObject({ routeKey: 'GET /v1/things/special' });
  });

  test.each([
    ['GET', '/v1/nothing', 404],
    ['GET', '/v1/things//notes', 404],
    ['DELETE', '/v1/things/7', 405],
    ['GET', '/v1/things/%zz', 400],
  ])('%s %s answers %d', async (method, path, status) => {
    const response = await fetch(`${base}${path}`, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  test('the answer of a Lambda is given with its status, headers and cookies', async () => {
    answer = async () =>
      answered({
        statusCode: 201,
        headers: { Location: '/v1/things/8', 'x-number': 5 },
        cookies: ['a=1; Path=/', 'b=2'],
        body: Buffer.from([1, 2]).toString('base64'),
        isBase64Encoded: true,
      });
    const response = await fetch(`${base}/v1/things/7`);
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe('/v1/things/8');
    expect(response.headers.get('x-number')).toBe('5');
    expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2']);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from([1, 2]));
  });

  test.each([
    ['text', 'Größe ✓', false],
    ['bytes', Buffer.from('Größe ✓').toString('base64'), true],
  ])('a header with letters beyond ASCII has one byte for each, beside a body of %s', async (_kind, body, isBase64) => {
    answer = async () => answered({ statusCode: 200, headers: { 'x-name': 'café' }, body, isBase64Encoded: isBase64 });
    const response = await fetch(`${base}/v1/things/7`);
    // Of a client that reads each byte as a character.
    expect(response.headers.get('x-name')).toBe('café');
    expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength('Größe ✓')));
    expect(await response.text()).toBe('Größe ✓');
  });

  test('an answer without a status is the body of a 200', async () => {
    answer = async () => answered({ fine: true });
    const response = await fetch(`${base}/v1/things/7`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ fine: true });
  });

  test.each([
    ['throws', { kind: 'failed', error: new Error('secret detail') }, 500],
    ['answers nonsense', { kind: 'answered', result: { statusCode: 'no' } }, 500],
    ['takes too long', { kind: 'timed_out' }, 503],
  ] as const)('a Lambda that %s is a problem document that tells nothing of it', async (_how, invocation, status) => {
    answer = async () => invocation;
    const response = await fetch(`${base}/v1/things/7`);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain('secret');
  });

  test('a body past the limit of API Gateway, or of a Lambda, is refused', async () => {
    answer = async () => answered({ statusCode: 200 });
    events = [];
    expect((await postText(base, 11 * 1024 * 1024)).status).toBe(413);
    expect((await postText(base, 7 * 1024 * 1024)).status).toBe(413);
    expect(events).toEqual([]);
    expect((await postText(base, 5 * 1024 * 1024)).status).toBe(200);
  });

  test('only known origins may call from a browser', async () => {
    const known = await preflight(base, 'https://desk.example');
    expect(known.status).toBe(204);
    expect(known.headers.get('access-control-allow-origin')).toBe('https://desk.example');
    expect(known.headers.get('access-control-allow-methods')).toBe('POST');
    expect((await preflight(base, 'https://other.example')).headers.get('access-control-allow-origin')).toBeNull();
  });

  test('pages of the console carry a strict content security policy', async () => {
    const response = await fetch(`${base}/queue/anything`);
    expect(response.status).toBe(200);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
  });

  test.each(['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json'])(
    '%s does not lead out of the folder',
    async (path) => {
      const port = portOf(server);
      const status = await new Promise<number | undefined>((resolve, reject) => {
        request({ host: '127.0.0.1', port, path }, (res) => {
          res.resume();
          resolve(res.statusCode);
        })
          .once('error', reject)
          .end();
      });
      expect(status).toBe(404);
    },
  );
});
