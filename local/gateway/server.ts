import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { TransportErrorCode } from '../../contracts/errors.ts';
import { problemMediaType, problemOf } from '../../contracts/problem.ts';
import { Router } from '../../contracts/router.ts';
import type { AuthKind, LambdaName } from '../../contracts/routes.ts';
import type { Verdict } from './authorizer.ts';
import { readBody } from './body.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { toHttpEvent, type Authorization } from './http-event.ts';
import { readResult, sendResult } from './http-result.ts';
import type { Invoke } from './lambda-runner.ts';

/** What the gateway needs to know of a route. */
export interface GatewayRoute {
  readonly method: string;
  readonly path: string;
  readonly auth: AuthKind;
  readonly lambda: LambdaName;
  readonly timeoutSeconds: number;
}

export interface GatewayOptions {
  readonly routes: readonly GatewayRoute[];
  readonly invoke: Invoke;
  readonly authorize: (header: string | undefined) => Promise<Verdict>;
  /** Answers paths outside the API: the console, health, configuration. */
  readonly serveOther: (request: IncomingMessage, response: ServerResponse, path: string) => void;
  /** Origins, beside the gateway's own, whose browsers may call the API. */
  readonly corsOrigins: readonly string[];
  /** Told of a Lambda that threw or took too long. */
  readonly onFailure: (route: GatewayRoute, requestId: string, error: unknown) => void;
}

/** Limits of an HTTP API and of a Lambda behind it. */
const largestBodyBytes = 10 * 1024 * 1024;
const largestEventBytes = 6 * 1024 * 1024;
const longestWaitSeconds = 29;

/** What API Gateway says in its own errors; they stand beside the fields of a problem document. */
const messages: Readonly<Partial<Record<TransportErrorCode, string>>> = {
  not_authenticated: 'Unauthorized',
  not_permitted: 'Forbidden',
  not_found: 'Not Found',
  method_not_allowed: 'Method Not Allowed',
  body_too_large: 'Request Entity Too Large',
  invalid_request: 'Bad Request',
  internal: 'Internal Server Error',
  unavailable: 'Service Unavailable',
};

function sendProblem(
  response: ServerResponse,
  code: TransportErrorCode,
  extra: Readonly<Record<string, string>> = {},
): void {
  const document = { ...problemOf(code), message: messages[code] };
  const body = Buffer.from(JSON.stringify(document));
  response.writeHead(document.status, {
    'content-type': problemMediaType,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-length': body.length,
    ...extra,
  });
  response.end(body);
}

function isApiPath(path: string): boolean {
  return path === '/v1' || path.startsWith('/v1/');
}

/** The local stand-in for an HTTP API: what API Gateway does before and after it calls a Lambda, and nothing else. */
export function createGateway(options: GatewayOptions): RequestListener {
  const router = new Router(options.routes);

  const call = async (
    request: IncomingMessage,
    response: ServerResponse,
    route: GatewayRoute,
    path: string,
    rawQueryString: string,
    params: Readonly<Record<string, string>> | undefined,
  ): Promise<void> => {
    const cors = corsHeaders(request.headers.origin, options.corsOrigins);
    // Read before anything is refused: a client that is still sending would not see the answer.
    const body = await readBody(request, largestBodyBytes);
    if (body === 'too_large') return sendProblem(response, 'body_too_large', { connection: 'close', ...cors });
    if (body === 'aborted') return undefined;

    let authorization: Authorization | undefined;
    if (route.auth === 'jwt') {
      const verdict = await options.authorize(request.headers.authorization);
      if (verdict.kind === 'refused')
        return sendProblem(response, 'not_authenticated', { 'www-authenticate': 'Bearer', ...cors });
      if (verdict.kind === 'unavailable') return sendProblem(response, 'unavailable', { 'retry-after': '1', ...cors });
      authorization = verdict.authorization;
    }

    const routeKey = `${route.method} ${route.path}`;
    const event = toHttpEvent(request, {
      routeKey,
      path,
      rawQueryString,
      pathParameters: params,
      body,
      authorization,
      nowMs: Date.now(),
    });
    if (body.length > 1024 * 1024 && Buffer.byteLength(JSON.stringify(event)) > largestEventBytes)
      return sendProblem(response, 'body_too_large', cors);

    const { requestId } = event.requestContext;
    const own = { 'apigw-requestid': requestId, ...cors };
    const timeoutMs = Math.min(route.timeoutSeconds, longestWaitSeconds) * 1_000;
    const invocation = await options.invoke(route.lambda, event, timeoutMs);
    if (response.destroyed) return undefined;
    if (invocation.kind === 'timed_out') {
      options.onFailure(route, requestId, new Error(`no answer within ${timeoutMs} ms`));
      return sendProblem(response, 'unavailable', own);
    }
    const result = invocation.kind === 'answered' ? readResult(invocation.result) : undefined;
    if (result && sendResult(response, result, own)) return undefined;
    options.onFailure(
      route,
      requestId,
      invocation.kind === 'failed' ? invocation.error : new Error('the answer has no valid form'),
    );
    return sendProblem(response, 'internal', own);
  };

  return (request, response) => {
    const url = request.url ?? '/';
    const question = url.indexOf('?');
    const path = question < 0 ? url : url.slice(0, question);
    const rawQueryString = question < 0 ? '' : url.slice(question + 1);
    const method = request.method ?? 'GET';
    const match = router.match(method, path);
    if (match.kind === 'found') {
      call(request, response, match.route, path, rawQueryString, match.params).catch((error: unknown) => {
        options.onFailure(match.route, 'none', error);
        if (!response.headersSent) sendProblem(response, 'internal');
        else response.destroy();
      });
      return;
    }
    const cors = corsHeaders(request.headers.origin, options.corsOrigins);
    if (method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) {
      const allow = match.kind === 'wrong_method' ? match.allow : [];
      response.writeHead(204, preflightHeaders(cors, allow)).end();
      return;
    }
    if (match.kind === 'wrong_method')
      sendProblem(response, 'method_not_allowed', { allow: match.allow.join(', '), ...cors });
    else if (match.kind === 'bad_path') sendProblem(response, 'invalid_request', cors);
    else if (isApiPath(path)) sendProblem(response, 'not_found', cors);
    else options.serveOther(request, response, path);
  };
}
