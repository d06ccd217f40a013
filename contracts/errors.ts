import type { RefusalCode } from '../domain/escalation/commands.ts';

/**
 * Every error that crosses a boundary: its HTTP status, its title and whether the same call may succeed later.
 * Codes of refusals come from the domain and share this table.
 */
export interface ErrorInfo {
  readonly status: number;
  readonly title: string;
  readonly retryable: boolean;
}

export const transportErrorCodes = [
  'invalid_request',
  'unsupported_media_type',
  'body_too_large',
  'not_authenticated',
  'not_permitted',
  'not_found',
  'method_not_allowed',
  'idempotency_key_reused',
  'invalid_cursor',
  'rate_limited',
  'overloaded',
  'unavailable',
  'outcome_unknown',
  'internal',
] as const;
export type TransportErrorCode = (typeof transportErrorCodes)[number];
export type ErrorCode = RefusalCode | TransportErrorCode;

export const errors: Readonly<Record<ErrorCode, ErrorInfo>> = {
  wrong_state: { status: 409, title: 'Not possible in this state', retryable: false },
  already_so: { status: 409, title: 'Nothing would change', retryable: false },
  same_person: { status: 409, title: 'Somebody else has to do this', retryable: false },
  rca_required: { status: 409, title: 'A root cause analysis is required first', retryable: false },
  rca_not_approved: { status: 409, title: 'The root cause analysis is not approved', retryable: false },
  no_such_tier: { status: 409, title: 'The policy has no such tier', retryable: false },
  no_such_policy: { status: 409, title: 'The policy has no such version', retryable: false },
  bad_time: { status: 422, title: 'The time given is not possible', retryable: false },
  stale_revision: { status: 412, title: 'Somebody has changed the escalation since', retryable: false },
  invalid_request: { status: 400, title: 'The request is not valid', retryable: false },
  unsupported_media_type: { status: 415, title: 'The body has to be application/json', retryable: false },
  body_too_large: { status: 413, title: 'The body is too large', retryable: false },
  not_authenticated: { status: 401, title: 'Sign in first', retryable: false },
  not_permitted: { status: 403, title: 'Your role does not allow this', retryable: false },
  not_found: { status: 404, title: 'Not found', retryable: false },
  method_not_allowed: { status: 405, title: 'The path does not take this method', retryable: false },
  idempotency_key_reused: { status: 422, title: 'The idempotency key was used for another request', retryable: false },
  invalid_cursor: { status: 400, title: 'The cursor does not belong to this list', retryable: false },
  rate_limited: { status: 429, title: 'Too many requests', retryable: true },
  overloaded: { status: 429, title: 'The desk is busy', retryable: true },
  unavailable: { status: 503, title: 'Not available at the moment', retryable: true },
  outcome_unknown: {
    status: 503,
    title: 'Whether it was done is not known: ask again with the same key',
    retryable: true,
  },
  internal: { status: 500, title: 'Something broke', retryable: true },
};
