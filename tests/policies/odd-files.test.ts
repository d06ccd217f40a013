import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { checkPolicySet } from '../../contracts/policy/check.ts';
import { parsePolicySet } from '../../contracts/policy/load.ts';
import { directoryText, policyFiles, policyText, routingText } from './policy-set-fixture.ts';

function messagesOf(plain: string): readonly string[] {
  const loaded = parsePolicySet(policyFiles({ plain }));
  return loaded.ok ? [] : loaded.errors.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

describe('files of odd shapes', () => {
  it.each([
    ['empty', '', '1:1 the file says nothing'],
    ['a comment', '# nothing\n', '1:1 the file says nothing'],
    ['a list', '- a\n', '1:1 ["a"] is not a map of keys'],
    ['several documents', `${policyText}---\npolicy: two\n`, '24:1 the file holds several documents'],
    [
      'an alias of nothing',
      'policy: *nope\n',
      '1:1 an alias (*name) leads to no anchor (&name) before it, or to too many',
    ],
    [
      'aliases that multiply',
      `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n`,
      '1:1 an alias (*name) leads to no anchor (&name) before it, or to too many',
    ],
    [
      'an alias of what it is in',
      policyText.replace('repeats: 1', 'repeats: &r [*r]'),
      '9:13 a value that is a part of itself is not a number',
    ],
    ['no number', policyText.replace('repeats: 1', 'repeats: .nan'), '9:10 null is not a number'],
  ])('are refused in words: %s', (_name, text, expected) => {
    expect(messagesOf(text)).toContain(expected);
  });

  it('never break the reader or the check, whatever stands where', () => {
    const lines = [...policyText.split('\n'), ...directoryText.split('\n'), ...routingText.split('\n')];
    const piece = fc.oneof(
      fc.constantFrom(...lines),
      fc.constantFrom(
        '&a',
        '*a',
        '- ',
        '{',
        ']',
        '? x',
        '<<: *a',
        '!!binary x',
        '%YAML 1.2',
        '---',
        '\t',
        '"',
        '|',
        '999999w',
      ),
      fc.string({ unit: 'binary', maxLength: 12 }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom('plain', 'directory', 'routing'),
        fc.nat({ max: 30 }),
        fc.nat({ max: 4 }),
        fc.array(piece, { maxLength: 4 }),
        (role, from, drop, put) => {
          const text = { plain: policyText, directory: directoryText, routing: routingText }[role].split('\n');
          text.splice(from % text.length, drop, ...put);
          const loaded = parsePolicySet(policyFiles({ [role]: text.join('\n') }));
          if (!loaded.ok) {
            for (const error of loaded.errors) {
              expect(error.line).toBeGreaterThan(0);
              expect(error.column).toBeGreaterThan(0);
              expect(error.message).not.toBe('');
            }
            return;
          }
          checkPolicySet(loaded.set, Date.UTC(2026, 10, 23, 12));
        },
      ),
      { numRuns: 300, endOnFailure: true },
    );
  }, 120_000);
});
