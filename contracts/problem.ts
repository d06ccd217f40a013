import * as z from 'zod';

import { refusalCodes } from '../domain/escalation/commands.ts';
import { errors, transportErrorCodes, type ErrorCode } from './errors.ts';

export const problemMediaType = 'application/problem+json';

/** Where an issue lies: the part of the request, then the way into it. */
export const issue = z.object({
  path: z.array(z.union([z.string(), z.int()])).meta({ examples: [['body', 'title']] }),
  code: z.string(),
  message: z.string(),
});
export type Issue = z.output<typeof issue>;

/** RFC 9457, with a code for programs and, for invalid requests, every issue at once. */
export const problem = z
  .object({
    type: z.string().meta({ examples: ['/problems/invalid_request'] }),
    title: z.string(),
    status: z.int(),
    code: z.enum([...refusalCodes, ...transportErrorCodes]),
    detail: z.string().optional(),
    instance: z.string().optional().meta({ description: 'Id of the request, as it stands in the logs.' }),
    retryable: z.boolean().meta({ description: 'Whether the same call may succeed later.' }),
    issues: z.array(issue).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details.' });
export type Problem = z.output<typeof problem>;

/** @param instance id of the request */
export function problemOf(
  code: ErrorCode,
  extra: { readonly detail?: string; readonly instance?: string; readonly issues?: readonly Issue[] } = {},
): Problem {
  const info = errors[code];
  return {
    type: `/problems/${code}`,
    title: info.title,
    status: info.status,
    code,
    retryable: info.retryable,
    ...(extra.detail === undefined ? {} : { detail: extra.detail }),
    ...(extra.instance === undefined ? {} : { instance: extra.instance }),
    ...(extra.issues === undefined ? {} : { issues: [...extra.issues] }),
  };
}
