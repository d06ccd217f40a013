import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { listTexts } from '../../store/texts.ts';
import { readWholeLog } from '../../store/log.ts';
import { file, startApi, textOf, type TestApi } from './support/api.ts';

let api: TestApi;
let dana: string;
let mei: string;
let nora: string;

beforeAll(async () => {
  api = await startApi();
  dana = await api.tokens.of('dana', 'responder');
  mei = await api.tokens.of('mei', 'responder');
  nora = await api.tokens.of('nora', 'programme_manager');
});
afterAll(() => api.close());
afterEach(() => {
  api.gateway.trouble = 'none';
});

const idOf = (path: string): string => path.split('/').at(-1) ?? '';
const key = (value: string) => ({ 'idempotency-key': value });

describe('a command', () => {
  it('answers with the new record and its revision', async () => {
    const path = await file(api, dana);
    const before = await api.get(path, dana);
    const answer = await api.post(`${path}/acknowledge`, dana);
    expect(answer.body).toMatchObject({ state: 'acknowledged', assignee: 'dana', awaiting: null });
    expect(answer.headers['etag']).toBe(`"${String(answer.body['rev'])}"`);
    expect(answer.body['rev']).toBe(Number(before.body['rev']) + 1);
  });

  it.each([true, false])(
    'answers with what a reader sees, whether the worker tells its record or not (%s)',
    async (tells) => {
      const path = await file(api, dana);
      api.gateway.tellsRecords = tells;
      const answer = await api.post(`${path}/acknowledge`, dana);
      api.gateway.tellsRecords = true;
      const seen = await api.get(path, dana);
      expect(seen.body).toMatchObject(answer.body);
      expect(answer.headers['etag']).toBe(seen.headers['etag']);
    },
  );

  it('that is refused says why and changes nothing', async () => {
    const path = await file(api, dana);
    const before = await api.get(path, dana);
    const answer = await api.post(`${path}/close`, dana);
    expect(answer).toMatchObject({ status: 409, body: { code: 'wrong_state', retryable: false } });
    expect(textOf(answer, 'detail')).toMatch(/received/);
    expect((await api.get(path, dana)).body).toEqual(before.body);
  });

  it('knows its actor by the token', async () => {
    const path = await file(api, dana);
    await api.post(`${path}/acknowledge`, dana);
    const entries = (await api.get(`${path}/timeline`, dana)).body['entries'];
    expect(entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'escalation.acknowledged', actor: { kind: 'person', id: 'dana' } }),
      ]),
    );
    expect((await api.post(`${path}/start-investigation`, dana, { actor: 'boss' })).status).toBe(400);
  });

  it('keeps free text beside the log', async () => {
    const path = await file(api, dana, { title: 'A private name in the title', description: 'and in here' });
    await api.post(`${path}/note`, dana, { text: 'a private word in a note' });
    const log = JSON.stringify(await readWholeLog(api.store, idOf(path)));
    expect(log).not.toMatch(/private|in here/);
    expect(JSON.stringify(api.gateway.commands)).not.toContain('private');
    const texts = await listTexts(api.store, idOf(path));
    expect(new Set(texts.map(({ text }) => text))).toEqual(
      new Set(['A private name in the title', 'a private word in a note', 'and in here']),
    );
    expect(api.log.join('\n')).not.toMatch(/private|in here/);
  });
});

describe('If-Match', () => {
  it('lets a command through that saw the latest revision', async () => {
    const path = await file(api, dana);
    const { headers } = await api.get(path, dana);
    const answer = await api.post(`${path}/acknowledge`, dana, {}, { 'if-match': headers['etag'] ?? '' });
    expect(answer.status).toBe(200);
  });

  it('refuses one that did not', async () => {
    const path = await file(api, dana);
    await api.post(`${path}/assign`, dana, { assignee: 'mei' });
    const answer = await api.post(`${path}/acknowledge`, mei, {}, { 'if-match': '"1"' });
    expect(answer).toMatchObject({ status: 412, body: { code: 'stale_revision' } });
  });

  it('gives work to those only who are in the directory, or to its caller', async () => {
    const path = await file(api, dana);
    for (const [command, body, field] of [
      ['assign', { assignee: 'nobody' }, 'assignee'],
      ['assign', { assignee: 'constructor' }, 'assignee'],
      ['assign', { assignee: 'mei', team: 'nobody' }, 'team'],
      ['hand-off', { to: 'nobody', note: 'over to you' }, 'to'],
    ] as const) {
      const answer = await api.post(`${path}/${command}`, dana, body);
      expect(answer).toMatchObject({ status: 400, body: { issues: [{ path: ['body', field] }] } });
    }
    // What was done is told again, also of somebody who has left since.
    const held = await api.post(`${path}/assign`, dana, { assignee: 'mei' }, { 'idempotency-key': 'once' });
    expect(held.status).toBe(200);
    api.absent.add('mei');
    expect((await api.post(`${path}/assign`, dana, { assignee: 'mei' }, { 'idempotency-key': 'once' })).status).toBe(
      200,
    );
    expect((await api.post(`${path}/assign`, dana, { assignee: 'mei' })).status).toBe(400);
    api.absent.clear();
    const visitor = await api.tokens.of('visitor', 'responder');
    expect((await api.post(`${path}/assign`, visitor, { assignee: 'visitor' })).body['assignee']).toBe('visitor');
  });

  it('is not disturbed by what the system does by itself', async () => {
    const path = await file(api, dana);
    const { headers } = await api.get(path, dana);
    await api.gateway.start(idOf(path));
    expect((await api.post(`${path}/acknowledge`, dana, {}, { 'if-match': headers['etag'] ?? '' })).status).toBe(200);
  });

  it('has to be an ETag', async () => {
    const path = await file(api, dana);
    for (const wrong of ['7', '"x"', '"1", "2"', '""']) {
      const answer = await api.post(`${path}/acknowledge`, dana, {}, { 'if-match': wrong });
      expect(answer).toMatchObject({ status: 400, body: { issues: [{ path: ['headers', 'if-match'] }] } });
    }
    expect((await api.post(`${path}/acknowledge`, dana, {}, { 'if-match': '*' })).status).toBe(200);
  });
});

describe('Idempotency-Key', () => {
  it('does a command once and repeats the outcome of the first', async () => {
    const path = await file(api, dana);
    const first = await api.post(`${path}/note`, dana, { text: 'once' }, key('k1'));
    await api.post(`${path}/note`, dana, { text: 'something else' });
    const second = await api.post(`${path}/note`, dana, { text: 'once' }, key('k1'));
    expect(second.body).toEqual(first.body);
    expect(second.headers).toMatchObject({ etag: first.headers['etag'], 'idempotency-replayed': 'true' });
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    const notes = (await readWholeLog(api.store, idOf(path))).filter(({ type }) => type === 'note.added');
    expect(notes).toHaveLength(2);
    expect((await listTexts(api.store, idOf(path))).filter(({ kind }) => kind === 'note')).toHaveLength(2);
  });

  it('refuses another request under the same key', async () => {
    const path = await file(api, dana);
    await api.post(`${path}/note`, dana, { text: 'one' }, key('k1'));
    const other = await api.post(`${path}/note`, dana, { text: 'two' }, key('k1'));
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    const texts = await listTexts(api.store, idOf(path));
    expect(texts.some(({ text }) => text === 'two')).toBe(false);
  });

  it('is scoped to its caller, its command and its escalation', async () => {
    const [one, two] = [await file(api, dana), await file(api, dana)];
    for (const [path, token] of [
      [one, dana],
      [one, mei],
      [two, dana],
    ] as const) {
      const answer = await api.post(`${path}/note`, token, { text: `of ${token.slice(-5)} on ${path}` }, key('same'));
      expect(answer.status).toBe(200);
      expect(answer.headers['idempotency-replayed']).toBeUndefined();
    }
    expect((await api.post(`${one}/acknowledge`, dana, {}, key('same'))).status).toBe(200);
  });

  it('repeats the outcome also after the escalation has ended', async () => {
    const path = await file(api, nora);
    const first = await api.post(`${path}/cancel`, nora, { reason: 'a mistake' }, key('c'));
    expect(first.body['state']).toBe('cancelled');
    const given = api.gateway.commands.length;
    const second = await api.post(`${path}/cancel`, nora, { reason: 'a mistake' }, key('c'));
    expect(second.body).toEqual(first.body);
    expect((await api.post(`${path}/cancel`, nora, { reason: 'another' }, key('c'))).status).toBe(422);
    expect(api.gateway.commands).toHaveLength(given);
  });

  it('may be any 200 printable characters', async () => {
    const path = await file(api, dana);
    expect((await api.post(`${path}/note`, dana, { text: 'x' }, key('!'.repeat(200)))).status).toBe(200);
    expect((await api.post(`${path}/note`, dana, { text: 'x' }, key('!'.repeat(201)))).status).toBe(400);
    expect((await api.post(`${path}/note`, dana, { text: 'x' }, key('a b'))).status).toBe(400);
  });
});

describe('an escalation that has ended', () => {
  it('refuses by the same rules, without a workflow', async () => {
    const path = await file(api, nora);
    await api.post(`${path}/cancel`, nora, { reason: 'a mistake' });
    const given = api.gateway.commands.length;
    const answer = await api.post(`${path}/note`, dana, { text: 'too late' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
    expect(api.gateway.commands).toHaveLength(given);
    expect((await listTexts(api.store, idOf(path))).some(({ text }) => text === 'too late')).toBe(false);
  });

  it('is reopened by its workflow when it was closed', async () => {
    const path = await file(api, dana);
    await api.post(`${path}/acknowledge`, dana);
    await api.post(`${path}/resolve`, dana, { code: 'fixed', summary: 'done' });
    expect((await api.post(`${path}/close`, dana)).body['state']).toBe('closed');
    const answer = await api.post(`${path}/reopen`, dana, { reason: 'it is back' });
    expect(answer.body).toMatchObject({ state: 'investigating', reopenings: 1 });
  });
});

describe('trouble behind the API', () => {
  it('Temporal being overloaded is told as 429 with the time to wait', async () => {
    const path = await file(api, dana);
    api.gateway.trouble = 'overloaded';
    const answer = await api.post(`${path}/acknowledge`, dana);
    expect(answer).toMatchObject({
      status: 429,
      body: { code: 'overloaded', retryable: true },
      headers: { 'retry-after': '1' },
    });
  });

  it('Temporal being away is told as 503 with the time to wait', async () => {
    const path = await file(api, dana);
    api.gateway.trouble = 'unavailable';
    const answer = await api.post(`${path}/acknowledge`, dana);
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' }, headers: { 'retry-after': '2' } });
  });

  it('an outcome that is late is told as 202 with the place to look', async () => {
    const path = await file(api, dana);
    api.gateway.trouble = 'pending';
    const answer = await api.post(`${path}/acknowledge`, dana, {}, key('slow'));
    expect(answer).toMatchObject({
      status: 202,
      body: { status: 'pending', escalation: path },
      headers: { location: path },
    });
    api.gateway.trouble = 'none';
    expect((await api.post(`${path}/acknowledge`, dana, {}, key('slow'))).body['state']).toBe('acknowledged');
  });

  it('what nobody foresaw gives nothing away', async () => {
    const path = await file(api, dana);
    api.gateway.trouble = 'broken';
    const answer = await api.post(`${path}/acknowledge`, dana);
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal', instance: 'test-request' } });
    expect(answer.text).not.toMatch(/secret|\.ts|at /);
    expect(api.log.some((line) => line.includes('request.failed') && line.includes('test-request'))).toBe(true);
  });
});

describe('erasing texts', () => {
  it('takes the words and leaves sequence and ledger', async () => {
    const path = await file(api, dana, { title: 'Jane Roe is angry', description: 'Jane lives in Elm Street' });
    await api.post(`${path}/note`, dana, { text: 'called Jane' });
    const ledger = (await api.get(`${path}/ledger`, dana)).body['clocks'];
    const erased = await api.post(`${path}/erase-texts`, nora, {});
    expect(erased.body).toEqual({ erased: 3 });
    const [detail, timeline] = [await api.get(path, dana), await api.get(`${path}/timeline`, dana)];
    expect(detail.body).toMatchObject({ title: null, description: null });
    expect(timeline.text).not.toMatch(/Jane|Elm/);
    expect(timeline.text).toContain('"erased":true');
    expect((await api.get('/v1/escalations', dana)).text).not.toContain('Jane');
    expect((await api.get(`${path}/ledger`, dana)).body['clocks']).toMatchObject(
      Array.isArray(ledger)
        ? ledger.map((clock: { clock: string; targetSeconds: number }) => ({
            clock: clock.clock,
            targetSeconds: clock.targetSeconds,
          }))
        : [],
    );
    expect((await api.post(`${path}/erase-texts`, nora, {})).body).toEqual({ erased: 0 });
    expect((await api.post(`${path}/erase-texts`, dana, {})).status).toBe(403);
  });
});
