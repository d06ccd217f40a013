import { isGrpcServiceError } from '@temporalio/client';
import { StoreError } from '../store/errors.ts';

/** gRPC's status codes, by the protocol: cancelled, deadline exceeded, resource exhausted, unavailable. */
const outageCodes: readonly number[] = [1, 4, 8, 14];

/** @returns gRPC's status code of a call that failed; null where the error is none of gRPC's */
export function refusedCode(error: unknown): number | null {
  let current: unknown = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth += 1) {
    if (isGrpcServiceError(current)) return current.code;
    current = current.cause;
  }
  return null;
}

/**
 * Whether a call failed because the table or Temporal is away or has too much to do: then it would fail for everybody
 * now, and for nobody later.
 */
export function isOutage(error: unknown): boolean {
  if (error instanceof StoreError) return error.code !== 'internal';
  const code = refusedCode(error);
  return code !== null && outageCodes.includes(code);
}
