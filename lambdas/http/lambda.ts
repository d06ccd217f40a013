import { Hono, type Context } from 'hono';

import { newRequestId } from '../../contracts/ids.ts';
import { errorFields, type Logger } from '../../contracts/logger.ts';
import type { Caller } from '../../contracts/roles.ts';
import {
  matchRoute,
  routes,
  type LambdaName,
  type Route,
  type RouteId,
  type RouteIdOf,
} from '../../contracts/routes.ts';
import { requestSchemas, type RequestOf } from '../../contracts/schemas/requests.ts';
import type { ResponseOf } from '../../contracts/schemas/responses.ts';
import { ApiError, plainHeaders, problemResponse } from './api-error.ts';
import { authenticate, type Authenticator } from './authenticate.ts';
import { readJson } from './body.ts';
import { readEvent, resultOf, type HttpResult } from './event.ts';
import { issuesOf } from './issues.ts';
import { TokenBuckets, type BucketRule } from './token-bucket.ts';
import { translated } from './translate-error.ts';

/** One request, checked: who asks for what. */
export interface Call<Id extends RouteId> {
  readonly input: RequestOf<Id>;
  readonly caller: Caller;
  readonly requestId: string;
  /** When it arrived. Epoch ms. */
  readonly nowMs: number;
  readonly log: Logger;
}

export interface Reply<Id extends RouteId> {
  readonly status: 200 | 201 | 202;
  readonly body: ResponseOf<Id>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A route's handler behind its schema: what is typed inside looks alike from outside. */
export interface BoundRoute<Id extends RouteId> {
  readonly id: Id;
  readonly run: (raw: unknown, call: Omit<Call<Id>, 'input'>) => Promise<RawReply>;
}

interface RawReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Puts a handler behind the schema of its route. */
export function bind<Id extends RouteId>(id: Id, handle: (call: Call<Id>) => Promise<Reply<Id>>): BoundRoute<Id> {
  return {
    id,
    run: async (raw, call) => {
      const parsed = requestSchemas[id].safeParse(raw);
      if (!parsed.success) throw new ApiError('invalid_request', { issues: issuesOf(parsed.error) });
      return handle({ ...call, input: parsed.data });
    },
  };
}

/** One handler for each route of a Lambda: the compiler names a missing one. */
export type Handlers<L extends LambdaName> = { readonly [Id in RouteIdOf<L>]: BoundRoute<Id> };

export interface LambdaParts {
  readonly authenticator: Authenticator;
  readonly log: Logger;
  readonly nowMs: () => number;
}

export type LambdaHandler = (event: unknown, context?: unknown) => Promise<HttpResult>;

/** What one caller may ask of one instance of each Lambda. */
const shares: Readonly<Record<LambdaName, BucketRule>> = {
  intake: { ratePerSecond: 2000, burst: 5000 },
  query: { ratePerSecond: 500, burst: 1000 },
  command: { ratePerSecond: 500, burst: 1000 },
  admin: { ratePerSecond: 10, burst: 40 },
};
/** Failed sign-ins from one address. */
const strangers: BucketRule = { ratePerSecond: 5, burst: 50 };

interface Bindings {
  readonly body: Uint8Array;
  readonly requestId: string;
  readonly sourceIp: string;
}
type Http = Context<{ Bindings: Bindings }>;

/** A Lambda's entry point: its routes from the table, its answers from the handlers, its errors as problem documents. */
export function createLambda<L extends LambdaName>(name: L, handlers: Handlers<L>, parts: LambdaParts): LambdaHandler {
  const app = new Hono<{ Bindings: Bindings }>();
  const callers = new TokenBuckets(shares[name]);
  const failures = new TokenBuckets(strangers);

  const respond = async (http: Http, route: Route, bound: BoundRoute<RouteId>): Promise<Response> => {
    const startedMs = parts.nowMs();
    const { requestId, body } = http.env;
    const log = parts.log.with({ requestId, route: route.id });
    let isKnown = false;
    try {
      if (body.byteLength > route.maxBodyBytes) throw new ApiError('body_too_large', { detail: limitOf(route) });
      const caller = await known(route, http, startedMs);
      isKnown = true;
      const waitSeconds = callers.take(caller.id, startedMs, route.weight);
      if (waitSeconds > 0) throw new ApiError('rate_limited', { retryAfterSeconds: waitSeconds });
      const call = { caller, requestId, nowMs: startedMs, log: log.with({ callerId: caller.id }) };
      const reply = await bound.run(rawInput(http), call);
      log.info('request.done', { status: reply.status, durationMs: parts.nowMs() - startedMs, callerId: caller.id });
      return new Response(JSON.stringify(reply.body), {
        status: reply.status,
        headers: { ...plainHeaders, 'content-type': 'application/json', ...reply.headers },
      });
    } catch (thrown) {
      const error = translated(thrown);
      const fields = { status: error.status, errorCode: error.code, durationMs: parts.nowMs() - startedMs };
      if (error.status >= 500) log.error('request.failed', { ...fields, ...errorFields(thrown) });
      else log.info('request.refused', fields);
      return problemResponse(isKnown ? forSender(route, error) : error, requestId);
    }
  };

  const known = async (route: Route, http: Http, nowMs: number): Promise<Caller> => {
    const { sourceIp } = http.env;
    try {
      return await authenticate(route, http.req.header('authorization') ?? null, nowMs, parts.authenticator);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'not_authenticated') throw error;
      const waitSeconds = failures.take(sourceIp, nowMs);
      throw waitSeconds === 0 ? error : new ApiError('rate_limited', { retryAfterSeconds: waitSeconds });
    }
  };

  const boundRoutes: readonly BoundRoute<RouteId>[] = Object.values(handlers);
  for (const bound of boundRoutes) {
    const route: Route = routes[bound.id];
    app.on(route.method, route.path.replaceAll(/\{(\w+)\}/g, ':$1'), (http) => respond(http, route, bound));
  }
  app.notFound((http) => problemResponse(unmatched(http.req.method, http.req.path), http.env.requestId));
  app.onError((error, http) => {
    parts.log.error('request.failed', { requestId: http.env.requestId, ...errorFields(error) });
    return problemResponse(new ApiError('internal'), http.env.requestId);
  });

  return async (event) => {
    const read = readEvent(event);
    const requestId = read?.requestId ?? newRequestId(parts.nowMs());
    if (read === null) {
      return resultOf(
        problemResponse(new ApiError('invalid_request', { detail: 'This is no HTTP request.' }), requestId),
      );
    }
    const { request, body, sourceIp } = read;
    return resultOf(await app.fetch(request, { body, requestId, sourceIp }));
  };
}

function forSender(route: Route, error: ApiError): ApiError {
  return error.status === 429 && route.retriedAt5xxOnly === true ? new ApiError('unavailable', error.details) : error;
}

function limitOf(route: Route): string {
  return route.maxBodyBytes === 0
    ? 'This route takes no body.'
    : `This route takes at most ${route.maxBodyBytes} bytes of body.`;
}

function unmatched(method: string, path: string): ApiError {
  const match = matchRoute(method, path);
  if (match.kind !== 'wrong_method') return new ApiError('not_found');
  return new ApiError('method_not_allowed', { headers: { allow: match.allow.join(', ') } });
}

function rawInput(http: Http): unknown {
  const headers: Record<string, string> = {};
  http.req.raw.headers.forEach((value, name) => {
    headers[name] = value;
  });
  const query: Record<string, string> = {};
  for (const [name, values] of Object.entries(http.req.queries())) query[name] = values.join(',');
  const contentType = http.req.header('content-type') ?? null;
  const contentEncoding = http.req.header('content-encoding') ?? null;
  const body = http.req.method === 'GET' ? undefined : readJson(http.env.body, { contentType, contentEncoding });
  return { params: http.req.param(), query, headers, body };
}
