import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonResult, readEvent } from '../../lambdas/http/event.ts';
import { eventOf } from './support/api.ts';

// oxlint-disable-next-line no-control-regex -- they are what it looks for
const controls = /[\u0001-\u0008\u000a-\u001f\u007f]/;

function headersIn(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> | null {
  const read = readEvent({ ...eventOf('GET', '/v1/me'), headers });
  return read === null ? null : Object.fromEntries(read.headers);
}

describe('the headers of a request', () => {
  it('are known by their names in lower case, without the blanks that HTTP takes away', () => {
    expect(headersIn({ 'X-Key': ' \t a b\t ' })).toEqual({ 'x-key': 'a b' });
    // It is a part of the value: a key with it is another key.
    expect(headersIn({ 'x-key': '\u00a0a\u00a0' })).toEqual({ 'x-key': '\u00a0a\u00a0' });
    expect(headersIn({ 'x-key': '  ' })).toEqual({ 'x-key': '' });
  });

  it('are taken as the fetch standard takes them, or not at all where it refuses them', () => {
    const sign = fc.oneof(
      fc.constantFrom(' ', '\t', '\n', '\r', '\0', ':', ',', 'é', '\u00a0', '✓'),
      fc.string({ minLength: 1, maxLength: 1 }),
    );
    const text = fc.array(sign, { maxLength: 6 }).map((signs) => signs.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.constant('x-key'), text), text, (name, value) => {
        // Beyond the standard: what controls is refused wherever it stands.
        fc.pre(!controls.test(name + value));
        fc.pre(name !== '__proto__');
        let standard: Record<string, string> | null;
        try {
          standard = Object.fromEntries(new Headers([[name, value]]).entries());
        } catch {
          standard = null;
        }
        expect(headersIn({ [name]: value })).toEqual(standard);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('an answer', () => {
  it.each([
    ['a line more', { location: '/v1/x\nset-cookie: a=b' }],
    ['more than a byte', { location: '✓' }],
    ['a name that is none', { 'bad name': 'x' }],
    ['a name that would stand there twice', { 'Content-Type': 'text/plain' }],
  ])('has no header with %s', (_what, headers) => {
    expect(() => jsonResult(200, {}, headers)).toThrow(/can't have this header/);
  });

  it('is what API Gateway takes', () => {
    expect(jsonResult(201, { a: 'é' }, { etag: '"1"' })).toEqual({
      statusCode: 201,
      headers: { etag: '"1"' },
      body: '{"a":"é"}',
      isBase64Encoded: false,
    });
  });
});
