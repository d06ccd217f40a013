const allowedHeaders = 'authorization, content-type, idempotency-key, if-match, if-none-match';
const exposedHeaders = 'etag, location, retry-after, apigw-requestid, allow';
const preflightSeconds = 600;

/** Headers that let a page of that origin read the answer; none for any other origin. */
export function corsHeaders(origin: string | undefined, allowed: readonly string[]): Readonly<Record<string, string>> {
  if (origin === undefined || !allowed.includes(origin)) return {};
  return { 'access-control-allow-origin': origin, 'access-control-expose-headers': exposedHeaders, vary: 'origin' };
}

/** The answer to a browser's question before the request itself. */
export function preflightHeaders(
  cors: Readonly<Record<string, string>>,
  methods: readonly string[],
): Readonly<Record<string, string>> {
  if (cors['access-control-allow-origin'] === undefined || methods.length === 0) return { vary: 'origin' };
  return {
    ...cors,
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers': allowedHeaders,
    'access-control-max-age': String(preflightSeconds),
  };
}
