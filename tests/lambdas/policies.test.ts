import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApi, type TestApi } from './support/api.ts';

const folder = join(__dirname, '..', '..', 'policies');
const files = readdirSync(folder)
  .filter((name) => /\.(ya?ml|ics)$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));

let api: TestApi;
let office: string;
let responder: string;
beforeAll(async () => {
  api = await startApi();
  office = await api.tokens.of('priya', 'programme_manager');
  responder = await api.tokens.of('dana', 'responder');
});
afterAll(() => api.close());

function changed(name: string, edit: (text: string) => string) {
  return files.map((file) => (file.name === name ? { name, text: edit(file.text) } : file));
}

describe('policies over the API', () => {
  it('are checked 400 days ahead before anything is published', async () => {
    const { status, body } = await api.call('POST', '/v1/policies/check', { token: office, body: { files } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ ok: true });
    expect(body['changePoints']).toBeGreaterThan(100);
  });

  it('tell every mistake with its file, line, column and remedy, and publish nothing', async () => {
    const broken = changed('default.yaml', (text) => text.replace('repeats: 1', 'repeats: often'));
    const check = await api.call('POST', '/v1/policies/check', { token: office, body: { files: broken } });
    const line =
      files
        .find(({ name }) => name === 'default.yaml')
        ?.text.split('\n')
        .indexOf('repeats: 1') ?? -2;
    expect(check.body).toMatchObject({
      ok: false,
      problems: [{ level: 'error', file: 'default.yaml', line: line + 1 }],
    });
    const publish = await api.call('POST', '/v1/policies/publish', { token: office, body: { files: broken } });
    expect(publish.body).toMatchObject({ ok: false, published: [] });
  });

  it('put only what has changed in force, as a new version', async () => {
    const before = await api.get('/v1/policies/default', office);
    const edited = changed('default.yaml', (text) => text.replace('repeats: 1', 'repeats: 2'));
    const { body } = await api.call('POST', '/v1/policies/publish', { token: office, body: { files: edited } });
    expect(body).toMatchObject({ ok: true });
    expect(body['published']).toContainEqual({
      name: 'default',
      version: Number(before.body['version']) + 1,
      changed: true,
    });
    expect(body['published']).toContainEqual(expect.objectContaining({ name: 'drill', changed: false }));
    expect((await api.get('/v1/policies/default', office)).body).toMatchObject({ rules: { repeats: 2 } });
  });

  it('show everything that they say, special promises too', async () => {
    const { body } = await api.get('/v1/policies/default', responder);
    expect(body).toMatchObject({
      rules: {
        tiers: expect.any(Array),
        clockOverrides: [{ clock: 'first_update', match: { accountClasses: ['strategic'] } }],
      },
    });
    expect(body['rules']).not.toHaveProperty('hash');
  });

  it('are published by programme managers only', async () => {
    for (const path of ['/v1/policies/check', '/v1/policies/publish']) {
      expect((await api.call('POST', path, { token: responder, body: { files } })).status).toBe(403);
    }
  });

  it('foretell who would be paged', async () => {
    const situation = encodeURIComponent('sev1 external Sunday 03:00 Asia/Singapore');
    const { status, body } = await api.get(`/v1/policies/default/forecast?situation=${situation}`, responder);
    expect(status).toBe(200);
    expect(body).toMatchObject({ policy: 'default', severity: 'sev1' });
    expect(body['steps']).toContainEqual(expect.objectContaining({ kind: 'page.requested', tier: 1 }));
    const wrong = await api.get('/v1/policies/default/forecast?situation=sevv1', responder);
    expect(wrong).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect((await api.get('/v1/policies/nothing/forecast?situation=sev1', responder)).status).toBe(404);
  });
});
