import { isGrpcServiceError } from '@temporalio/client';
import { StoreError } from '../store/errors.ts';

/** gRPC's status codes, by the protocol: cancelled, deadline exceeded, resource exhausted, unavailable. */
const outageCodes: readonly number[] = [1, 4, 8, 14];

/**
 * Whether a call failed because the table or Temporal is away or has too much to do: then it would fail for everybody
 * now, and for nobody later.
 */
export function isOutage(error: unknown): boolean {
  if (error instanceof StoreError) return error.code !== 'internal';
  let current: unknown = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth += 1) {
    if (isGrpcServiceError(current)) return outageCodes.includes(current.code);
    current = current.cause;
  }
  return false;
}
