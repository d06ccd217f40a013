import { describe, expect, it } from '@jest/globals';
import { queryParameters } from '../../contracts/query-string.ts';

describe('the parameters of a query', () => {
  it.each([
    ['', {}],
    ['limit=5&state=received', { limit: '5', state: 'received' }],
    ['state=received&limit=5&state=resolved', { state: 'received,resolved', limit: '5' }],
    ['q=a%20b+c%26', { q: 'a b c&' }],
    ['flag', { flag: '' }],
    ['=x&&limit=5', { limit: '5' }],
    // Only the first question mark ends a path.
    ['?limit=5', { '?limit': '5' }],
    ['q=%ff', { q: '\ufffd' }],
  ])('%j', (raw, parameters) => {
    expect(queryParameters(raw)).toEqual(parameters);
  });
});
