import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client, Connection } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { startAlertmanager } from '../../local/alertmanager.ts';
import { startTemporaryStack, type TemporaryStack } from '../../local/temporary-stack.ts';
import { StackClient } from './support/stack-client.ts';

function isPaged(timeline: Record<string, unknown>): boolean {
  return JSON.stringify(timeline).includes('"page.sent"');
}

const filing = { title: 'Parcels come too late', channel: 'account_manager', category: 'logistics', severity: 'sev2' };

function only({ items }: Record<string, unknown>): Record<string, unknown>[] {
  return Array.isArray(items) ? items : [];
}

/** The API over the real parts: the Temporal server, its worker, the table, the topics, the issuer and the gateway. */
describe('an escalation on the whole stack', () => {
  let stack: TemporaryStack;
  let dana: StackClient;
  let office: StackClient;

  beforeAll(async () => {
    stack = await startTemporaryStack();
    dana = await StackClient.of(stack, 'dana');
    office = await StackClient.of(stack, 'programme_manager');
  }, 300_000);
  afterAll(async () => {
    await stack?.dispose();
  }, 60_000);

  it('goes from its filing to its end', async () => {
    const path = await dana.file(filing);
    const steps: readonly (readonly [StackClient, string, object, object])[] = [
      [dana, 'acknowledge', {}, { state: 'acknowledged', assignee: 'dana', awaiting: null }],
      [dana, 'start-investigation', {}, { state: 'investigating' }],
      [dana, 'escalate', { reason: 'needs the duty manager' }, { state: 'investigating', tier: 2 }],
      [dana, 'acknowledge', {}, { awaiting: null }],
      [dana, 'note', { text: 'a word' }, {}],
      [dana, 'send-update', { audience: 'account_managers', text: 'we are on it' }, {}],
      [
        dana,
        'pause',
        { reason: 'waiting_for_customer', until: new Date(Date.now() + 3_600_000).toISOString() },
        { paused: { reason: 'waiting_for_customer' } },
      ],
      [dana, 'resume', {}, { paused: null }],
      [dana, 'resolve', { code: 'fixed', summary: 'sorted' }, { state: 'resolved' }],
      [dana, 'submit-rca', { text: 'a belt was torn' }, { state: 'rca', rca: 'submitted' }],
      [office, 'approve-rca', {}, { rca: 'approved' }],
      [dana, 'close', {}, { state: 'closed' }],
      [dana, 'reopen', { reason: 'torn again' }, { state: 'investigating', reopenings: 1 }],
    ];
    for (const [who, command, body, expected] of steps) {
      const answer = await who.post(`${path}/${command}`, body);
      expect({ command, status: answer.status, body: answer.body }).toMatchObject({
        command,
        status: 200,
        body: expected,
      });
    }
    const { entries } = await dana.get(`${path}/timeline`);
    const seqs = Array.isArray(entries) ? entries.map(({ seq }: { seq: number }) => seq) : [];
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    for (const view of ['ledger', 'forecast', 'actions']) expect(await dana.get(`${path}/${view}`)).toBeTruthy();
  }, 120_000);

  it('is started with the build noted that the server notes after its first task, by whomever it is started', async () => {
    // More than the intake starts of them, so that the worker starts the rest.
    const paths = await Promise.all(Array.from({ length: 20 }, () => dana.file(filing)));
    const { temporal, temporalNamespace: namespace } = stack.addresses;
    const connection = await Connection.connect({ address: temporal });
    try {
      const client = new Client({ connection, namespace });
      const noted: { readonly byWorker: boolean; readonly builds: unknown }[] = [];
      for (const path of paths) {
        await dana.until(`${path}/timeline`, isPaged);
        const handle = client.workflow.getHandle(path.split('/').at(-1) ?? '');
        const { events } = await handle.fetchHistory();
        const { raw } = await handle.describe();
        const payload = raw.workflowExecutionInfo?.searchAttributes?.indexedFields?.['BuildIds'];
        noted.push({
          byWorker: events?.[0]?.workflowExecutionStartedEventAttributes?.eagerExecutionAccepted === true,
          builds: payload == null ? null : defaultPayloadConverter.fromPayload(payload),
        });
      }
      const [byIntake, byWorker] = [noted.find((each) => !each.byWorker), noted.find((each) => each.byWorker)];
      expect(byIntake?.builds).toEqual(['unversioned', expect.stringMatching(/^unversioned:.*worker@/)]);
      expect(byWorker?.builds).toEqual(byIntake?.builds);
      for (const { builds } of noted) expect(builds).toEqual(byIntake?.builds);
    } finally {
      await connection.close();
    }
  }, 120_000);

  it('that nobody answers moves up by itself, page by page', async () => {
    const path = await dana.file({ ...filing, policy: 'drill' });
    await dana.until(path, ({ tier }) => tier === 2, 60_000);
    const { entries } = await dana.get(`${path}/timeline`);
    expect(entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          type: 'tier.entered',
          detail: expect.objectContaining({ tier: 2, cause: 'not_acknowledged' }),
        }),
        expect.objectContaining({ type: 'page.requested', delivery: expect.objectContaining({ status: 'sent' }) }),
      ]),
    );
    expect((await dana.post(`${path}/acknowledge`)).body).toMatchObject({ state: 'acknowledged' });
  }, 120_000);

  it('does a command once, however often it is sent', async () => {
    const path = await dana.file(filing);
    const send = () => dana.post(`${path}/note`, { text: 'once' }, { 'idempotency-key': 'k' });
    const answers = await Promise.all([send(), send(), send()]);
    const later = await send();
    expect(later.headers.get('idempotency-replayed')).toBe('true');
    for (const answer of answers) expect([200, 429]).toContain(answer.status);
    expect((await dana.post(`${path}/note`, { text: 'twice' }, { 'idempotency-key': 'k' })).status).toBe(422);
    const { entries } = await dana.get(`${path}/timeline`);
    const notes = Array.isArray(entries) ? entries.filter(({ type }: { type: string }) => type === 'note.added') : [];
    expect(notes).toHaveLength(1);
  }, 60_000);

  it('takes many commands at once, or says when to come again: nothing is lost and nothing done twice', async () => {
    const path = await dana.file(filing);
    const send = (n: number) => dana.post(`${path}/note`, { text: `note ${n}` }, { 'idempotency-key': `many-${n}` });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => send(n)));
    for (const { status, headers } of answers) {
      // 503 says that the outcome is not known, 202 that it comes later: the same key finds out.
      expect([200, 202, 429, 503]).toContain(status);
      expect(headers.has('retry-after')).toBe(status === 429 || status === 503);
    }
    for (let n = 0; n < answers.length; n += 1) {
      let again = await send(n);
      for (let tries = 0; again.status !== 200 && tries < 20; tries += 1) again = await send(n);
      expect(again.status).toBe(200);
    }
    const { entries } = await dana.get(`${path}/timeline?limit=500`);
    const notes = Array.isArray(entries) ? entries.filter(({ type }: { type: string }) => type === 'note.added') : [];
    expect(notes).toHaveLength(answers.length);
  }, 120_000);

  it('refuses by the rules and by the revision', async () => {
    const path = await dana.file(filing);
    expect(await dana.post(`${path}/close`)).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
    await dana.post(`${path}/acknowledge`);
    expect(await dana.post(`${path}/note`, { text: 'x' }, { 'if-match': '"1"' })).toMatchObject({ status: 412 });
  }, 60_000);

  it('is opened, counted and resolved by the real Alertmanager', async () => {
    const { body: key } = await office.post('/v1/integration-keys', { source: 'alertmanager', label: 'test' });
    const folder = mkdtempSync(join(tmpdir(), 'tierline-alertmanager-'));
    const url = `${new URL(stack.addresses.api).origin}/v1/intake/alertmanager`;
    const alertmanager = await startAlertmanager({ folder, receiver: { url, bearer: String(key['token']) } });
    try {
      const labels = { alertname: 'CheckoutErrors', severity: 'warning', service: 'checkout' };
      const listed = '/v1/escalations?q=checkout%20is%20failing&order=newest';
      await alertmanager.addAlert(labels, { summary: 'Checkout is failing' });
      const opened = only(await dana.until(listed, (body) => only(body).length > 0))[0];
      expect(opened).toMatchObject({ source: 'alertmanager', channel: 'monitoring', severity: 'sev3', occurrences: 1 });

      // Another alert of the group makes Alertmanager tell the first one again.
      await alertmanager.addAlert({ ...labels, service: 'basket' }, { summary: 'Basket is failing' });
      await dana.until('/v1/escalations?q=basket%20is%20failing', (body) => only(body).length > 0);
      expect(only(await dana.get(listed))).toHaveLength(1);
      expect(only(await dana.get(listed))[0]).toMatchObject({ id: opened?.['id'], occurrences: 1 });

      await alertmanager.endAlert(labels);
      await dana.until(`/v1/escalations/${String(opened?.['id'])}`, ({ state }) => state === 'resolved');
    } finally {
      await alertmanager.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);

  it('is taken in while Temporal is away, and started when it is back', async () => {
    await stack.down('temporal');
    const path = await dana.file(filing);
    // What intake decides stands at once; what only a workflow can do waits.
    expect(await dana.get(path)).toMatchObject({ state: 'received', awaiting: { tier: 1 } });
    expect(isPaged(await dana.get(`${path}/timeline`))).toBe(false);
    const refused = await dana.post(`${path}/acknowledge`);
    expect([202, 503]).toContain(refused.status);
    await stack.up('temporal');
    expect(isPaged(await dana.until(`${path}/timeline`, isPaged, 60_000))).toBe(true);
  }, 180_000);
});
