import type { ErrorCode } from '../../../contracts/errors.ts';
import type { Issue, Problem } from '../../../contracts/problem.ts';

/** The server's answer was a problem document (RFC 9457), or at least a status that refuses. */
export class ApiProblem extends Error {
  readonly code: ErrorCode | 'unreadable';
  readonly issues: readonly Issue[];
  readonly retryAfterMs: number | null;

  constructor(
    readonly status: number,
    document: Partial<Problem>,
    retryAfterSeconds: string | null,
  ) {
    super(sentenceOf(document) ?? `HTTP ${status}`);
    this.name = 'ApiProblem';
    this.code = document.code ?? 'unreadable';
    this.issues = document.issues ?? [];
    const seconds = Number(retryAfterSeconds ?? Number.NaN);
    this.retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : null;
  }
}

/** What is wrong, with each issue of the request behind it. */
function sentenceOf(document: Partial<Problem>): string | null {
  const head = document.detail ?? document.title ?? null;
  const issues = (document.issues ?? []).map((issue) => `${String(issue.path.at(-1) ?? '')} ${issue.message}`.trim());
  if (head === null || issues.length === 0) return head;
  return `${head}: ${issues.join('; ')}`;
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
    const document: Partial<Problem> = await response.json();
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
