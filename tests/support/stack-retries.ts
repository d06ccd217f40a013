import { expect, jest } from '@jest/globals';

/**
 * A test over a whole stack of processes is given a second try, and the first failure is shown: on a machine that others
 * use too, a browser or a server may be late. One that fails twice fails.
 */
if (expect.getState().testPath?.endsWith('.stack.test.ts') === true) {
  jest.retryTimes(1, { logErrorsBeforeRetry: true });
}
