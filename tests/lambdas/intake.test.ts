import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { currentFlags } from '../../contracts/behaviour-flags.ts';
import fc from 'fast-check';

import { isThreshold } from '../../lambdas/intake/thresholds.ts';
import { listPending } from '../../store/orphans.ts';
import { file, filing, startApi, textOf, type TestApi } from './support/api.ts';

let api: TestApi;
let dana: string;
let probe: string;

beforeAll(async () => {
  api = await startApi();
  dana = await api.tokens.of('dana', 'responder');
  probe = await api.tokens.of('probe', 'integration', 'source:probe');
});
afterAll(() => api.close());
afterEach(() => {
  api.gateway.trouble = 'none';
});

const key = (value: string) => ({ 'idempotency-key': value });
const idOf = (path: string): string => path.split('/').at(-1) ?? '';

describe('filing an escalation', () => {
  it('needs only a title, a channel and a category; the rest follows from the policies', async () => {
    const answer = await api.post('/v1/escalations', dana, {
      title: 'A wave of chargebacks',
      channel: 'external',
      category: 'fraud',
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      title: 'A wave of chargebacks',
      state: 'received',
      severity: 'sev2',
      team: 'payments-risk',
      policy: 'default',
      occurrences: 1,
      deduplicated: false,
      reportedBy: 'dana',
    });
    // Its promises stand from the receipt on, before any workflow has seen it.
    expect(Date.parse(textOf(answer, 'createdAt'))).toBe(Date.parse(textOf(answer, 'updatedAt')));
    expect(answer.body['clocks']).toEqual(
      expect.arrayContaining([expect.objectContaining({ clock: 'acknowledge', status: 'running' })]),
    );
    const path = `/v1/escalations/${textOf(answer, 'id')}`;
    expect(answer.headers).toMatchObject({ location: path, etag: '"1"' });
    expect((await api.get(path, dana)).status).toBe(200);
  });

  it('leaves the beginning to the workflow where a calendar is missing, says so in its log, and takes it in all the same', async () => {
    api.calendars.known = false;
    api.gateway.trouble = 'unavailable';
    const path = await file(api, dana);
    api.calendars.known = true;
    api.gateway.trouble = 'none';
    expect((await api.get(path, dana)).body).toMatchObject({ state: 'received', seq: 1, clocks: [] });
    expect(api.log.some((line) => line.includes('intake.beginning_left'))).toBe(true);
    await api.gateway.start(idOf(path));
    const { clocks } = (await api.get(path, dana)).body;
    expect(clocks).toEqual(expect.arrayContaining([expect.objectContaining({ clock: 'acknowledge' })]));
  });

  it('hands the workflow what it has begun, and none of what people wrote', async () => {
    // After a failed start it waits for a second.
    api.clock.nowMs += 1_000;
    const words = 'The courier at 12 Harbour Street threatens buyers';
    const path = await file(api, dana, { title: words, description: words });
    const begun = api.gateway.handedOver.get(idOf(path));
    expect(begun).toMatchObject({ processed: [], evicted: 0, flags: currentFlags });
    expect(begun?.state.pendingPages).toHaveLength(1);
    expect(begun?.policy.version).toBe(begun?.state.policy.version);
    expect(JSON.stringify(begun)).not.toContain('Harbour');
  });

  it('keeps what was described and when it happened', async () => {
    const path = await file(api, dana, { description: 'Two lines\nof text', occurredAt: '2026-05-04T10:00:00+02:00' });
    expect((await api.get(path, dana)).body['description']).toBe(
      'Occurred at 2026-05-04T10:00:00+02:00\n\nTwo lines\nof text',
    );
  });

  it('starts a drill when asked to', async () => {
    const path = await file(api, dana, { policy: 'drill' });
    expect((await api.get(path, dana)).body).toMatchObject({ policy: 'drill', drill: true });
  });

  it('refuses a policy that is not there', async () => {
    const answer = await api.post('/v1/escalations', dana, { ...filing, policy: 'nope' });
    expect(answer).toMatchObject({
      status: 400,
      body: { issues: [{ path: ['body', 'policy'], code: 'unknown_policy' }] },
    });
  });

  it('refuses a team that is not there', async () => {
    for (const team of ['nobody', 'constructor']) {
      const answer = await api.post('/v1/escalations', dana, { ...filing, team });
      expect(answer).toMatchObject({
        status: 400,
        body: { issues: [{ path: ['body', 'team'], code: 'unknown_team' }] },
      });
    }
  });

  it('is accepted while Temporal is away, and waits in the list of pending ones', async () => {
    api.gateway.trouble = 'unavailable';
    const path = await file(api, dana);
    expect((await api.get(path, dana)).body['state']).toBe('received');
    expect(await listPending(api.store, 1000, api.clock.nowMs + 60_000)).toContain(idOf(path));
  });
});

describe('a repeat with the same dedup key', () => {
  it('is counted on the open escalation', async () => {
    const more = { dedupKey: 'flood' };
    const first = await api.post('/v1/escalations', dana, { ...filing, ...more });
    const second = await api.post('/v1/escalations', dana, { ...filing, ...more });
    const third = await api.post('/v1/escalations', dana, { ...filing, ...more });
    expect([first.status, second.status, third.status]).toEqual([201, 200, 200]);
    expect(third.body).toMatchObject({ id: first.body['id'], deduplicated: true, occurrences: 3 });
  });

  it('is told to the workflow at growing thresholds only', async () => {
    const made = await api.post('/v1/escalations', dana, { ...filing, dedupKey: 'storm' });
    const before = api.gateway.hints.length;
    for (let count = 2; count <= 25; count += 1)
      await api.post('/v1/escalations', dana, { ...filing, dedupKey: 'storm' });
    expect(api.gateway.hints.slice(before)).toEqual(
      [2, 5, 10, 20].map((count) => ({ escalationId: made.body['id'], count })),
    );
  });

  it('is counted also when the workflow cannot be told', async () => {
    await api.post('/v1/escalations', dana, { ...filing, dedupKey: 'quiet' });
    api.gateway.trouble = 'unavailable';
    expect((await api.post('/v1/escalations', dana, { ...filing, dedupKey: 'quiet' })).body).toMatchObject({
      occurrences: 2,
    });
  });

  it('of fifty at once makes one escalation with the exact count', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => api.post('/v1/escalations', dana, { ...filing, dedupKey: 'burst' })),
    );
    expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const after = await api.post('/v1/escalations', dana, { ...filing, dedupKey: 'burst' });
    expect(after.body['occurrences']).toBe(51);
  });

  it.each(
    Array.from(
      { length: 12 },
      (_, index) => [1, 2, 5].map((digit) => digit * 10 ** Math.floor(index / 3))[index % 3] ?? 0,
    ),
  )('of count %d is a threshold', (count) => expect(isThreshold(count)).toBe(true));

  it('of other counts is none', () => {
    for (const count of [0, -1, 1.5, 3, 4, 6, 11, 15, 25, 101, 201, 1001, Number.NaN])
      expect(isThreshold(count)).toBe(false);
  });
});

describe('Idempotency-Key on a create', () => {
  it('files once and answers with the record as received', async () => {
    const first = await api.post('/v1/escalations', dana, filing, key('f1'));
    await api.post(`/v1/escalations/${textOf(first, 'id')}/acknowledge`, dana);
    const second = await api.post('/v1/escalations', dana, filing, key('f1'));
    expect(second).toMatchObject({ status: 201, headers: { 'idempotency-replayed': 'true' } });
    expect(second.body).toEqual(first.body);
  });

  it('counts a repeat once', async () => {
    const keyed = { ...filing, dedupKey: 'counted-once' };
    await api.post('/v1/escalations', dana, keyed);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const answer = await api.post('/v1/escalations', dana, keyed, key('again'));
      expect(answer).toMatchObject({ status: 200, body: { occurrences: 2 } });
    }
  });

  it('refuses another request, and is its caller’s own', async () => {
    await api.post('/v1/escalations', dana, filing, key('f2'));
    expect((await api.post('/v1/escalations', dana, { ...filing, title: 'Another' }, key('f2'))).status).toBe(422);
    const mei = await api.tokens.of('mei', 'responder');
    expect((await api.post('/v1/escalations', mei, { ...filing, title: 'Another' }, key('f2'))).status).toBe(201);
  });
});

function receiptOf(body: Record<string, unknown>): unknown {
  return Array.isArray(body['receipts']) ? body['receipts'][0] : null;
}

describe('the intake for any machine', () => {
  const event = { action: 'trigger', dedupKey: 'disk-7', title: 'Disk 7 is full' };

  it('opens, counts and clears', async () => {
    const opened = await api.post('/v1/intake/events', probe, event);
    expect(receiptOf(opened.body)).toMatchObject({ outcome: 'opened', dedupKey: 'disk-7' });
    expect(receiptOf((await api.post('/v1/intake/events', probe, event)).body)).toMatchObject({ outcome: 'counted' });
    const clear = { action: 'clear', dedupKey: 'disk-7' };
    expect(receiptOf((await api.post('/v1/intake/events', probe, clear)).body)).toMatchObject({ outcome: 'cleared' });
    expect(receiptOf((await api.post('/v1/intake/events', probe, { ...clear, dedupKey: 'other' })).body)).toEqual({
      dedupKey: 'other',
      outcome: 'nothing_open',
      escalationId: null,
    });
  });

  it('takes in what names a policy or a team that is gone, and leaves its place to the routing rules', async () => {
    const gone = { ...event, dedupKey: 'disk-9', policy: 'gone', team: 'gone' };
    const { body } = await api.post('/v1/intake/events', probe, gone);
    expect(body['receipts']).toMatchObject([{ outcome: 'opened' }]);
    const id = /"escalationId":"(\w+)"/.exec(JSON.stringify(body))?.[1];
    expect((await api.get(`/v1/escalations/${id}`, dana)).body).toMatchObject({
      policy: 'default',
      team: 'escalation-desk',
    });
  });

  it('is for machines', async () => {
    expect((await api.post('/v1/intake/events', dana, event)).status).toBe(403);
  });

  it('asks for a clear to be sent again when nobody could be told', async () => {
    await api.post('/v1/intake/events', probe, { ...event, dedupKey: 'disk-8' });
    api.gateway.trouble = 'unavailable';
    const answer = await api.post('/v1/intake/events', probe, { action: 'clear', dedupKey: 'disk-8' });
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '2' } });
  });
});

describe('any text that a schema allows', () => {
  it('comes back as it went in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
          .filter((title) => /^[^\p{Cc}\u2028\u2029]+$/u.test(title.trim())),
        async (title) => {
          const answer = await api.post('/v1/escalations', dana, { ...filing, title });
          expect(answer.body).toMatchObject({ title: title.trim() });
        },
      ),
      { numRuns: 40 },
    );
  });
});
