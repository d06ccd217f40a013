/** The part of a route that a router needs. */
export interface Routable {
  readonly method: string;
  /** With parameters in braces: `/v1/escalations/{id}`. */
  readonly path: string;
}

export type Match<R> =
  | { readonly kind: 'found'; readonly route: R; readonly params: Readonly<Record<string, string>> | undefined }
  | { readonly kind: 'wrong_method'; readonly allow: readonly string[] }
  | { readonly kind: 'bad_path' }
  | { readonly kind: 'unknown' };

interface Node<R> {
  readonly fixed: Map<string, Node<R>>;
  parameter: { readonly name: string; readonly node: Node<R> } | undefined;
  readonly routes: Map<string, R>;
}

function emptyNode<R>(): Node<R> {
  return { fixed: new Map(), parameter: undefined, routes: new Map() };
}

function decode(segment: string): string | undefined {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/**
 * Chooses routes as an HTTP API does: a fixed segment wins over a parameter, whole paths only. A tree of segments, so
 * that the choice costs the same for ten routes and for a hundred.
 */
export class Router<R extends Routable> {
  private readonly root: Node<R> = emptyNode();

  constructor(routes: readonly R[]) {
    for (const route of routes) this.add(route);
  }

  private add(route: R): void {
    let node = this.root;
    for (const segment of route.path.split('/').slice(1)) {
      const name = /^\{(\w+)\}$/.exec(segment)?.[1];
      if (name === undefined) {
        const next = node.fixed.get(segment) ?? emptyNode<R>();
        node.fixed.set(segment, next);
        node = next;
      } else {
        node.parameter ??= { name, node: emptyNode<R>() };
        if (node.parameter.name !== name)
          throw new Error(`${route.path}: this place is called {${node.parameter.name}} elsewhere`);
        node = node.parameter.node;
      }
    }
    node.routes.set(route.method, route);
  }

  /** @param path without query, still percent-encoded */
  match(method: string, path: string): Match<R> {
    const segments: string[] = [];
    for (const raw of path.split('/').slice(1)) {
      const segment = decode(raw);
      if (segment === undefined) return { kind: 'bad_path' };
      segments.push(segment);
    }
    const allow = new Set<string>();
    const found = find(this.root, segments, 0, method, allow);
    if (found !== undefined) return { kind: 'found', ...found };
    return allow.size === 0 ? { kind: 'unknown' } : { kind: 'wrong_method', allow: [...allow] };
  }
}

interface Found<R> {
  readonly route: R;
  readonly params: Readonly<Record<string, string>> | undefined;
}

/** @param allow is given the methods of the routes that have this path and not this method */
function find<R>(
  node: Node<R>,
  segments: readonly string[],
  index: number,
  method: string,
  allow: Set<string>,
): Found<R> | undefined {
  const segment = segments[index];
  if (segment === undefined) {
    const route = node.routes.get(method);
    if (route !== undefined) return { route, params: undefined };
    for (const other of node.routes.keys()) allow.add(other);
    return undefined;
  }
  const fixed = node.fixed.get(segment);
  const found = fixed === undefined ? undefined : find(fixed, segments, index + 1, method, allow);
  // A name that is also a fixed segment of another route is still a name.
  if (found !== undefined || node.parameter === undefined || segment === '') return found;
  const { name } = node.parameter;
  const named = find(node.parameter.node, segments, index + 1, method, allow);
  return named === undefined ? undefined : { ...named, params: { [name]: segment, ...named.params } };
}
