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
  readonly request: Request;
  /** Decoded, whatever way it came. */
  readonly body: Uint8Array;
  readonly requestId: string | null;
  readonly sourceIp: string;
}

/** @returns null for an event that is no HTTP request, or one that no client should send */
export function readEvent(event: unknown): HttpRequest | null {
  const parsed = apiEvent.safeParse(event);
  if (!parsed.success) return null;
  const { rawPath, rawQueryString, headers, body, isBase64Encoded, requestContext } = parsed.data;
  const bytes = bytesOf(body ?? '', isBase64Encoded);
  if (bytes === null || !rawPath.startsWith('/')) return null;
  try {
    const known = new Headers();
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) known.set(name, value);
    }
    const url = `https://api.invalid${rawPath}${rawQueryString === '' ? '' : `?${rawQueryString}`}`;
    return {
      // The body travels beside the request: its bytes are counted before anything reads them.
      request: new Request(url, { method: requestContext.http.method, headers: known }),
      body: bytes,
      requestId: requestContext.requestId ?? null,
      sourceIp: requestContext.http.sourceIp ?? 'unknown',
    };
  } catch {
    // A header, method or address that HTTP does not allow.
    return null;
  }
}

function bytesOf(body: string, isBase64: boolean): Uint8Array | null {
  if (!isBase64) return new TextEncoder().encode(body);
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(body)) return null;
  return Buffer.from(body, 'base64');
}

export async function resultOf(response: Response): Promise<HttpResult> {
  const headers: Record<string, string> = {};
  response.headers.forEach((value, name) => {
    headers[name] = value;
  });
  return { statusCode: response.status, headers, body: await response.text(), isBase64Encoded: false };
}
