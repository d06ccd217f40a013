import type { ErrorCode } from '../../../contracts/errors.ts';

/** One thing that was wrong with a request. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

interface ProblemDocument {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: ErrorCode;
  readonly issues?: readonly Issue[];
}

/** The server's answer was a problem document (RFC 9457). */
export class ApiProblem extends Error {
  readonly code: ErrorCode | 'unreadable';
  readonly issues: readonly Issue[];
  readonly retryAfterMs: number | null;

  constructor(
    readonly status: number,
    document: ProblemDocument,
    retryAfterSeconds: string | null,
  ) {
    super(document.detail ?? document.title ?? `HTTP ${status}`);
    this.name = 'ApiProblem';
    this.code = document.code ?? 'unreadable';
    this.issues = document.issues ?? [];
    const seconds = Number(retryAfterSeconds ?? Number.NaN);
    this.retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : null;
  }
}

/** No answer came: no network, or no server. */
export class ApiUnreachable extends Error {
  constructor(cause: unknown) {
    super('The server did not answer.', { cause });
    this.name = 'ApiUnreachable';
  }
}

/** Reads a refused answer; one that is no problem document still has its status. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const retryAfter = response.headers.get('retry-after');
  try {
    const document: ProblemDocument = await response.json();
    return new ApiProblem(response.status, document, retryAfter);
  } catch {
    return new ApiProblem(response.status, {}, retryAfter);
  }
}

/** The sentence to show to a person. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether asking again may help. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ApiUnreachable) return true;
  return error instanceof ApiProblem && (error.status === 429 || error.status >= 500);
}
