import { readers, reading, type RouteShape } from './shape.ts';

/** The desk itself, its API and its caller. */
export const aboutRoutes = {
  getReconciler: {
    id: 'getReconciler',
    method: 'GET',
    path: '/v1/reconciler',
    summary: 'Whether the books agree: what the last check found, repaired and left',
    tag: 'about',
    auth: 'jwt',
    roles: ['responder', 'programme_manager', 'leader'],
    lambda: 'query',
    touches: ['table_read'],
    ...reading,
  },
  getMe: {
    id: 'getMe',
    method: 'GET',
    path: '/v1/me',
    summary: 'Who the caller is to the desk',
    tag: 'about',
    auth: 'jwt_or_key',
    roles: [...readers, 'integration'],
    lambda: 'query',
    touches: ['table_read'],
    ...reading,
  },
  getOpenApi: {
    id: 'getOpenApi',
    method: 'GET',
    path: '/openapi.json',
    summary: 'This API as an OpenAPI 3.1 document',
    tag: 'about',
    auth: 'public',
    roles: [],
    lambda: 'query',
    touches: [],
    ...reading,
  },
} as const satisfies { readonly [id: string]: RouteShape };
