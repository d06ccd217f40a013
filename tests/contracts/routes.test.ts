import { describe, expect, it } from '@jest/globals';

import { commandRoles } from '../../contracts/roles.ts';
import { lambdaNames, matchRoute, pathParameters, routeList, routes, routesOf } from '../../contracts/routes.ts';
import { requests } from '../../contracts/schemas/requests.ts';
import { responseTable } from '../../contracts/schemas/responses.ts';
import { personCommandTypes } from '../../domain/escalation/commands.ts';

describe('the route table', () => {
  it('names each method and path once', () => {
    const places = routeList.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it('knows each route by its own id', () => {
    for (const [id, route] of Object.entries(routes)) expect(route.id).toBe(id);
  });

  it('has a route for each command, with the roles of the matrix', () => {
    for (const command of personCommandTypes) {
      const route = routes[command];
      expect(route).toMatchObject({
        method: 'POST',
        path: `/v1/escalations/{id}/${command}`,
        lambda: 'command',
        command,
      });
      expect(route.roles).toEqual(commandRoles[command]);
    }
  });

  it.each(routeList)(
    '$id: its schema takes the parameters of its path, and a body only where it may have one',
    (route) => {
      const { shape } = requests[route.id];
      expect(Object.keys(shape.params.shape)).toEqual(pathParameters(route.path));
      expect('body' in shape).toBe(route.maxBodyBytes > 0);
      expect(route.method === 'POST' || route.maxBodyBytes === 0).toBe(true);
      expect(Object.keys(responseTable[route.id].success).length).toBeGreaterThan(0);
    },
  );

  it('ends before an HTTP API does', () => {
    for (const { timeoutSeconds } of routeList) expect(timeoutSeconds).toBeLessThan(30);
  });

  it('asks nobody to sign in without a role, and no role where nobody signs in', () => {
    for (const { auth, roles } of routeList) expect(roles.length === 0).toBe(auth === 'public');
  });

  it('lets machines in only where the gateway leaves the check to the handler', () => {
    for (const { auth, roles } of routeList)
      expect(roles.includes('integration')).toBe(auth === 'jwt_or_key' || auth === 'key');
  });

  it('keeps Temporal out of the reads', () => {
    for (const { touches } of routesOf('query')) expect(touches).not.toContain('temporal');
  });

  it('gives every Lambda its routes and every route its Lambda', () => {
    expect(lambdaNames.flatMap((name) => routesOf(name)).length).toBe(routeList.length);
    for (const name of lambdaNames) expect(routesOf(name).length).toBeGreaterThan(0);
  });
});

describe('matching a request', () => {
  it('finds the route and its parameters', () => {
    expect(matchRoute('POST', '/v1/escalations/esc_1/hand-off')).toMatchObject({
      kind: 'found',
      route: { id: 'hand-off' },
      params: { id: 'esc_1' },
    });
  });

  it('tells a wrong method from an unknown path', () => {
    expect(matchRoute('DELETE', '/v1/escalations')).toEqual({ kind: 'wrong_method', allow: ['POST', 'GET'] });
    expect(matchRoute('GET', '/v1/nothing')).toEqual({ kind: 'unknown' });
    expect(matchRoute('GET', '/v1/escalations/')).toEqual({ kind: 'unknown' });
    expect(matchRoute('GET', '/v1/escalations/a/b/c')).toEqual({ kind: 'unknown' });
  });
});
