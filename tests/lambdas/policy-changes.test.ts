import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { file, startApi, textOf, type TestApi } from './support/api.ts';

const folder = join(__dirname, '..', '..', 'policies');
const files = readdirSync(folder)
  .filter((name) => /\.(ya?ml|ics)$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
const minuteMs = 60_000;

let api: TestApi;
let office: string;
let responder: string;
beforeAll(async () => {
  api = await startApi();
  office = await api.tokens.of('priya', 'programme_manager');
  responder = await api.tokens.of('dana', 'responder');
});
afterAll(() => api.close());

/** The shipped files with the default policy's acknowledge clock of sev2 at so many minutes. */
function withSev2Within(minutes: number) {
  return files.map((each) =>
    each.name === 'default.yaml'
      ? { ...each, text: each.text.replace('sev2: { within: 30m }', `sev2: { within: ${minutes}m }`) }
      : each,
  );
}

function rows(value: unknown): readonly Record<string, unknown>[] {
  if (!Array.isArray(value)) throw new Error('no list');
  return value;
}

function idOf(path: string): string {
  return path.split('/').at(-1) ?? '';
}

/** Files an escalation of severity 2 that is acknowledged after so many minutes. */
async function handled(minutes: number): Promise<string> {
  const path = await file(api, responder, { severity: 'sev2', category: 'other' });
  api.clock.nowMs += minutes * minuteMs;
  const { status } = await api.post(`${path}/acknowledge`, responder, {});
  expect(status).toBe(200);
  return idOf(path);
}

describe('a backtest over the API', () => {
  beforeAll(async () => {
    for (const minutes of [2, 8, 12]) await handled(minutes);
  });

  it('finds no difference under the policies in force, and says that every log was reproduced', async () => {
    const { status, body } = await api.post('/v1/policies/backtest', office, {});
    expect(status).toBe(200);
    expect(body).toMatchObject({
      escalations: 3,
      reproduced: 3,
      leftOut: 0,
      changes: [],
      mismatches: [],
      nextCursor: null,
    });
    expect(rows(body['severities'])).toContainEqual(
      expect.objectContaining({ severity: 'sev2', escalations: 3, differing: 0 }),
    );
  });

  it('finds the breaches that a shorter clock adds, by severity and by day', async () => {
    const { body } = await api.post('/v1/policies/backtest', office, { files: withSev2Within(6) });
    // Acknowledged after 2, 8 and 12 minutes.
    expect(rows(body['changes'])).toContainEqual(
      expect.objectContaining({ severity: 'sev2', kind: 'breach', change: 'added', what: 'acknowledge', times: 2 }),
    );
    expect(body['clocks']).toContainEqual({ clock: 'acknowledge', before: 0, after: 2 });
    const days = rows(body['days']).map(({ breaches }) => breaches);
    expect(days).toContainEqual(expect.objectContaining({ before: 0 }));
  });

  it('goes through the log page by page, and the pages add up', async () => {
    let cursor: string | undefined;
    const seen: number[] = [];
    do {
      const page = await api.post('/v1/policies/backtest', office, {
        limit: 2,
        ...(cursor === undefined ? {} : { cursor }),
      });
      expect(page.status).toBe(200);
      seen.push(Number(page.body['escalations']));
      cursor = page.body['nextCursor'] === null ? undefined : textOf(page, 'nextCursor');
    } while (cursor !== undefined);
    expect(seen[0]).toBe(2);
    expect(seen.reduce((sum, count) => sum + count, 0)).toBe(3);
  });

  it('tells every error of the files, and a policy that there is not', async () => {
    const broken = files.map((each) =>
      each.name === 'default.yaml' ? { ...each, text: each.text.replace('repeats: 1', 'repeats: often') } : each,
    );
    const answer = await api.post('/v1/policies/backtest', office, { files: broken });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(answer.text).toContain('default.yaml');
    expect((await api.post('/v1/policies/backtest', office, { policy: 'nothing' })).status).toBe(400);
    expect((await api.post('/v1/policies/backtest', office, { cursor: 'made-up' })).body['code']).toBe(
      'invalid_cursor',
    );
  });
});

describe('a comparison of policies over the API', () => {
  it('tells what was changed in the files, and what that changes in the coming days', async () => {
    const { status, body } = await api.post('/v1/policies/diff', office, { files: withSev2Within(6), days: 1 });
    expect(status).toBe(200);
    expect(body).toMatchObject({ tried: 24, next: null, directoryChanged: false, routingChanged: false });
    expect(rows(body['policies'])).toContainEqual({
      policy: 'default',
      change: 'changed',
      differences: [{ path: 'severities.sev2.clocks.acknowledge.targetMs', before: '1800000', after: '360000' }],
    });
    expect(rows(body['differences'])).toContainEqual(
      expect.objectContaining({ severity: 'sev2', kind: 'only_after', what: '+6m breach of acknowledge', times: 24 }),
    );
    expect(rows(body['differing'])).toContainEqual({ severity: 'sev1', times: 0 });
  });

  it('finds nothing where nothing was changed', async () => {
    const { body } = await api.post('/v1/policies/diff', office, { files, days: 1 });
    expect(body).toMatchObject({ differences: [], next: null });
  });
});

describe('a migration over the API', () => {
  it('previews what the version in force would change, and moves the chosen ones', async () => {
    const chosen = idOf(await file(api, responder, { severity: 'sev2', category: 'other' }));
    const other = idOf(await file(api, responder, { severity: 'sev2', category: 'other' }));
    const safety = idOf(await file(api, responder, { severity: 'sev2', category: 'safety' }));
    const none = await api.get('/v1/policies/default/migration', office);
    expect(none.body['items']).toEqual([]);
    const published = await api.post('/v1/policies/publish', office, { files: withSev2Within(20) });
    expect(published.body).toMatchObject({ ok: true });
    const version = Number((await api.get('/v1/policies/default', office)).body['version']);

    const { body } = await api.get('/v1/policies/default/migration?limit=100', office);
    expect(body).toMatchObject({ policy: 'default', version });
    const items = rows(body['items']);
    expect(items.map(({ escalationId }) => escalationId)).toEqual(expect.arrayContaining([chosen, other]));
    const preview = items.find(({ escalationId }) => escalationId === chosen);
    expect(preview).toMatchObject({ fromVersion: version - 1, blocked: null, same: false });
    expect(rows(preview?.['clocks'])).toContainEqual(
      expect.objectContaining({ clock: 'acknowledge', change: 'retargeted' }),
    );

    const moved = await api.post('/v1/policies/default/migrate', office, { version, ids: [chosen, safety, chosen] });
    expect(moved.body['items']).toEqual([
      { escalationId: chosen, outcome: 'moved', code: null, detail: null },
      expect.objectContaining({ escalationId: safety, outcome: 'refused', code: 'no_such_policy' }),
    ]);
    const after = rows((await api.get('/v1/policies/default/migration?limit=100', office)).body['items']);
    expect(after.map(({ escalationId }) => escalationId)).not.toContain(chosen);
    expect(after.map(({ escalationId }) => escalationId)).toContain(other);
    const again = await api.post('/v1/policies/default/migrate', office, { version, ids: [chosen] });
    expect(again.body['items']).toEqual([expect.objectContaining({ outcome: 'refused', code: 'already_so' })]);
  });

  it('knows no version and no policy that was not published', async () => {
    const id = idOf(await file(api, responder));
    expect((await api.post('/v1/policies/default/migrate', office, { version: 999, ids: [id] })).status).toBe(404);
    expect((await api.get('/v1/policies/nothing/migration', office)).status).toBe(404);
    expect((await api.get('/v1/policies/default/migration?version=999', office)).status).toBe(404);
  });
});

it('what policies would change is asked and done by programme managers only', async () => {
  const id = idOf(await file(api, responder));
  const answers = await Promise.all([
    api.post('/v1/policies/backtest', responder, {}),
    api.post('/v1/policies/diff', responder, { files }),
    api.get('/v1/policies/default/migration', responder),
    api.post('/v1/policies/default/migrate', responder, { version: 1, ids: [id] }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
});
