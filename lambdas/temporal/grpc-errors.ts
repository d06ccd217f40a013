import { isGrpcServiceError } from '@temporalio/client';
import { CallTooLong } from './temporal-channel.ts';

/** Numbers of gRPC's status codes, by the protocol. */
export const grpcCodes = {
  cancelled: 1,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  unavailable: 14,
} as const;

/** The error of the call behind an error of the client, however deep it lies; null where there is none. */
function callErrorIn(error: unknown): { readonly code: number; readonly details: string } | null {
  let current: unknown = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth += 1) {
    if (isGrpcServiceError(current)) return current;
    current = current.cause;
  }
  return null;
}

/** The gRPC status behind an error of the client; null where there is none. */
export function grpcCodeOf(error: unknown): number | null {
  return callErrorIn(error)?.code ?? null;
}

function detailsOf(error: unknown): string {
  return callErrorIn(error)?.details ?? '';
}

/**
 * Whether the server itself let go of an update, as it does when it drops a workflow from its memory. It speaks of this
 * as being unavailable, but it is there, and the update may be given again at once.
 */
export function isAborted(error: unknown): boolean {
  return grpcCodeOf(error) === grpcCodes.unavailable && /aborted|could not be executed/.test(detailsOf(error));
}

/** Whether a call failed on its way, so that a fresh connection may do better. */
export function isBrokenWay(error: unknown): boolean {
  if (error instanceof CallTooLong) return true;
  if (isAborted(error)) return false;
  const code = grpcCodeOf(error);
  return code === grpcCodes.deadlineExceeded || code === grpcCodes.unavailable || code === grpcCodes.cancelled;
}

export function isOverload(error: unknown): boolean {
  return grpcCodeOf(error) === grpcCodes.resourceExhausted;
}
