import { ApiError, invalid } from './api-error.ts';

/** Deeper than anything that the schemas know. */
export const maxDepth = 32;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a JSON body. No body at all counts as an empty object: the schema then names what is missing.
 * @throws ApiError 400, 413 or 415
 */
export function readJson(
  bytes: Uint8Array,
  headers: { readonly contentType: string | null; readonly contentEncoding: string | null },
): unknown {
  if (bytes.byteLength === 0) return {};
  if (!isJson(headers.contentType)) throw new ApiError('unsupported_media_type');
  if (headers.contentEncoding !== null && headers.contentEncoding.trim().toLowerCase() !== 'identity') {
    throw new ApiError('unsupported_media_type', { detail: 'The body may not be compressed.' });
  }
  const text = decode(bytes);
  if (isDeeperThan(text, maxDepth)) throw invalid(['body'], 'too_deep', `is nested deeper than ${maxDepth} levels`);
  return parse(text);
}

function isJson(contentType: string | null): boolean {
  if (contentType === null) return false;
  const [type = '', ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  return type === 'application/json' && parameters.every((part) => part === '' || /^charset="?utf-?8"?$/.test(part));
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw invalid(['body'], 'not_utf8', 'is not UTF-8');
  }
}

function parse(text: string): unknown {
  // A key named like this would change the prototype of whatever it is copied into. Any of its letters may be escaped.
  const suspicious = /__proto__|\\u00[5-7]/i.test(text);
  let seen = false;
  try {
    const value: unknown = suspicious
      ? JSON.parse(text, (key, item: unknown) => {
          seen ||= key === '__proto__';
          return item;
        })
      : JSON.parse(text);
    if (!seen) return value;
  } catch {
    throw invalid(['body'], 'not_json', 'is not JSON');
  }
  throw invalid(['body'], 'forbidden_key', 'has a key that is not allowed');
}

/** Counts brackets outside strings, without recursion. */
export function isDeeperThan(text: string, limit: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const sign = text.charCodeAt(index);
    if (quoted) {
      if (sign === 0x5c) index += 1;
      else if (sign === 0x22) quoted = false;
    } else if (sign === 0x22) {
      quoted = true;
    } else if (sign === 0x5b || sign === 0x7b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (sign === 0x5d || sign === 0x7d) {
      depth -= 1;
    }
  }
  return false;
}
