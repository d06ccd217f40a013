import type { ServerResponse } from 'node:http';
import * as z from 'zod';

const headerValue = z.union([z.string(), z.number(), z.boolean()]);

/** What a Lambda behind an HTTP API may answer with, payload format 2.0. */
const structured = z.object({
  statusCode: z.number().int().min(100).max(599),
  headers: z.record(z.string(), headerValue.optional()).optional(),
  body: z.string().optional(),
  isBase64Encoded: z.boolean().optional(),
  cookies: z.array(z.string()).optional(),
});
type Structured = z.infer<typeof structured>;

/** API Gateway refuses longer answers of a Lambda. */
const largestAnswerBytes = 6 * 1024 * 1024;

/** An answer without a status is the body of a 200; undefined where API Gateway would answer 500. */
export function readResult(result: unknown): Structured | undefined {
  if (typeof result === 'object' && result !== null && 'statusCode' in result) {
    const parsed = structured.safeParse(result);
    return parsed.success ? parsed.data : undefined;
  }
  if (result === undefined || result === null) return undefined;
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: typeof result === 'string' ? result : JSON.stringify(result),
  };
}

function isAscii({ headers = {}, cookies = [] }: Structured): boolean {
  return [...Object.values(headers), ...cookies].every((value) => /^[\t\u0020-\u007e]*$/.test(String(value ?? '')));
}

/** Writes a Lambda's answer. False when it is too long to be given. */
export function sendResult(
  response: ServerResponse,
  result: Structured,
  extra: Readonly<Record<string, string>>,
): boolean {
  const text = result.body ?? '';
  // Text goes out in one piece with the headers, and in its encoding: theirs have to be the same in both.
  const isText = result.isBase64Encoded !== true && isAscii(result);
  const body = isText ? text : Buffer.from(text, result.isBase64Encoded === true ? 'base64' : 'utf8');
  const bytes = Buffer.byteLength(body);
  if (bytes > largestAnswerBytes) return false;
  const headers: Record<string, string | string[] | number> = {};
  for (const [name, value] of Object.entries(result.headers ?? {})) {
    if (value !== undefined) headers[name.toLowerCase()] = String(value);
  }
  headers['content-type'] ??= 'text/plain; charset=utf-8';
  if (result.cookies && result.cookies.length > 0) headers['set-cookie'] = result.cookies;
  delete headers['transfer-encoding'];
  if (result.statusCode === 204 || result.statusCode === 304) {
    delete headers['content-length'];
    response.writeHead(result.statusCode, { ...headers, ...extra }).end();
    return true;
  }
  headers['content-length'] = bytes;
  response.writeHead(result.statusCode, { ...headers, ...extra }).end(body);
  return true;
}
