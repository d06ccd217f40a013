import { isGrpcServiceError } from '@temporalio/client';

/** Numbers of gRPC's status codes, by the protocol. */
export const grpcCodes = {
  cancelled: 1,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  unavailable: 14,
} as const;

/** The gRPC status behind an error of the client, however deep it lies; null where there is none. */
export function grpcCodeOf(error: unknown): number | null {
  let current: unknown = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth += 1) {
    if (isGrpcServiceError(current)) return current.code;
    current = current.cause;
  }
  return null;
}

/** Whether a call failed on its way, so that a fresh connection may do better. */
export function isBrokenWay(error: unknown): boolean {
  const code = grpcCodeOf(error);
  return code === grpcCodes.deadlineExceeded || code === grpcCodes.unavailable || code === grpcCodes.cancelled;
}

export function isOverload(error: unknown): boolean {
  return grpcCodeOf(error) === grpcCodes.resourceExhausted;
}
