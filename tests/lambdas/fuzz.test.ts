import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { roles } from '../../contracts/roles.ts';
import { lambdaNames, routeList } from '../../contracts/routes.ts';
import { isWellFormed } from '../../contracts/schemas/common.ts';
import { personCommandTypes } from '../../domain/escalation/commands.ts';
import { checkContract, eventOf, file, startApi, type TestApi } from './support/api.ts';
import { groupsOf } from './support/tokens.ts';

let api: TestApi;
let tokens: readonly string[];
let existing: string;
beforeAll(async () => {
  api = await startApi();
  tokens = await Promise.all(roles.map((role) => api.tokens.of(role, ...groupsOf(role))));
  existing = await file(api, tokens[0] ?? '');
});
afterAll(() => api.close());

const words = [
  'title',
  'channel',
  'category',
  'severity',
  'reason',
  'text',
  'toTier',
  'until',
  'note',
  'code',
  'summary',
  'assignee',
  'to',
  'alerts',
  'labels',
  'fingerprint',
  'status',
  'action',
  'dedupKey',
  'source',
  'label',
  'textIds',
  'audience',
  'constructor',
  'toString',
];
const values = [
  'sev1',
  'sev4',
  'external',
  'other',
  'firing',
  'resolved',
  'trigger',
  'clear',
  'fixed',
  'customers',
  'waiting_for_customer',
  '2030-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '0000-01-01T00:00:00Z',
  'dana',
  '',
  ' ',
  '\u0000',
  '\ud800',
  '%',
  '../..',
  '1e999',
  'NaN',
];

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...values),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 8 })), tie('any'), { maxKeys: 6 }),
  ),
})).any;

const body = fc.oneof(
  fc.dictionary(fc.constantFrom(...words), value, { maxKeys: 8 }).map((json) => JSON.stringify(json)),
  value.map((json) => JSON.stringify(json)),
  fc.string({ unit: 'binary', maxLength: 60 }),
);
const bytes = fc.uint8Array({ maxLength: 60 });
const header = fc.constantFrom(
  'idempotency-key',
  'if-match',
  'content-type',
  'content-encoding',
  'accept',
  'x-anything',
  'authorization',
  'cookie',
);
const query = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        'state',
        'limit',
        'cursor',
        'q',
        'order',
        'tier',
        'assignee',
        'breachingWithinSeconds',
        'breached',
        'paused',
        'at',
        'from',
        'version',
        'x',
      ),
      fc.oneof(
        fc.constantFrom('open', '5', 'me', 'none', 'newest', 'b1.x', 's1', 's99999999'),
        fc.string({ unit: 'binary', maxLength: 12 }),
      ),
    ),
    { maxLength: 4 },
  )
  .map((pairs) =>
    pairs.map(([name, text]) => `${name}=${isWellFormed(text) ? encodeURIComponent(text) : '%ED%A0%80'}`).join('&'),
  );

/** Sends an event and holds the answer against the contract. */
async function answers(event: ReturnType<typeof eventOf>, lambda: (typeof lambdaNames)[number]): Promise<void> {
  const result = await api.lambdas[lambda](event);
  if (result.statusCode >= 500) throw new Error(`${result.statusCode}: ${JSON.stringify(event)} ${api.log.at(-1)}`);
  checkContract(
    event.requestContext.http.method,
    event.rawPath,
    result.statusCode,
    result.headers['content-type'] ?? '',
    result.body,
  );
}

describe('no input leads to an answer of 500', () => {
  it.each(routeList.filter((route) => route.method !== 'DELETE'))('$method $path', async (route) => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...tokens),
        fc.oneof(body, bytes),
        query,
        fc.array(
          fc.tuple(header, fc.constantFrom(...values, '"1"', '*', 'application/json', 'gzip', 'x'.repeat(300))),
          { maxLength: 2 },
        ),
        fc.oneof(
          { weight: 4, arbitrary: fc.constant('') },
          { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 10 }) },
        ),
        async (token, payload, search, headers, id) => {
          const filled = route.path
            .replace('/v1/escalations/{id}', existing)
            .replaceAll(/\{\w+\}/g, id === '' ? 'default' : id);
          const path = filled.split('?')[0] ?? '';
          const event = eventOf(route.method, path, {
            token,
            headers: Object.fromEntries(headers),
            ...(route.maxBodyBytes === 0 ? {} : { body: payload }),
          });
          await answers({ ...event, rawPath: path, rawQueryString: search }, route.lambda);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('nor does any path', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'x'),
        fc.oneof(
          fc.webPath(),
          fc.string({ unit: 'binary', maxLength: 40 }).map((text) => `/${text}`),
        ),
        fc.constantFrom(...lambdaNames),
        async (method, path, lambda) => {
          const result = await api.lambdas[lambda]({ ...eventOf(method, '/'), rawPath: path });
          expect(result.statusCode).toBeLessThan(500);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('nor does any command that fits its schema by chance', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    const bodies = fc.record(
      {
        reason: fc.oneof(text, fc.constant('waiting_for_customer')),
        text,
        note: text,
        summary: text,
        to: fc.constantFrom('mei', 'dana', 'constructor'),
        assignee: fc.constantFrom('mei', '__proto__x'),
        until: fc
          .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') })
          .map((date) => date.toISOString()),
        code: fc.constant('fixed'),
        severity: fc.constantFrom('sev1', 'sev3'),
        audience: fc.constant('customers'),
        toTier: fc.constantFrom(1, 2, 3, 4),
      },
      { requiredKeys: [] },
    );
    const fields: Readonly<Record<string, readonly string[]>> = {
      assign: ['assignee'],
      'hand-off': ['to', 'note'],
      escalate: ['reason', 'toTier'],
      'de-escalate': ['reason', 'toTier'],
      'change-severity': ['severity', 'reason'],
      note: ['text'],
      'send-update': ['audience', 'text'],
      pause: ['reason', 'until', 'note'],
      resolve: ['code', 'summary'],
      reopen: ['reason'],
      'submit-rca': ['text'],
      cancel: ['reason'],
    };
    let path = existing;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...personCommandTypes),
        fc.constantFrom(...tokens),
        bodies,
        async (command, token, all) => {
          const chosen = Object.fromEntries(Object.entries(all).filter(([name]) => fields[command]?.includes(name)));
          const answer = await api.post(`${path}/${command}`, token, chosen);
          expect(answer.status).toBeLessThan(500);
          if (answer.body['state'] === 'cancelled') path = await file(api, tokens[0] ?? '');
        },
      ),
      { numRuns: 120 },
    );
  });
});
