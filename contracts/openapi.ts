import * as z from 'zod';

import { errors, type ErrorCode } from './errors.ts';
import { problem, problemMediaType } from './problem.ts';
import { pathParameters, routeList, type Route } from './routes.ts';
import { requests } from './schemas/requests.ts';
import { responseHeaders, responseTable } from './schemas/responses.ts';

/**
 * The API as an OpenAPI 3.1 document, made from the route table and the schemas: nothing is written a second time.
 * JSON Schema 2020-12 is what both zod and OpenAPI 3.1 speak, so schemas go in as they are.
 */
type Json = { readonly [key: string]: unknown };

const tagTexts: Readonly<Record<Route['tag'], string>> = {
  escalations: 'File, find and read escalations',
  commands: 'Act on an escalation',
  intake: 'What machines report',
  keys: 'Keys of integrations',
  policies: 'The policies in force',
  'on-call': 'Who is on call, and changes of it',
  about: 'The API itself and its caller',
};

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Collects named schemas under `components` and points to them from there. */
class Components {
  readonly schemas: Record<string, unknown> = {};

  /** @param io whether the schema is what a client sends or what it gets */
  add(schema: z.ZodType, io: 'input' | 'output'): unknown {
    const {
      $schema: _,
      $defs,
      ...json
    } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' });
    for (const [name, definition] of Object.entries($defs ?? {})) this.schemas[name] ??= this.relinked(definition);
    const id = z.globalRegistry.get(schema)?.id;
    if (id === undefined) return this.relinked(json);
    this.schemas[id] ??= this.relinked(json);
    return { $ref: `#/components/schemas/${id}` };
  }

  private relinked(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.relinked(item));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key !== 'id' || typeof value['id'] !== 'string')
        .map(([key, item]) => [
          key,
          key === '$ref' && typeof item === 'string'
            ? item.replace('#/$defs/', '#/components/schemas/')
            : this.relinked(item),
        ]),
    );
  }
}

function parametersOf(route: Route, components: Components): readonly Json[] {
  const { params, query, headers } = requests[route.id].shape;
  const path = pathParameters(route.path);
  const list = (schema: z.ZodObject, place: 'path' | 'query' | 'header'): readonly Json[] =>
    Object.entries(schema.shape).map(([name, field]) => {
      const described = z.globalRegistry.get(field)?.description;
      return {
        name,
        in: place,
        required: place === 'path' || !field.safeParse(undefined).success,
        schema: components.add(field, 'input'),
        ...(described === undefined ? {} : { description: described }),
      };
    });
  return [
    ...list(params, 'path').filter((parameter) => path.some((name) => name === parameter['name'])),
    ...list(query, 'query'),
    ...list(headers, 'header'),
  ];
}

/** Problems that a route can have because of what it is. */
function commonProblems(route: Route): readonly ErrorCode[] {
  return [
    'invalid_request',
    ...(route.auth === 'public' ? [] : (['not_authenticated', 'not_permitted'] as const)),
    'rate_limited',
    'body_too_large',
    ...(route.maxBodyBytes === 0 ? [] : (['unsupported_media_type'] as const)),
    ...(route.touches.length === 0 ? [] : (['unavailable'] as const)),
  ];
}

function responsesOf(route: Route, components: Components): Json {
  const { success, problems } = responseTable[route.id];
  const codes = [...new Set([...commonProblems(route), ...problems])];
  const statuses = [...new Set(codes.map((code) => errors[code].status))];
  const good = Object.entries(success).map(([status, { description, schema, headers }]): [string, Json] => [
    status,
    {
      description,
      content: { 'application/json': { schema: components.add(schema, 'output') } },
      ...(headers === undefined
        ? {}
        : {
            headers: Object.fromEntries(
              headers.map((name) => [name, { description: responseHeaders[name], schema: { type: 'string' } }]),
            ),
          }),
    },
  ]);
  const bad = statuses.map((status): [string, Json] => [
    String(status),
    {
      description: codes
        .filter((code) => errors[code].status === status)
        .map((code) => `${code}: ${errors[code].title}`)
        .join('; '),
      content: { [problemMediaType]: { schema: components.add(problem, 'output') } },
    },
  ]);
  return Object.fromEntries([...good, ...bad].toSorted(([a], [b]) => a.localeCompare(b)));
}

const security: Readonly<Record<Route['auth'], readonly Json[]>> = {
  public: [],
  jwt: [{ accessToken: [] }],
  key: [{ integrationKey: [] }],
  jwt_or_key: [{ accessToken: [] }, { integrationKey: [] }],
};

function operationOf(route: Route, components: Components): Json {
  const { shape } = requests[route.id];
  const body = 'body' in shape ? shape.body : undefined;
  const takesNothing = body !== undefined && body.safeParse({}).success;
  return {
    operationId: route.id,
    summary: route.summary,
    tags: [route.tag],
    security: security[route.auth],
    ...(route.roles.length === 0 ? {} : { description: `For ${route.roles.join(', ')}.`, 'x-roles': route.roles }),
    parameters: parametersOf(route, components),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: !takesNothing,
            content: { 'application/json': { schema: components.add(body, 'input') } },
          },
        }),
    responses: responsesOf(route, components),
  };
}

/** @param serverUrl where the API is reached; absent: where the document came from */
export function openApiDocument(serverUrl?: string): Json & { readonly openapi: string } {
  const components = new Components();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routeList) {
    const item = (paths[route.path] ??= {});
    item[route.method.toLowerCase()] = operationOf(route, components);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Tierline',
      version: '1',
      description: 'Escalations: every one owned, paged on time, and followed to its root cause.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    ...(serverUrl === undefined ? {} : { servers: [{ url: serverUrl }] }),
    tags: Object.entries(tagTexts).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        integrationKey: { type: 'http', scheme: 'bearer', description: 'A key of the form tlk_…' },
      },
      schemas: components.schemas,
    },
  };
}
