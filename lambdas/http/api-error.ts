import { problemMediaType, problemOf, type Issue } from '../../contracts/problem.ts';
import { errors, type ErrorCode } from '../../contracts/errors.ts';
import { jsonResult, type HttpResult } from './event.ts';

interface ErrorDetails {
  /** For the caller to read; never holds what the caller sent. */
  readonly detail?: string;
  readonly issues?: readonly Issue[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly retryAfterSeconds?: number;
}

/** An answer other than success. Thrown anywhere in a handler, turned into a problem document at one place. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(code);
    this.name = 'ApiError';
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return errors[this.code].status;
  }
}

/** A request that is wrong in one place. */
export function invalid(path: readonly (string | number)[], code: string, message: string): ApiError {
  return new ApiError('invalid_request', { issues: [{ path: [...path], code, message }] });
}

export const plainHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
} as const;

export function problemResult(error: ApiError, instance: string): HttpResult {
  const { detail, issues, headers, retryAfterSeconds } = error.details;
  const body = problemOf(error.code, {
    instance,
    ...(detail === undefined ? {} : { detail }),
    ...(issues === undefined ? {} : { issues }),
  });
  return jsonResult(body.status, body, {
    ...plainHeaders,
    'content-type': problemMediaType,
    ...(body.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    ...headers,
  });
}
