import { routes } from '../../../contracts/routes.ts';
import type { RouteId } from '../../../contracts/routes.ts';
import type { Me } from './types.ts';

/** Whether the roles of the caller allow a route; not yet, while they are not known. */
export function mayCall(me: Me | undefined, route: RouteId): boolean {
  const allowed: readonly string[] = routes[route].roles;
  return me?.roles.some((role) => allowed.includes(role)) ?? false;
}
