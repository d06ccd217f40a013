import { newRequestId } from '../../contracts/ids.ts';
import { errorFields, type Logger } from '../../contracts/logger.ts';
import { queryParameters } from '../../contracts/query-string.ts';
import type { Caller } from '../../contracts/roles.ts';
import type { Match } from '../../contracts/router.ts';
import { matchRoute, type LambdaName, type Route, type RouteId, type RouteIdOf } from '../../contracts/routes.ts';
import { requestSchemas, type RequestOf } from '../../contracts/schemas/requests.ts';
import type { ResponseOf } from '../../contracts/schemas/responses.ts';
import { ApiError, plainHeaders, problemResult } from './api-error.ts';
import { authenticate, type Authenticator } from './authenticate.ts';
import { readJson } from './body.ts';
import { jsonResult, readEvent, type HttpRequest, type HttpResult } from './event.ts';
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

/** A Lambda's entry point: its routes from the table, its answers from the handlers, its errors as problem documents. */
export function createLambda<L extends LambdaName>(name: L, handlers: Handlers<L>, parts: LambdaParts): LambdaHandler {
  const boundRoutes: readonly BoundRoute<RouteId>[] = Object.values(handlers);
  const bound = new Map(boundRoutes.map((each) => [each.id, each]));
  const callers = new TokenBuckets(shares[name]);
  const failures = new TokenBuckets(strangers);

  const respond = async (http: HttpRequest, requestId: string): Promise<HttpResult> => {
    const match = matchRoute(http.method, http.path);
    const handler = match.kind === 'found' ? bound.get(match.route.id) : undefined;
    if (match.kind !== 'found' || handler === undefined) return problemResult(unmatched(match), requestId);
    const { route, params = {} } = match;
    const startedMs = parts.nowMs();
    const log = parts.log.with({ requestId, route: route.id });
    let isKnown = false;
    try {
      if (http.body.byteLength > route.maxBodyBytes) throw new ApiError('body_too_large', { detail: limitOf(route) });
      const caller = await known(route, http, startedMs);
      isKnown = true;
      const waitSeconds = callers.take(caller.id, startedMs, route.weight);
      if (waitSeconds > 0) throw new ApiError('rate_limited', { retryAfterSeconds: waitSeconds });
      const call = { caller, requestId, nowMs: startedMs, log: log.with({ callerId: caller.id }) };
      const reply = await handler.run(rawInput(http, params), call);
      log.info('request.done', { status: reply.status, durationMs: parts.nowMs() - startedMs, callerId: caller.id });
      return jsonResult(reply.status, reply.body, {
        ...plainHeaders,
        'content-type': 'application/json',
        ...reply.headers,
      });
    } catch (thrown) {
      const error = translated(thrown);
      const fields = { status: error.status, errorCode: error.code, durationMs: parts.nowMs() - startedMs };
      if (error.status >= 500) log.error('request.failed', { ...fields, ...errorFields(thrown) });
      else log.info('request.refused', fields);
      return problemResult(isKnown ? forSender(route, error) : error, requestId);
    }
  };

  const known = async (route: Route, http: HttpRequest, nowMs: number): Promise<Caller> => {
    try {
      return await authenticate(route, http.headers.get('authorization') ?? null, nowMs, parts.authenticator);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'not_authenticated') throw error;
      const waitSeconds = failures.take(http.sourceIp, nowMs);
      throw waitSeconds === 0 ? error : new ApiError('rate_limited', { retryAfterSeconds: waitSeconds });
    }
  };

  return async (event) => {
    const http = readEvent(event);
    const requestId = http?.requestId ?? newRequestId(parts.nowMs());
    if (http === null) {
      return problemResult(new ApiError('invalid_request', { detail: 'This is no HTTP request.' }), requestId);
    }
    return respond(http, requestId);
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

function unmatched(match: Match<Route>): ApiError {
  if (match.kind === 'bad_path') return new ApiError('invalid_request', { detail: 'This path can not be decoded.' });
  if (match.kind !== 'wrong_method') return new ApiError('not_found');
  return new ApiError('method_not_allowed', { headers: { allow: match.allow.join(', ') } });
}

function rawInput(http: HttpRequest, params: Readonly<Record<string, string>>): unknown {
  const contentType = http.headers.get('content-type') ?? null;
  const contentEncoding = http.headers.get('content-encoding') ?? null;
  const body = http.method === 'GET' ? undefined : readJson(http.body, { contentType, contentEncoding });
  return { params, query: queryParameters(http.rawQueryString), headers: Object.fromEntries(http.headers), body };
}
