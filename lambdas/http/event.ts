import * as z from 'zod';

/**
 * An API Gateway HTTP API (v2) event, as far as it is used. Everything in it comes from outside: it is parsed before
 * anything else looks at it.
 */
const apiEvent = z.object({
  rawPath: z.string().max(8192),
  rawQueryString: z.string().max(8192).default(''),
  headers: z.record(z.string(), z.string().optional()).default({}),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().default(false),
  requestContext: z.object({
    requestId: z.string().max(200).optional(),
    http: z.object({ method: z.string().max(20), sourceIp: z.string().max(100).optional() }),
  }),
});

export interface HttpResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly rawQueryString: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Decoded, whatever way it came. */
  readonly body: Uint8Array;
  readonly requestId: string | null;
  readonly sourceIp: string;
}

/** What HTTP allows as a name, of a header or a method. */
const token = /^[\w!#$%&'*+.^`|~-]+$/;
/** What HTTP allows in a header's value: one byte a character, and of those that control only the tabulator. */
const headerValue = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

/** @returns null for an event that is no HTTP request, or one that no client should send */
export function readEvent(event: unknown): HttpRequest | null {
  const parsed = apiEvent.safeParse(event);
  if (!parsed.success) return null;
  const { rawPath, rawQueryString, headers, body, isBase64Encoded, requestContext } = parsed.data;
  const { requestId = null, http } = requestContext;
  const { method, sourceIp = 'unknown' } = http;
  const bytes = bytesOf(body ?? '', isBase64Encoded);
  const known = headersOf(headers);
  if (bytes === null || known === null || !rawPath.startsWith('/') || !token.test(method)) return null;
  return { method, path: rawPath, rawQueryString, headers: known, body: bytes, requestId, sourceIp };
}

function headersOf(headers: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> | null {
  const known = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    if (!token.test(name) || !headerValue.test(value)) return null;
    known.set(name.toLowerCase(), withoutBlanks(value));
  }
  return known;
}

/** HTTP takes spaces and tabulators at the ends away, and nothing else that is blank. */
function withoutBlanks(value: string): string {
  let from = 0;
  let to = value.length;
  while (from < to && isBlank(value.charCodeAt(from))) from += 1;
  while (from < to && isBlank(value.charCodeAt(to - 1))) to -= 1;
  return value.slice(from, to);
}

function isBlank(sign: number): boolean {
  return sign === 0x20 || sign === 0x09;
}

function bytesOf(body: string, isBase64: boolean): Uint8Array | null {
  if (!isBase64) return Buffer.from(body, 'utf8');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(body)) return null;
  return Buffer.from(body, 'base64');
}

/**
 * The answer as an HTTP API takes it.
 * @throws Error for a header that HTTP does not allow, whose value stays out of the message
 */
export function jsonResult(status: number, body: unknown, headers: Readonly<Record<string, string>>): HttpResult {
  for (const name of Object.keys(headers)) {
    const isRight = token.test(name) && name === name.toLowerCase() && headerValue.test(headers[name] ?? '');
    if (!isRight) throw new Error(`an answer can't have this header: ${name}`);
  }
  return { statusCode: status, headers, body: JSON.stringify(body), isBase64Encoded: false };
}
