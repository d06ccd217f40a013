import type { TransportErrorCode } from '../contracts/errors.ts';

/** What the store throws when something is broken or can't be known; what can be expected is returned instead. */
export type StoreErrorCode = Extract<
  TransportErrorCode,
  'unavailable' | 'outcome_unknown' | 'invalid_cursor' | 'internal'
>;

export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}

/** Refused before anything was written: the same request may be sent again. */
const refusedNames: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'LimitExceededException',
  // A transaction of somebody else has its hand on the item.
  'TransactionConflictException',
]);

/** Whether the table refused a request of this error's name before it did anything. */
export function isRefusedUndone(name: string): boolean {
  return refusedNames.has(name);
}

/** The connection was never made, so nothing was written. */
const notConnectedCodes: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);

/** Requests that may or may not have been carried out. */
const unsureNames: ReadonlySet<string> = new Set([
  'TimeoutError',
  'AbortError',
  'NetworkingError',
  'InternalServerError',
  'InternalServerErrorException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
]);
const unsureCodes: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_SOCKET']);

function textOf(error: unknown, key: 'name' | 'code' | 'message'): string {
  if (typeof error !== 'object' || error === null || !(key in error)) return '';
  const value: unknown = Reflect.get(error, key);
  return typeof value === 'string' ? value : '';
}

/** The system's code for a failed connection; the SDK keeps it only in the message of errors that it does not know. */
function connectionCodeOf(error: unknown): string {
  const code = textOf(error, 'code');
  if (code !== '') return code;
  return /\bE(?:CONN[A-Z]+|NOTFOUND|AI_AGAIN|HOSTUNREACH|PIPE|TIMEDOUT)\b/.exec(textOf(error, 'message'))?.[0] ?? '';
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 0;
  const metadata: unknown = Reflect.get(error, '$metadata');
  if (typeof metadata !== 'object' || metadata === null) return 0;
  const status: unknown = Reflect.get(metadata, 'httpStatusCode');
  return typeof status === 'number' ? status : 0;
}

/** True for the answer "the condition did not hold", which is an answer and not a failure. */
export function isConditionFailure(error: unknown): boolean {
  return textOf(error, 'name') === 'ConditionalCheckFailedException';
}

/**
 * Turns a failure of the database into the store's own error; anything else is handed back as it is.
 * @param repeatable whether the same request may be sent again without harm; if not, an unsure outcome is told apart
 */
export function toStoreError(error: unknown, repeatable: boolean): unknown {
  const name = textOf(error, 'name');
  const code = connectionCodeOf(error);
  if (isRefusedUndone(name))
    return new StoreError('unavailable', `the table refused for now: ${name}`, { cause: error });
  if (notConnectedCodes.has(code))
    return new StoreError('unavailable', `the table can't be reached: ${code}`, { cause: error });
  if (unsureNames.has(name) || unsureCodes.has(code) || statusOf(error) >= 500) {
    const what = name === '' ? code : name;
    return repeatable
      ? new StoreError('unavailable', `the table did not answer: ${what}`, { cause: error })
      : new StoreError('outcome_unknown', `whether it was written is not known: ${what}`, { cause: error });
  }
  // What DynamoDB says about a request that it finds wrong can quote the request: its text stays out of our own.
  if (typeof error === 'object' && error !== null && '$fault' in error) {
    return new StoreError('internal', `the table refused the request: ${name}`, { cause: error });
  }
  return error;
}
