import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { routeList } from '../../contracts/routes.ts';
import { file, filing, startApi, textOf, type TestApi } from './support/api.ts';

let api: TestApi;
let responder: string;
let manager: string;
let own: string;
let foreign: string;
let unowned: string;

beforeAll(async () => {
  api = await startApi();
  responder = await api.tokens.of('dana', 'responder');
  manager = await api.tokens.of('ann', 'account_manager', 'account:acme');
  own = await file(api, responder, { accountId: 'acme', title: 'Ours' });
  foreign = await file(api, responder, { accountId: 'zenith', title: 'Theirs' });
  unowned = await file(api, responder, { title: 'Of no account' });
});
afterAll(() => api.close());

const bodies: Readonly<Record<string, object>> = {
  escalate: { reason: 'please' },
  note: { text: 'hello' },
  'send-update': { audience: 'customers', text: 'hello' },
  reopen: { reason: 'again' },
};

describe('account managers see their accounts only', () => {
  const routes = routeList.filter((route) => route.path.includes('{id}') && route.roles.includes('account_manager'));

  it.each(routes)('$method $path: what is not theirs is not there', async ({ method, path, id }) => {
    for (const hidden of [foreign, unowned, `/v1/escalations/esc_${'0'.repeat(26)}`]) {
      const target = path.replace('/v1/escalations/{id}', hidden);
      const answer = await api.call(method, target, {
        token: manager,
        ...(method === 'POST' ? { body: bodies[id] ?? {} } : {}),
      });
      expect({ status: answer.status, code: answer.body['code'], detail: answer.body['detail'] }).toEqual({
        status: 404,
        code: 'not_found',
        detail: undefined,
      });
    }
  });

  it.each(routes.filter(({ method }) => method === 'GET'))(
    '$method $path: what is theirs is shown',
    async ({ path }) => {
      expect((await api.get(path.replace('/v1/escalations/{id}', own), manager)).status).toBe(200);
    },
  );

  it('in lists, whatever they filter by', async () => {
    for (const query of [
      '',
      '?order=newest',
      '?state=all',
      '?accountId=acme',
      '?q=e',
      '?assignee=none',
      '?team=logistics',
    ]) {
      const { body, text } = await api.get(`/v1/escalations${query}`, manager);
      expect(Array.isArray(body['items'])).toBe(true);
      expect(text).not.toContain('zenith');
      expect(text).not.toContain('Of no account');
    }
    expect((await api.get('/v1/escalations', manager)).text).toContain('Ours');
    expect((await api.get('/v1/escalations?accountId=zenith', manager)).body['items']).toEqual([]);
    expect((await api.get('/v1/escalations?order=newest', responder)).text).toContain('Theirs');
  });

  it('one without an account sees none', async () => {
    const nobody = await api.tokens.of('ann', 'account_manager');
    expect((await api.get('/v1/escalations?order=newest', nobody)).body['items']).toEqual([]);
    expect((await api.get(own, nobody)).status).toBe(404);
  });

  it('file for their accounts, and have to say for which', async () => {
    const made = await api.post('/v1/escalations', manager, { ...filing, accountId: 'acme' });
    expect(made.status).toBe(201);
    expect((await api.post('/v1/escalations', manager, { ...filing, accountId: 'zenith' })).status).toBe(403);
    const unnamed = await api.post('/v1/escalations', manager, filing);
    expect(unnamed.status).toBe(400);
    expect(unnamed.body['issues']).toMatchObject([{ path: ['body', 'accountId'] }]);
  });

  it("are not shown another account's escalation by its dedup key", async () => {
    const theirs = await api.post('/v1/escalations', responder, {
      ...filing,
      accountId: 'zenith',
      dedupKey: 'order-1',
    });
    const ours = await api.post('/v1/escalations', manager, { ...filing, accountId: 'acme', dedupKey: 'order-1' });
    expect(ours.status).toBe(201);
    expect(textOf(ours, 'id')).not.toBe(textOf(theirs, 'id'));
  });

  it('keep the wider view of another role that they have', async () => {
    const both = await api.tokens.of('ann', 'account_manager', 'leader', 'account:acme');
    expect((await api.get(foreign, both)).status).toBe(200);
  });
});
