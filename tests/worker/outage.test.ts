import { describe, expect, it } from '@jest/globals';
import { ServiceError } from '@temporalio/client';
import { StoreError } from '../../store/errors.ts';
import { isOutage } from '../../worker/outage.ts';

/** As the client throws what gRPC says, be it of the JavaScript connection or of the native one. */
function answered(code: number): Error {
  const cause = Object.assign(new Error('of gRPC'), { name: 'ServiceError', code, details: '', metadata: {} });
  return new ServiceError('Failed to start Workflow', { cause });
}

describe('what fails for everybody now', () => {
  it('is a start that Temporal did not answer in time, which the native connection calls cancelled', () => {
    expect(isOutage(answered(1))).toBe(true);
    expect(isOutage(answered(4))).toBe(true);
  });

  it('is a server that is away or has too much to do', () => {
    expect(isOutage(answered(14))).toBe(true);
    expect(isOutage(answered(8))).toBe(true);
    expect(isOutage(new StoreError('unavailable', 'the table is away'))).toBe(true);
  });

  it('is not what is wrong with one start', () => {
    expect(isOutage(answered(3))).toBe(false);
    expect(isOutage(new StoreError('internal', 'a policy is missing'))).toBe(false);
    expect(isOutage(new Error('whatever'))).toBe(false);
  });
});
