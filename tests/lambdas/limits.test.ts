import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { routeList, routes } from '../../contracts/routes.ts';
import { isDeeperThan, maxDepth } from '../../lambdas/http/body.ts';
import { TokenBuckets } from '../../lambdas/http/token-bucket.ts';
import { checkContract, eventOf, filing, startApi, type TestApi } from './support/api.ts';

let api: TestApi;
let dana: string;
beforeAll(async () => {
  api = await startApi();
  dana = await api.tokens.of('dana', 'responder');
});
afterAll(() => api.close());

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const limit = routes.createEscalation.maxBodyBytes;

/** A body of so many bytes, half as many characters. */
function padded(size: number): string {
  const text = JSON.stringify({ ...filing, description: '' });
  return JSON.stringify({ ...filing, description: 'é'.repeat((size - text.length) / 2) });
}

function deep(depth: number): string {
  return `{"title":${'['.repeat(depth)}${']'.repeat(depth)}}`;
}

describe('bodies', () => {
  it('are told everything that is wrong with them at once', async () => {
    const answer = await api.post(
      '/v1/escalations',
      dana,
      { title: '', channel: 'fax', severity: 'sev9', extra: 1 },
      { 'idempotency-key': 'a b' },
    );
    expect(answer.status).toBe(400);
    const { issues } = answer.body;
    const paths = Array.isArray(issues) ? issues.map(({ path }: { path: string[] }) => path.join('.')) : [];
    expect(paths.toSorted()).toEqual(
      [
        'body.category',
        'body.channel',
        'body.extra',
        'body.severity',
        'body.title',
        'headers.idempotency-key',
      ].toSorted(),
    );
  });

  it('that are missing are told what is missing', async () => {
    const answer = await api.post('/v1/escalations', dana);
    expect(answer.body['issues']).toMatchObject(
      ['title', 'channel', 'category'].map((field) => ({ path: ['body', field] })),
    );
  });

  it('have to be JSON, in UTF-8, and say so', async () => {
    for (const [body, headers, status] of [
      ['{"title":', {}, 400],
      ['"text"', {}, 400],
      ['[]', {}, 400],
      ['null', {}, 400],
      [JSON.stringify(filing), { 'content-type': 'text/plain' }, 415],
      [JSON.stringify(filing), { 'content-type': 'application/x-www-form-urlencoded' }, 415],
      [JSON.stringify(filing), { 'content-type': 'application/json; charset=latin1' }, 415],
      [JSON.stringify(filing), { 'content-encoding': 'gzip' }, 415],
      [JSON.stringify(filing), { 'content-type': 'application/json; charset=utf-8' }, 201],
      [JSON.stringify(filing), { 'content-type': 'Application/JSON' }, 201],
    ] as const) {
      expect((await api.call('POST', '/v1/escalations', { token: dana, body, headers })).status).toBe(status);
    }
    const latin1 = Uint8Array.from([
      ...bytes('{"title":"caf'),
      0xe9,
      ...bytes('","channel":"external","category":"other"}'),
    ]);
    const answer = await api.call('POST', '/v1/escalations', { token: dana, body: latin1 });
    expect(answer).toMatchObject({ status: 400, body: { issues: [{ code: 'not_utf8' }] } });
  });

  it('are counted in bytes once decoded, whatever way they came', async () => {
    const over = padded(limit + 2);
    expect(over.length).toBeLessThan(limit);
    for (const body of [over, bytes(over), 'x'.repeat(limit + 1), bytes(' '.repeat(limit + 1))]) {
      const answer = await api.call('POST', '/v1/escalations', { token: dana, body });
      expect(answer).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
    }
    expect(
      (await api.call('POST', '/v1/escalations', { token: dana, body: bytes(JSON.stringify(filing)) })).status,
    ).toBe(201);
  });

  it('have no place where a route takes none', async () => {
    expect((await api.call('GET', '/v1/me', { token: dana, body: 'x' })).status).toBe(413);
  });

  it('may be nested only so deep', async () => {
    for (const depth of [maxDepth, 50_000]) {
      const answer = await api.call('POST', '/v1/escalations', { token: dana, body: deep(depth) });
      expect(answer).toMatchObject({ status: 400, body: { issues: [{ code: 'too_deep' }] } });
    }
    expect(isDeeperThan('{"a":"[[[[","b":"\\"[["}', 1)).toBe(false);
    expect(isDeeperThan('[[1],[2],[3]]', 2)).toBe(false);
    expect(isDeeperThan('[[[1]]]', 2)).toBe(true);
  });

  it('may not name prototypes', async () => {
    const own = JSON.stringify(filing).slice(1);
    for (const name of ['"__proto__"', '"\\u005f_proto__"', '"_\\u005Fproto\\u005f\\u005f"', '"__pr\\u006fto__"']) {
      const body = `{${name}:{"admin":true},${own}`;
      const answer = await api.call('POST', '/v1/escalations', { token: dana, body });
      expect(answer).toMatchObject({ status: 400, body: { issues: [{ code: 'forbidden_key' }] } });
    }
    expect((await api.call('POST', '/v1/escalations', { token: dana, body: `{"constructor":1,${own}` })).status).toBe(
      400,
    );
    expect((await api.post('/v1/escalations', dana, { ...filing, title: 'What is __proto__?' })).status).toBe(201);
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
  });

  it.each([
    ['a line break in a title', { title: 'one\ntwo' }],
    ['a control character', { title: 'a\u0000b' }],
    ['an escape sequence', { description: '\u001b[2J' }],
    ['half of a surrogate pair', { title: 'x\ud800' }],
    ['white space only', { title: '   ' }],
    ['a title too long', { title: 'x'.repeat(201) }],
    ['a description too long', { description: 'x'.repeat(20_001) }],
    ['an account that is no identifier', { accountId: 'a b' }],
    ['a time without an offset', { occurredAt: '2026-01-01T00:00:00' }],
    ['a day that there is not', { occurredAt: '2026-02-30T00:00:00Z' }],
    ['a key too long', { dedupKey: 'x'.repeat(501) }],
  ])('with %s are refused', async (_, more) => {
    const answer = await api.post('/v1/escalations', dana, { ...filing, ...more });
    expect(answer).toMatchObject({ status: 400, body: { issues: [{ path: ['body', Object.keys(more)[0]] }] } });
  });

  it('are not repeated in the answer', async () => {
    const secret = 's3cr3t-value';
    const answers = [
      await api.post('/v1/escalations', dana, {
        ...filing,
        severity: secret,
        channel: secret,
        [`${secret} with <b>`]: 1,
      }),
      await api.get(`/v1/escalations?state=${secret}`, dana),
      await api.get(`/v1/escalations/${secret}`, dana),
      await api.call('POST', '/v1/escalations', { token: dana, body: `{"title": ${secret}` }),
    ];
    for (const { status, text } of answers) {
      expect(status).toBe(400);
      expect(text).not.toContain(secret);
    }
  });
});

describe('paths and queries', () => {
  it('that are not there are told as 404, and wrong methods as 405 with those that are right', async () => {
    expect((await api.get('/v1/nothing', dana)).body).toMatchObject({ code: 'not_found' });
    const answer = await api.call('POST', '/v1/me', { token: dana, lambda: 'query' });
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET' } });
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      expect((await api.call(method, '/v1/escalations', { token: dana })).status).toBe(405);
    }
  });

  it('with a filter that is not known are refused, not passed over', async () => {
    for (const query of [
      'colour=red',
      'limit=0',
      'limit=201',
      'limit=x',
      'limit=5&limit=6',
      'state=',
      'uncovered=yes',
      'order=up',
      'tier=5',
      'q=%00',
      'cursor=',
    ]) {
      expect({ query, status: (await api.get(`/v1/escalations?${query}`, dana)).status }).toEqual({
        query,
        status: 400,
      });
    }
  });

  it.each([
    '%',
    '%ff',
    '%00',
    '..%2f..',
    'esc_%27',
    '%F0%9F%98%80',
    '<script>',
    "';--",
    'esc_',
    `esc_${'I'.repeat(26)}`,
  ])('with the id %s are refused or not found', async (id) => {
    expect([400, 404]).toContain((await api.get(`/v1/escalations/${id}`, dana)).status);
  });
});

describe('callers', () => {
  it('have a share each, and are told when it is used up', () => {
    const buckets = new TokenBuckets({ ratePerSecond: 10, burst: 3 }, 2);
    const taken = [1, 2, 3, 4].map(() => buckets.take('a', 1000));
    expect(taken).toEqual([0, 0, 0, 1]);
    expect(buckets.take('b', 1000)).toBe(0);
    expect(buckets.take('a', 1100)).toBe(0);
    expect(buckets.take('a', 1100)).toBe(1);
    // A clock that steps back gives nothing for free and takes nothing.
    expect(buckets.take('a', 0)).toBe(1);
    expect(buckets.take('c', 1100)).toBe(0);
  });

  it('use up more of it with what costs more', () => {
    const buckets = new TokenBuckets({ ratePerSecond: 10, burst: 30 });
    expect([1, 2, 3, 4].map(() => buckets.take('a', 1000, 10))).toEqual([0, 0, 0, 1]);
    expect(buckets.take('a', 1500, 10)).toBe(1);
    expect(buckets.take('a', 2000, 10)).toBe(0);
  });

  it('are counted once where they cannot say who they are', async () => {
    const answers = [];
    const event = eventOf('GET', '/v1/me', { sourceIp: 'a-stranger' });
    for (let asked = 0; asked < 51; asked += 1) answers.push((await api.lambdas.query(event)).statusCode);
    expect(answers.slice(0, 50)).toEqual(Array.from({ length: 50 }, () => 401));
    expect(answers[50]).toBe(429);
  });

  it('who ask too much are answered 429 with the time to wait', async () => {
    const token = await api.tokens.of('greedy', 'programme_manager');
    const answers = [];
    for (let asked = 0; asked < 45; asked += 1) answers.push(await api.get('/v1/integration-keys', token));
    expect(answers[0]?.status).toBe(200);
    expect(answers.at(-1)).toMatchObject({
      status: 429,
      body: { code: 'rate_limited', retryable: true },
      headers: { 'retry-after': '1' },
    });
    const other = await api.tokens.of('modest', 'programme_manager');
    expect((await api.get('/v1/integration-keys', other)).status).toBe(200);
  });
});

describe('every protected route', () => {
  it.each(routeList.filter(({ auth }) => auth !== 'public'))('$method $path asks who calls', async (route) => {
    const event = eventOf(route.method, route.path.replace(/\{\w+\}/, `esc_${'0'.repeat(26)}`), { sourceIp: route.id });
    const result = await api.lambdas[route.lambda](event);
    expect(result.statusCode).toBe(401);
    checkContract(route.method, event.rawPath, result.statusCode, result.headers['content-type'] ?? '', result.body);
  });

  it('the document of the API does not', async () => {
    const answer = await api.call('GET', '/openapi.json');
    expect(answer.body['openapi']).toBe('3.1.1');
  });
});

describe('what is no HTTP request', () => {
  it.each([
    [null],
    [undefined],
    [{}],
    [{ rawPath: 7 }],
    ['text'],
    [{ ...eventOf('GET', '/v1/me'), rawPath: 'no-slash' }],
    [{ ...eventOf('GET', '/v1/me'), headers: { 'bad name': 'x' } }],
    [{ ...eventOf('GET', '/v1/me'), headers: { 'x-y': 'a\u0000b' } }],
    [{ ...eventOf('GET', '/v1/me'), headers: { 'x-y': '\ud800' } }],
    [{ ...eventOf('GET', '/v1/me'), rawPath: '/v1/escalations/%ff' }],
    [{ ...eventOf('GET', '/v1/me'), body: '***', isBase64Encoded: true }],
    [{ ...eventOf('GET', '/v1/me'), requestContext: { http: { method: 'G E T' } } }],
  ])('%# is answered 400', async (event) => {
    const result = await api.lambdas.query(event);
    expect(result.statusCode).toBe(400);
    expect(result.headers['content-type']).toBe('application/problem+json');
  });
});

describe('a method that no route of the path has', () => {
  it.each(['TRACE', 'HEAD', 'PATCH', 'get'])('%s is answered 405, with those that there are', async (method) => {
    const result = await api.lambdas.query(eventOf(method, '/v1/escalations'));
    expect(result.statusCode).toBe(405);
    expect(result.headers).toMatchObject({ allow: 'POST, GET', 'content-type': 'application/problem+json' });
  });

  it("is answered 404 by a Lambda that the path's route is not of", async () => {
    expect((await api.lambdas.command(eventOf('GET', '/v1/escalations'))).statusCode).toBe(404);
  });
});
