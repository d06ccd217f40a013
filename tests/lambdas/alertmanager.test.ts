import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { inTurn } from '../../lambdas/intake/alertmanager.ts';
import { startApi, textOf, type ApiAnswer, type TestApi } from './support/api.ts';

let api: TestApi;
let probe: string;
let dana: string;
beforeAll(async () => {
  api = await startApi();
  probe = await api.tokens.of('am', 'integration', 'source:alertmanager');
  dana = await api.tokens.of('dana', 'responder');
});
afterAll(() => api.close());

const firing = {
  status: 'firing',
  labels: { alertname: 'CheckoutErrors', severity: 'warning', service: 'checkout', team: 'payments-risk' },
  annotations: { summary: 'Checkout answers 500 to 4 % of orders', description: 'Since the release at noon.' },
  startsAt: '2026-11-23T10:00:00.000Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus.test/graph?g0.expr=x',
  fingerprint: 'a1b2c3d4e5f60718',
} as const;

let serial = 0;
/** An alert of its own for each test. */
function fresh(more: Readonly<Record<string, unknown>> = {}) {
  serial += 1;
  return { ...firing, fingerprint: `fp-${serial}`, ...more };
}

async function notify(...alerts: readonly object[]): Promise<ApiAnswer> {
  return api.post('/v1/intake/alertmanager', probe, {
    version: '4',
    groupKey: '{}:{alertname="CheckoutErrors"}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'tierline',
    groupLabels: { alertname: 'CheckoutErrors' },
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.test',
    alerts,
  });
}

function receipts(answer: ApiAnswer): readonly Record<string, unknown>[] {
  expect(answer.status).toBe(200);
  return Array.isArray(answer.body['receipts']) ? answer.body['receipts'] : [];
}

async function escalationOf(answer: ApiAnswer, index = 0): Promise<ApiAnswer> {
  return api.get(`/v1/escalations/${String(receipts(answer)[index]?.['escalationId'])}`, dana);
}

describe("Alertmanager's webhook", () => {
  it('opens an escalation for each alert, in the words of its labels', async () => {
    const answer = await notify(fresh(), fresh({ labels: { alertname: 'Other' }, annotations: {} }));
    expect(receipts(answer).map(({ outcome }) => outcome)).toEqual(['opened', 'opened']);
    expect((await escalationOf(answer)).body).toMatchObject({
      title: 'Checkout answers 500 to 4 % of orders',
      channel: 'monitoring',
      category: 'service_defect',
      severity: 'sev3',
      team: 'payments-risk',
      source: 'alertmanager',
      description: expect.stringMatching(/^Since the release at noon\.\n\nalertname: CheckoutErrors\n/),
    });
    expect((await escalationOf(answer, 1)).body).toMatchObject({ title: 'Other' });
  });

  it.each([
    ['critical', 'sev1'],
    ['CRITICAL', 'sev1'],
    ['error', 'sev2'],
    ['warning', 'sev3'],
    ['info', 'sev4'],
  ])('takes the severity %s as %s', async (label, severity) => {
    const answer = await notify(fresh({ labels: { alertname: 'X', severity: label } }));
    expect((await escalationOf(answer)).body['severity']).toBe(severity);
  });

  it('leaves a severity that it does not know to the routing rules', async () => {
    const answer = await notify(fresh({ labels: { alertname: 'X', severity: 'constructor' } }));
    expect((await escalationOf(answer)).body['severity']).toBe('sev3');
  });

  it('can be sent any number of times', async () => {
    const alert = fresh();
    const first = await notify(alert);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(receipts(await notify(alert))).toEqual([{ ...receipts(first)[0], outcome: 'known' }]);
    }
    expect((await escalationOf(first)).body['occurrences']).toBe(1);
  });

  it('makes one escalation of the same message sent at the same time', async () => {
    const alert = fresh();
    const answers = await Promise.all(Array.from({ length: 10 }, () => notify(alert)));
    expect(new Set(answers.map((answer) => receipts(answer)[0]?.['escalationId'])).size).toBe(1);
  });

  it('counts a new firing of the same alert', async () => {
    const alert = fresh();
    await notify(alert);
    const again = await notify({ ...alert, startsAt: '2026-11-23T11:00:00.000Z' });
    expect(receipts(again)[0]?.['outcome']).toBe('counted');
  });

  it('resolves what nobody has taken up, as the policy says', async () => {
    const alert = fresh();
    const opened = await notify(alert);
    const cleared = await notify({ ...alert, status: 'resolved', endsAt: '2026-11-23T10:30:00.000Z' });
    expect(receipts(cleared)[0]).toMatchObject({ outcome: 'cleared' });
    expect((await escalationOf(opened)).body['state']).toBe('resolved');
  });

  it('leaves to people what they work on, and says that it has cleared', async () => {
    const alert = fresh();
    const opened = await notify(alert);
    const path = `/v1/escalations/${textOf(await escalationOf(opened), 'id')}`;
    await api.post(`${path}/acknowledge`, dana);
    await notify({ ...alert, status: 'resolved' });
    expect((await api.get(path, dana)).body['state']).toBe('acknowledged');
    expect((await api.get(`${path}/timeline`, dana)).text).toContain('source.cleared');
  });

  it('takes in the others where one alert fails, and answers in a way that has it sent again', async () => {
    const alert = fresh();
    await notify(alert);
    const others = Array.from({ length: 20 }, () => fresh());
    api.gateway.trouble = 'overloaded';
    const busy = await notify({ ...alert, status: 'resolved' }, ...others);
    api.gateway.trouble = 'none';
    // At 429 Alertmanager gives up.
    expect(busy).toMatchObject({ status: 503, body: { code: 'unavailable' }, headers: { 'retry-after': '1' } });
    expect(api.log.filter((line) => line.includes('alertmanager.alerts_left'))).toEqual([
      expect.stringContaining('"count":1'),
    ]);
    const again = receipts(await notify({ ...alert, status: 'resolved' }, ...others));
    expect(again.map(({ outcome }) => outcome)).toEqual(['cleared', ...others.map(() => 'known')]);
  });

  it('begins with what fires, from another place at each message', () => {
    const queued = ['r0', 'f1', 'r2', 'f3', 'f4'].map((name, index) => ({
      alert: { ...firing, labels: {}, annotations: {}, status: name.startsWith('f') ? 'firing' : 'resolved' } as const,
      index,
    }));
    const order = (random: number) => inTurn(queued, () => random).map(({ index }) => index);
    expect(order(0)).toEqual([1, 3, 4, 0, 2]);
    expect(order(0.99)).toEqual([4, 1, 3, 2, 0]);
    expect(inTurn([])).toEqual([]);
  });

  it('says in its log how many alerts Alertmanager has cut off', async () => {
    const answer = await api.post('/v1/intake/alertmanager', probe, { alerts: [fresh()], truncatedAlerts: 3 });
    expect(receipts(answer)).toHaveLength(1);
    expect(api.log.some((line) => line.includes('alertmanager.truncated') && line.includes('"count":3'))).toBe(true);
  });

  it('has nothing to clear once people have ended it', async () => {
    const answer = await notify(fresh({ status: 'resolved' }));
    expect(receipts(answer)[0]).toMatchObject({ outcome: 'nothing_open', escalationId: null });
  });

  it('keeps what it is told within bounds', async () => {
    const answer = await notify(
      fresh({
        labels: { alertname: 'Long', team: 'no such team!', policy: 'gone', category: 'nonsense' },
        annotations: { summary: `a\u0000b\u001b[31m\n${'x'.repeat(3000)}`, description: '\ud800'.repeat(7000) },
      }),
    );
    const { body } = await escalationOf(answer);
    expect(body).toMatchObject({ policy: 'default', category: 'service_defect', team: 'escalation-desk' });
    expect(String(body['title'])).toMatch(/^a b \[31m x+$/);
    expect(String(body['title']).length).toBeLessThanOrEqual(200);
    expect(String(body['description']).length).toBeLessThanOrEqual(20_000);
  });

  it('refuses a message that is no notification, or one too large', async () => {
    expect((await api.post('/v1/intake/alertmanager', probe, { alerts: 'x' })).status).toBe(400);
    expect((await notify(...Array.from({ length: 501 }, () => firing))).status).toBe(400);
    expect((await notify()).body['receipts']).toEqual([]);
    expect((await api.post('/v1/intake/alertmanager', dana, { alerts: [] })).status).toBe(403);
  });

  it('opens another when an alert fires on long after people have ended its escalation', async () => {
    const alert = fresh();
    const path = `/v1/escalations/${textOf(await escalationOf(await notify(alert)), 'id')}`;
    await api.post(`${path}/acknowledge`, dana);
    await api.post(`${path}/resolve`, dana, { code: 'fixed', summary: 'thought so' });
    expect(receipts(await notify(alert))[0]).toMatchObject({ outcome: 'known' });
    api.clock.nowMs += 16 * 60_000;
    const other = receipts(await notify(alert))[0];
    expect(other).toMatchObject({ outcome: 'opened' });
    expect(`/v1/escalations/${String(other?.['escalationId'])}`).not.toBe(path);
    expect(receipts(await notify(alert))[0]).toMatchObject({ outcome: 'known', escalationId: other?.['escalationId'] });
  });
});
