import type { ZodError } from 'zod';

/** A request or definition that is not understood; the message names every issue with its path. */
export class RequestError extends Error {
  constructor(error: ZodError) {
    super(error.issues.map((issue) => `${issue.path.join('.') || 'request'}: ${issue.message}`).join('; '));
    this.name = 'RequestError';
  }
}
