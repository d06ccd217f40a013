import { describe, expect, it } from '@jest/globals';
import { compileWorkflows, withTarget } from '../../worker/workflow-bundle.ts';

describe('the bundle of the workflows', () => {
  it('holds private fields and spreads as they are written', async () => {
    const code = await compileWorkflows();
    expect(code).toContain('#knowledge');
    expect(code).not.toMatch(/_class_private_field_get|_object_spread/);
  }, 60_000);

  it('is not made where the bundler compiles in another way', () => {
    expect(() => withTarget({ module: { rules: [{ test: /\.ts$/, use: 'another-loader' }] } })).toThrow('swc');
    expect(() => withTarget({})).toThrow('swc');
  });

  it('leaves the other settings of the bundler alone', () => {
    const other = { test: /\.txt$/, use: 'text' };
    const rule = {
      test: /\.ts$/,
      use: {
        loader: '/modules/swc-loader/index.js',
        options: { sourceMap: true, jsc: { target: 'es2017', loose: true } },
      },
    };
    expect(withTarget({ mode: 'development', module: { rules: [other, rule] } })).toEqual({
      mode: 'development',
      module: {
        rules: [
          other,
          { ...rule, use: { ...rule.use, options: { sourceMap: true, jsc: { target: 'es2022', loose: true } } } },
        ],
      },
    });
  });
});
