import { describe, expect, it } from '@jest/globals';

import { errors, transportErrorCodes } from '../../contracts/errors.ts';
import { problem, problemOf } from '../../contracts/problem.ts';
import { refusalCodes } from '../../domain/escalation/commands.ts';

describe('problem documents', () => {
  it.each([...refusalCodes, ...transportErrorCodes])('%s has its status and title', (code) => {
    const made = problemOf(code, {
      detail: 'Because.',
      instance: 'req-1',
      issues: [{ path: ['body', 'x', 0], code: 'c', message: 'm' }],
    });
    expect(problem.parse(made)).toEqual(made);
    expect(made).toMatchObject({ status: errors[code].status, title: errors[code].title, type: `/problems/${code}` });
  });

  it('use only statuses that the API documents', () => {
    const statuses = new Set(Object.values(errors).map(({ status }) => status));
    expect([...statuses].toSorted((a, b) => a - b)).toEqual([
      400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429, 500, 503,
    ]);
  });
});
