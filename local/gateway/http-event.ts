import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import { queryParameters } from '../../contracts/query-string.ts';

/** What API Gateway calls the API; the stage `$default` puts nothing into paths. */
const apiId = 'local';
const stage = '$default';
const accountId = '000000000000';

export type ClaimValue = string | number | boolean | string[];
export interface Authorization {
  readonly claims: Readonly<Record<string, ClaimValue>>;
}
export type HttpEvent = APIGatewayProxyEventV2 | APIGatewayProxyEventV2WithJWTAuthorizer;

export interface EventInput {
  readonly routeKey: string;
  /** Still percent-encoded. */
  readonly path: string;
  readonly rawQueryString: string;
  readonly pathParameters: Readonly<Record<string, string>> | undefined;
  readonly body: Buffer;
  readonly authorization: Authorization | undefined;
  readonly nowMs: number;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** `12/Mar/2020:19:03:58 +0000`, the form of web server logs. */
function logTime(nowMs: number): string {
  const at = new Date(nowMs);
  const day = `${two(at.getUTCDate())}/${months[at.getUTCMonth()]}/${at.getUTCFullYear()}`;
  return `${day}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`;
}

/** An HTTP API gives the decoded path; what cannot be decoded stays as it came. */
function decodedPath(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Lower-case names, values of a repeated header joined with commas; cookies stand apart. */
function headersOf(
  request: IncomingMessage,
  sourceIp: string,
): { readonly headers: Record<string, string>; readonly cookies: string[] | undefined } {
  const headers: Record<string, string> = {};
  let cookies: string[] | undefined;
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    if (values === undefined) continue;
    if (name === 'cookie') cookies = values.flatMap((value) => value.split(/;\s*/)).filter((cookie) => cookie !== '');
    else headers[name] = values.join(',');
  }
  headers['x-forwarded-for'] =
    headers['x-forwarded-for'] === undefined ? sourceIp : `${headers['x-forwarded-for']}, ${sourceIp}`;
  headers['x-forwarded-proto'] = 'http';
  headers['x-forwarded-port'] = String(request.socket.localPort ?? '');
  return { headers, cookies };
}

const textTypes = /^\s*(text\/|application\/(json|xml|javascript|graphql|([\w.+-]+\+(json|xml))))/i;

/** Bodies of text travel as they are; all others, and text that is no UTF-8, as base64. */
function bodyOf(
  body: Buffer,
  contentType: string | undefined,
  contentEncoding: string | undefined,
): { readonly body?: string; readonly isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false };
  const isText =
    contentEncoding === undefined && (contentType === undefined || textTypes.test(contentType)) && isUtf8(body);
  return isText
    ? { body: body.toString('utf8'), isBase64Encoded: false }
    : { body: body.toString('base64'), isBase64Encoded: true };
}

/** The authorizer hands claims on as text; a list becomes `[one two]`. */
function claimText(value: ClaimValue): string {
  return Array.isArray(value) ? `[${value.join(' ')}]` : String(value);
}

function authorizerOf(authorization: Authorization | undefined) {
  if (authorization === undefined) return {};
  const claims = Object.fromEntries(
    Object.entries(authorization.claims).map(([name, value]) => [name, claimText(value)]),
  );
  return { authorizer: { jwt: { claims, scopes: [] } } };
}

/**
 * One HTTP request as API Gateway gives it to a Lambda: HTTP API, payload format 2.0.
 * Source: "Create AWS Lambda proxy integrations for HTTP APIs" in the API Gateway developer guide.
 */
export function toHttpEvent(request: IncomingMessage, input: EventInput): HttpEvent {
  const sourceIp = (request.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
  const { headers, cookies } = headersOf(request, sourceIp);
  const rawPath = decodedPath(input.path);
  const queryStringParameters = input.rawQueryString === '' ? undefined : queryParameters(input.rawQueryString);
  const host = headers['host'] ?? 'localhost';
  return {
    version: '2.0',
    routeKey: input.routeKey,
    rawPath,
    rawQueryString: input.rawQueryString,
    ...(cookies === undefined ? {} : { cookies }),
    headers,
    ...(queryStringParameters === undefined ? {} : { queryStringParameters }),
    ...(input.pathParameters === undefined ? {} : { pathParameters: input.pathParameters }),
    requestContext: {
      accountId,
      apiId,
      ...authorizerOf(input.authorization),
      domainName: host,
      domainPrefix: host.split('.')[0] ?? host,
      http: {
        method: request.method ?? 'GET',
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: input.routeKey,
      stage,
      time: logTime(input.nowMs),
      timeEpoch: input.nowMs,
    },
    ...bodyOf(input.body, headers['content-type'], headers['content-encoding']),
  };
}
