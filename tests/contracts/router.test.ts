import { describe, expect, it } from '@jest/globals';
import { routeList } from '../../contracts/routes.ts';
import { Router } from '../../contracts/router.ts';

const router = new Router([
  { method: 'GET', path: '/v1/policies/{name}' },
  { method: 'POST', path: '/v1/policies/check' },
  { method: 'GET', path: '/v1/policies/{name}/forecast' },
  { method: 'GET', path: '/v1/schedules/{id}/overrides/{change}' },
]);

describe('the router', () => {
  it('prefers a fixed segment, and takes it for a name where that leads nowhere', () => {
    expect(router.match('POST', '/v1/policies/check')).toMatchObject({ kind: 'found', params: undefined });
    for (const name of ['plain', 'check']) {
      expect(router.match('GET', `/v1/policies/${name}`)).toMatchObject({
        route: { path: '/v1/policies/{name}' },
        params: { name },
      });
      expect(router.match('GET', `/v1/policies/${name}/forecast`)).toMatchObject({ params: { name } });
    }
  });

  it('gives each parameter its segment, decoded', () => {
    expect(router.match('GET', '/v1/schedules/a%20b/overrides/c%2Fd')).toMatchObject({
      params: { id: 'a b', change: 'c/d' },
    });
  });

  it('tells the methods of a path that it has, and nothing of one that it has not', () => {
    expect(router.match('DELETE', '/v1/policies/check')).toEqual({ kind: 'wrong_method', allow: ['POST', 'GET'] });
    for (const path of ['/', '', '/v1/policies', '/v1/policies/', '/v1/policies/check/', '/v1/policies/a/b/c'])
      expect(router.match('GET', path)).toEqual({ kind: 'unknown' });
    expect(router.match('GET', '/v1/policies/%ff')).toEqual({ kind: 'bad_path' });
  });

  it('finds every route of the API by its own path', () => {
    const all = new Router(routeList);
    for (const route of routeList) {
      expect(all.match(route.method, route.path.replaceAll(/\{\w+\}/g, 'x1'))).toMatchObject({ kind: 'found', route });
    }
  });
});
