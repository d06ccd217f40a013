import { StoreError } from '../../store/errors.ts';
import { ApiError } from './api-error.ts';

/** What was thrown, as the answer that it becomes. What nobody foresaw is `internal`, and says no more. */
export function translated(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof StoreError) {
    return new ApiError(thrown.code, thrown.code === 'unavailable' ? { retryAfterSeconds: 1 } : {});
  }
  return new ApiError('internal');
}
