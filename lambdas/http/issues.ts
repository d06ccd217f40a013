import type * as z from 'zod';

import type { Issue } from '../../contracts/problem.ts';

/** More than these say nothing new. */
const maxIssues = 100;

/** A key that the caller made up is named only where it is short and plain. */
function nameable(key: PropertyKey): string | number {
  if (typeof key === 'number') return key;
  return typeof key === 'string' && /^[\w.-]{1,64}$/.test(key) ? key : '…';
}

function flatten(issue: z.core.$ZodIssue): readonly Issue[] {
  const path = issue.path.map(nameable);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, nameable(key)],
      code: 'unknown_field',
      message: 'is not known here',
    }));
  }
  const missing = issue.code === 'invalid_type' && issue.input === undefined && issue.message.endsWith('undefined');
  return [{ path, code: missing ? 'missing' : issue.code, message: missing ? 'is missing' : issue.message }];
}

/** Everything that is wrong with a request, as the problem document lists it. */
export function issuesOf(error: z.core.$ZodError): readonly Issue[] {
  return error.issues.flatMap(flatten).slice(0, maxIssues);
}
