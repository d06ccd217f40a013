import { aboutRoutes } from './route-table/about.ts';
import { commandRoutes } from './route-table/commands.ts';
import { escalationRoutes } from './route-table/escalations.ts';
import { machineRoutes } from './route-table/machines.ts';
import { onCallRoutes } from './route-table/on-call.ts';
import { policyRoutes } from './route-table/policies.ts';
import type { LambdaName, RouteShape } from './route-table/shape.ts';
import { Router, type Match } from './router.ts';

export * from './route-table/shape.ts';

/**
 * The one route table: Lambda entry points, the CDK API, the local gateway, the OpenAPI document, the console's client
 * and the contract tests derive from it. Plain data, so that all of them can import it cheaply; the schemas stand
 * beside it under the same ids, in `contracts/schemas/requests.ts` and `contracts/schemas/responses.ts`.
 *
 * To add a route: an entry in `contracts/route-table/`, its request and response schemas there, its handler in the
 * Lambda that it names. The compiler names what is missing.
 */
export const routes = {
  ...escalationRoutes,
  ...commandRoutes,
  ...machineRoutes,
  ...policyRoutes,
  ...onCallRoutes,
  ...aboutRoutes,
} as const;

export type RouteId = keyof typeof routes;

export interface Route extends RouteShape {
  readonly id: RouteId;
}

export const routeList: readonly Route[] = Object.values(routes);

/** Ids of the routes that one Lambda answers. */
export type RouteIdOf<L extends LambdaName> = {
  [Id in RouteId]: (typeof routes)[Id]['lambda'] extends L ? Id : never;
}[RouteId];

export function routesOf(lambda: LambdaName): readonly Route[] {
  return routeList.filter((route) => route.lambda === lambda);
}

/** The names in braces, in order. */
export function pathParameters(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].flatMap((match) => match[1] ?? []);
}

let router: Router<Route> | undefined;

/**
 * Finds the route of a request; a path that no route has, or has with other methods only, is told apart for 404 and 405.
 * @param path without query, still percent-encoded
 */
export function matchRoute(method: string, path: string): Match<Route> {
  router ??= new Router(routeList);
  return router.match(method, path);
}
