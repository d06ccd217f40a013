import type * as z from 'zod';

/** A request or definition that is not understood; the message names every issue with its path. */
export class RequestError extends Error {
  constructor(error: z.ZodError) {
    super(describe(error.issues, []).join('; '));
    this.name = 'RequestError';
  }
}

function describe(issues: readonly z.core.$ZodIssue[], parents: readonly PropertyKey[]): readonly string[] {
  return issues.flatMap((issue) => {
    const path = [...parents, ...issue.path];
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      // The form that was understood furthest is the one that was meant.
      const [meant = []] = issue.errors.toSorted((a, b) => depthOf(b) - depthOf(a));
      return describe(meant, path);
    }
    return [`${path.map(String).join('.') || 'request'}: ${issue.message}`];
  });
}

function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  const depths = issues.map((issue) => {
    // A text of another form, or an object with an unknown key, is closer than another type altogether.
    const form = issue.code === 'invalid_type' || issue.code === 'invalid_value' ? 0 : 1;
    return issue.path.length * 2 + form;
  });
  return Math.max(0, ...depths);
}
