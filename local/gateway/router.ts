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
    const segments = path.split('/');
    let node = this.root;
    let params: Record<string, string> | undefined;
    for (let index = 1; index < segments.length; index += 1) {
      const segment = decode(segments[index] ?? '');
      if (segment === undefined) return { kind: 'bad_path' };
      const fixed = node.fixed.get(segment);
      if (fixed) {
        node = fixed;
      } else if (node.parameter && segment !== '') {
        params ??= {};
        params[node.parameter.name] = segment;
        node = node.parameter.node;
      } else {
        return { kind: 'unknown' };
      }
    }
    const route = node.routes.get(method);
    if (route) return { kind: 'found', route, params };
    return node.routes.size === 0 ? { kind: 'unknown' } : { kind: 'wrong_method', allow: [...node.routes.keys()] };
  }
}
