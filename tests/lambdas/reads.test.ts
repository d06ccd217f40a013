import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { RouteId } from '../../contracts/routes.ts';
import type { ResponseOf } from '../../contracts/schemas/responses.ts';
import { responses } from '../../contracts/schemas/responses.ts';
import { file, startApi, textOf, type ApiAnswer, type TestApi } from './support/api.ts';

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

const idOf = (path: string): string => path.split('/').at(-1) ?? '';
const hourMs = 3_600_000;

/** Typed by the contract that it is parsed with. */
async function timelineOf(path: string, token = dana): Promise<ResponseOf<'getTimeline'>> {
  return responses.getTimeline.success[200].schema.parse((await api.get(`${path}/timeline`, token)).body);
}
async function ledgerOf(path: string): Promise<ResponseOf<'getLedger'>> {
  return responses.getLedger.success[200].schema.parse((await api.get(`${path}/ledger`, dana)).body);
}
async function forecastOf(path: string): Promise<ResponseOf<'getForecast'>> {
  return responses.getForecast.success[200].schema.parse((await api.get(`${path}/forecast`, dana)).body);
}
async function actionsOf(path: string, token: string): Promise<Record<string, boolean>> {
  const { actions } = responses.getActions.success[200].schema.parse((await api.get(`${path}/actions`, token)).body);
  return Object.fromEntries(actions.map(({ command, allowed }) => [command, allowed]));
}
function idsOf(answer: ApiAnswer): readonly string[] {
  return responses.listEscalations.success[200].schema.parse(answer.body).items.map(({ id }) => id);
}

describe('the list', () => {
  const team = 'comms';

  it('shows the most urgent first', async () => {
    const paths = [];
    for (const severity of ['sev4', 'sev1', 'sev2']) paths.push(idOf(await file(api, dana, { severity, team })));
    const listed = idsOf(await api.get(`/v1/escalations?team=${team}`, dana));
    expect(listed).toEqual([paths[1], paths[2], paths[0]]);
  });

  it('shows the newest first when asked to', async () => {
    const before = idOf(await file(api, dana, { team: 'logistics' }));
    api.clock.nowMs += 1000;
    const after = idOf(await file(api, dana, { team: 'logistics' }));
    expect(idsOf(await api.get('/v1/escalations?team=logistics&order=newest', dana))).toEqual([after, before]);
  });

  it('is filtered by each field that it shows', async () => {
    const path = await file(api, dana, {
      channel: 'quality',
      category: 'privacy',
      severity: 'sev3',
      accountId: 'filter-me',
      title: 'Needle in the Haystack',
    });
    const id = idOf(path);
    await api.post(`${path}/assign`, dana, { assignee: 'mei' });
    const hits = [
      'channel=quality',
      'category=privacy,fraud',
      'accountId=filter-me',
      'q=needle%20in',
      `q=${id.slice(4, 20)}`,
      'policy=safety',
      'state=received,resolved',
      'state=open',
      'state=all',
      'tier=1,2',
      'severity=sev3',
    ];
    for (const query of hits) {
      expect({
        query,
        ids: idsOf(
          await api.get(`/v1/escalations?accountId=filter-me&${query.replace('accountId=filter-me', '')}`, dana),
        ),
      }).toEqual({ query, ids: [id] });
    }
    const misses = [
      'channel=external',
      'category=fraud',
      'q=haystacks',
      'policy=drill',
      'state=closed',
      'tier=4',
      'severity=sev1',
      'assignee=none',
      'uncovered=true',
      'team=nobody',
    ];
    for (const query of misses) {
      expect({ query, ids: idsOf(await api.get(`/v1/escalations?accountId=filter-me&${query}`, dana)) }).toEqual({
        query,
        ids: [],
      });
    }
    expect(idsOf(await api.get('/v1/escalations?assignee=me', mei))).toContain(id);
    expect(idsOf(await api.get('/v1/escalations?assignee=mei', dana))).toContain(id);
    expect(idsOf(await api.get('/v1/escalations?assignee=me', dana))).not.toContain(id);
  });

  it('goes on page by page, for the same caller and filter only', async () => {
    const all = new Set<string>();
    for (let count = 0; count < 5; count += 1) all.add(idOf(await file(api, dana, { team: 'programme-office' })));
    const seen: string[] = [];
    let cursor: string | null = '';
    let second = '';
    while (cursor !== null) {
      const answer = await api.get(
        `/v1/escalations?team=programme-office&limit=2${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
        dana,
      );
      seen.push(...idsOf(answer));
      cursor = typeof answer.body['nextCursor'] === 'string' ? answer.body['nextCursor'] : null;
      second ||= cursor ?? '';
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen)).toEqual(all);
    for (const [token, query] of [
      [mei, 'team=programme-office'],
      [dana, 'team=other'],
      [dana, 'team=programme-office&order=newest'],
    ] as const) {
      const answer = await api.get(`/v1/escalations?${query}&limit=2&cursor=${encodeURIComponent(second)}`, token);
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
    }
  });

  it('keeps to the first page’s instant where it lists what breaches soon', async () => {
    for (let count = 0; count < 3; count += 1) {
      const path = await file(api, dana, { team: 'seller-success', severity: 'sev1' });
      await api.gateway.start(idOf(path));
    }
    const first = await api.get('/v1/escalations?team=seller-success&breachingWithinSeconds=3600&limit=2', dana);
    expect(idsOf(first)).toHaveLength(2);
    api.clock.nowMs += 1000;
    const cursor = encodeURIComponent(textOf(first, 'nextCursor'));
    expect(
      idsOf(
        await api.get(`/v1/escalations?team=seller-success&breachingWithinSeconds=3600&limit=2&cursor=${cursor}`, dana),
      ),
    ).toHaveLength(1);
    expect(
      (await api.get('/v1/escalations?team=seller-success&breachingWithinSeconds=3600&cursor=junk', dana)).status,
    ).toBe(400);
    expect(idsOf(await api.get('/v1/escalations?team=seller-success&breachingWithinSeconds=1', dana))).toEqual([]);
  });

  it('tells apart what has breached, what is paused and what runs', async () => {
    const list = async (query: string) => idsOf(await api.get(`/v1/escalations?team=duty-managers&${query}`, dana));
    const late = await file(api, dana, { team: 'duty-managers', severity: 'sev1' });
    await api.post(`${late}/acknowledge`, dana);
    api.clock.nowMs += 5 * hourMs;
    // A missed deadline is recorded with the next decision.
    await api.post(`${late}/note`, dana, { text: 'five hours in' });
    const held = await file(api, dana, { team: 'duty-managers', severity: 'sev4' });
    await api.post(`${held}/acknowledge`, dana);
    const until = new Date(api.clock.nowMs + hourMs).toISOString();
    await api.post(`${held}/pause`, dana, { reason: 'waiting_for_customer', until });
    const fresh = idOf(await file(api, dana, { team: 'duty-managers', severity: 'sev4' }));

    expect(await list('breached=true')).toEqual([idOf(late)]);
    expect(await list('paused=true')).toEqual([idOf(held)]);
    expect(await list('breached=false')).toEqual([fresh, idOf(held)]);
    expect(await list('paused=false')).toEqual([idOf(late), fresh]);
    expect(await list('breachingWithinSeconds=31536000&breached=false')).toEqual([fresh]);
    expect((await api.get('/v1/escalations?breached=perhaps', dana)).status).toBe(400);
  });
});

describe('the timeline', () => {
  it('tells what happened in order, with its texts', async () => {
    const path = await file(api, dana, { title: 'Told in order', description: 'the story' });
    await api.post(`${path}/acknowledge`, dana);
    await api.post(`${path}/note`, mei, { text: 'looked at it' });
    const { entries, nextCursor } = await timelineOf(path);
    expect(nextCursor).toBeNull();
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    expect(entries[0]).toMatchObject({
      type: 'escalation.received',
      detail: { title: { text: 'Told in order' }, body: { text: 'the story' } },
    });
    expect(entries.at(-1)).toMatchObject({
      type: 'note.added',
      actor: { kind: 'person', id: 'mei' },
      detail: { text: { text: 'looked at it', erased: false } },
    });
    const entered = entries.find(({ type }) => type === 'tier.entered');
    expect(entered).toMatchObject({
      detail: { tier: 1, cause: 'started', acknowledgeBy: expect.stringMatching(/Z$/) },
    });
  });

  it('says of each page what became of it', async () => {
    const path = await file(api, dana);
    await api.gateway.start(idOf(path));
    const pages = (await timelineOf(path)).entries.filter(({ type }) => type === 'page.requested');
    expect(pages.length).toBeGreaterThan(0);
    expect(pages[0]).toMatchObject({ delivery: { status: 'pending', recipients: [], at: null } });
  });

  it('goes on page by page without a gap', async () => {
    const path = await file(api, dana);
    for (let count = 0; count < 6; count += 1) await api.post(`${path}/note`, dana, { text: `note ${count}` });
    const whole = await timelineOf(path);
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const answer: ApiAnswer = await api.get(
        `${path}/timeline?limit=3${cursor === null ? '' : `&cursor=${cursor}`}`,
        dana,
      );
      const page = responses.getTimeline.success[200].schema.parse(answer.body);
      seen.push(...page.entries.map(({ seq }) => seq));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(whole.entries.map(({ seq }) => seq));
    expect((await api.get(`${path}/timeline?cursor=s0`, dana)).body['code']).toBe('invalid_cursor');
  });
});

describe('the ledger', () => {
  it('adds up: elapsed time is the sum of the running stretches', async () => {
    const path = await file(api, dana, { severity: 'sev2' });
    await api.post(`${path}/acknowledge`, dana);
    api.clock.nowMs += hourMs;
    const until = new Date(api.clock.nowMs + 10 * hourMs).toISOString();
    await api.post(`${path}/pause`, dana, { reason: 'waiting_for_customer', until });
    api.clock.nowMs += 2 * hourMs;
    await api.post(`${path}/resume`, dana);
    api.clock.nowMs += hourMs / 2;
    const { clocks, asOf } = await ledgerOf(path);
    const resolve = clocks.find(({ clock }) => clock === 'resolve');
    expect(resolve).toMatchObject({ cycle: 1, status: 'running', verdict: 'open', elapsedSeconds: 1.5 * 3600 });
    expect(resolve?.stretches.map(({ kind }) => kind)).toEqual(['running', 'paused', 'running']);
    for (const { stretches, elapsedSeconds } of clocks) {
      const sum = stretches
        .filter(({ kind }) => kind === 'running')
        .reduce((total, { from, to }) => total + Date.parse(to ?? asOf) - Date.parse(from), 0);
      expect(sum / 1000).toBe(elapsedSeconds);
    }
    expect(clocks.find(({ clock }) => clock === 'acknowledge')).toMatchObject({ verdict: 'met', status: 'stopped' });
  });

  it('calls a deadline missed once it has passed, and keeps the clocks of every cycle', async () => {
    const path = await file(api, dana, { severity: 'sev1' });
    await api.post(`${path}/acknowledge`, dana);
    api.clock.nowMs += 5 * hourMs;
    expect((await ledgerOf(path)).clocks.find(({ clock }) => clock === 'resolve')).toMatchObject({
      verdict: 'breached',
      breachedAt: expect.any(String),
    });
    await api.post(`${path}/resolve`, dana, { code: 'fixed', summary: 'late' });
    await api.post(`${path}/reopen`, dana, { reason: 'again' });
    const cycles = (await ledgerOf(path)).clocks.filter(({ clock }) => clock === 'resolve');
    expect(cycles.map(({ cycle, verdict }) => [cycle, verdict])).toEqual([
      [1, 'breached'],
      [2, 'open'],
    ]);
  });
});

describe('the forecast', () => {
  it('names who will be paged when, tier by tier, if nobody acts', async () => {
    const path = await file(api, dana, { severity: 'sev1' });
    const { steps, complete } = await forecastOf(path);
    expect(complete).toBe(true);
    const entered = steps.filter(({ kind }) => kind === 'tier.entered').map(({ tier }) => tier);
    // The first tier has been paged already.
    expect(entered.slice(0, 3)).toEqual([2, 3, 4]);
    const first = steps.find(({ kind }) => kind === 'page.requested');
    expect(first?.recipients?.length).toBeGreaterThan(0);
    expect(first?.summary).toBe(`Pages ${first?.recipients?.join(', ')}`);
    const instants = steps.map(({ at }) => Date.parse(at));
    expect(instants).toEqual(instants.toSorted((a, b) => a - b));
    expect(steps.at(-1)?.summary).toBeTruthy();
  });

  it('changes nothing', async () => {
    const path = await file(api, dana);
    const before = await api.get(path, dana);
    await forecastOf(path);
    expect((await api.get(path, dana)).body).toEqual(before.body);
  });
});

describe('the actions', () => {
  it('are what a command would be told, for this caller and now', async () => {
    const path = await file(api, dana);
    await api.gateway.start(idOf(path));
    expect(await actionsOf(path, dana)).toMatchObject({
      acknowledge: true,
      escalate: true,
      resolve: true,
      'start-investigation': false,
      close: false,
      cancel: false,
      'approve-rca': false,
    });
    expect(await actionsOf(path, nora)).toMatchObject({ cancel: true });
    await api.post(`${path}/acknowledge`, dana);
    expect(await actionsOf(path, dana)).toMatchObject({ acknowledge: false, 'start-investigation': true, pause: true });
    await api.post(`${path}/resolve`, dana, { code: 'fixed', summary: 'done' });
    await api.post(`${path}/submit-rca`, nora, { text: 'because' });
    expect(await actionsOf(path, nora)).toMatchObject({ 'approve-rca': false, reopen: true });
    const leader = await api.tokens.of('lee', 'leader');
    expect(await actionsOf(path, leader)).toMatchObject({ 'approve-rca': true, reopen: false });
  });

  it('say why the others are refused', async () => {
    const path = await file(api, dana);
    const { actions } = responses.getActions.success[200].schema.parse((await api.get(`${path}/actions`, dana)).body);
    for (const { allowed, code, reason } of actions) expect(allowed || (Boolean(code) && Boolean(reason))).toBe(true);
    expect(actions.find(({ command }) => command === 'cancel')).toMatchObject({ code: 'not_permitted' });
  });
});

describe('policies', () => {
  it('are listed and shown in the version in force', async () => {
    const listed = await api.get('/v1/policies', dana);
    expect(listed.text).toContain('"drill"');
    const shown = await api.get('/v1/policies/drill', dana);
    expect(shown.body).toMatchObject({
      name: 'drill',
      version: 1,
      drill: true,
      rules: { repeats: expect.any(Number) },
    });
    expect((await api.get('/v1/policies/drill?version=1', dana)).body).toEqual(shown.body);
    expect((await api.get('/v1/policies/drill?version=99', dana)).status).toBe(404);
    expect((await api.get('/v1/policies/nope', dana)).status).toBe(404);
  });
});

describe('what a route answers', () => {
  it('is typed by its id', () => {
    const ids = Object.keys(responses) satisfies string[];
    const known: readonly RouteId[] = ['getEscalation', 'acknowledge'];
    expect(ids).toEqual(expect.arrayContaining([...known]));
  });
});
