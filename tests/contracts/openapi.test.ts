import { describe, expect, it } from '@jest/globals';

import { openApiDocument } from '../../contracts/openapi.ts';
import { pathParameters, routeList } from '../../contracts/routes.ts';

type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function at(value: unknown, ...path: readonly string[]): Json {
  let current: unknown = value;
  for (const key of path) current = isObject(current) ? current[key] : undefined;
  if (!isObject(current)) throw new Error(`nothing at ${path.join(' / ')}`);
  return current;
}

function everyObject(value: unknown, visit: (object: Json) => void): void {
  if (Array.isArray(value)) for (const item of value) everyObject(item, visit);
  if (!isObject(value)) return;
  visit(value);
  for (const item of Object.values(value)) everyObject(item, visit);
}

const document: unknown = JSON.parse(JSON.stringify(openApiDocument('https://desk.example')));

describe('the OpenAPI document', () => {
  it('is OpenAPI 3.1 with a title, a version and the server asked for', () => {
    expect(document).toMatchObject({
      openapi: '3.1.1',
      info: { title: 'Tierline', version: '1' },
      servers: [{ url: 'https://desk.example' }],
    });
  });

  it.each(routeList)('describes $method $path as $id', (route) => {
    const operation = at(document, 'paths', route.path, route.method.toLowerCase());
    expect(operation['operationId']).toBe(route.id);
    expect(Object.keys(at(operation, 'responses')).some((status) => status.startsWith('2'))).toBe(true);
    const parameters = Array.isArray(operation['parameters']) ? operation['parameters'].filter(isObject) : [];
    expect(parameters.filter((one) => one['in'] === 'path').map((one) => one['name'])).toEqual(
      pathParameters(route.path),
    );
    for (const parameter of parameters) {
      expect(isObject(parameter['schema'])).toBe(true);
      if (parameter['in'] === 'path') expect(parameter['required']).toBe(true);
      expect(typeof parameter['required']).toBe('boolean');
    }
    expect(isObject(operation['requestBody'])).toBe(route.maxBodyBytes > 0);
    expect(operation['security']).toHaveLength({ public: 0, jwt: 1, key: 1, jwt_or_key: 2 }[route.auth]);
  });

  it('describes nothing that is not a route', () => {
    const described = Object.entries(at(document, 'paths')).flatMap(([path, item]) =>
      isObject(item) ? Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`) : [],
    );
    expect(described.toSorted()).toEqual(routeList.map(({ method, path }) => `${method} ${path}`).toSorted());
  });

  it('points only to schemas that are there', () => {
    const missing: unknown[] = [];
    everyObject(document, (object) => {
      const ref = object['$ref'];
      if (ref === undefined) return;
      const name = typeof ref === 'string' ? /^#\/components\/schemas\/(\w+)$/.exec(ref)?.[1] : undefined;
      if (name === undefined || !isObject(at(document, 'components', 'schemas')[name])) missing.push(ref);
    });
    expect(missing).toEqual([]);
  });

  it('gives each error the form of a problem document', () => {
    everyObject(document, (object) => {
      const responses = object['responses'];
      if (!isObject(responses)) return;
      for (const [status, response] of Object.entries(responses)) {
        if (Number(status) < 400) continue;
        expect(at(response, 'content', 'application/problem+json', 'schema')).toEqual({
          $ref: '#/components/schemas/Problem',
        });
      }
    });
    expect(Object.keys(at(document, 'components', 'schemas', 'Problem', 'properties'))).toEqual(
      expect.arrayContaining(['type', 'title', 'status', 'detail', 'instance', 'code', 'issues']),
    );
  });

  it('lets a create be as short as a title, a channel and a category', () => {
    const schema = at(document, 'components', 'schemas', 'NewEscalation');
    expect(schema['required']).toEqual(['title', 'channel', 'category']);
    expect(schema['additionalProperties']).toBe(false);
  });

  it('shows of a record what the desk promises to show', () => {
    const properties = Object.keys(at(document, 'components', 'schemas', 'Escalation', 'properties'));
    const promised = 'id title state tier severity channel category assignee occurrences policy seq rev clocks';
    expect(properties).toEqual(expect.arrayContaining(promised.split(' ')));
  });
});
