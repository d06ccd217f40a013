import { describe, expect, it } from '@jest/globals';
import { SeenKeys } from '../../lambdas/intake/seen-keys.ts';

describe('keys that were seen', () => {
  it('are known from the second time on', () => {
    const keys = new SeenKeys();
    expect(keys.note('a')).toBe(false);
    expect(keys.note('b')).toBe(false);
    expect(keys.note('a')).toBe(true);
    expect(keys.note('a')).toBe(true);
  });

  it('are forgotten when as many others came in since', () => {
    const keys = new SeenKeys(2);
    keys.note('a');
    keys.note('b');
    keys.note('a');
    keys.note('c');
    expect(keys.note('a')).toBe(true);
    expect(keys.note('b')).toBe(false);
  });
});
