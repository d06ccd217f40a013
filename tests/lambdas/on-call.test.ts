import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApi, type TestApi } from './support/api.ts';

const dayMs = 24 * 3_600_000;

let api: TestApi;
let office: string;
let responder: string;
let manager: string;
beforeAll(async () => {
  api = await startApi();
  office = await api.tokens.of('priya', 'programme_manager');
  responder = await api.tokens.of('dana', 'responder');
  manager = await api.tokens.of('mina', 'account_manager');
});
afterAll(() => api.close());

function inDays(days: number): string {
  return new Date(Math.floor(Date.now() / dayMs) * dayMs + days * dayMs).toISOString();
}

async function peopleAt(schedule: string, at: string): Promise<readonly string[]> {
  const { body } = await api.get(`/v1/on-call?at=${at}`, responder);
  const items = body['items'];
  if (!Array.isArray(items)) throw new Error('no items');
  return items.find((item) => item.schedule === schedule)?.onCall ?? [];
}

/** Changes are seen within a second. */
async function waitFor(holds: () => Promise<boolean>): Promise<void> {
  const untilMs = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > untilMs) throw new Error('it did not come to hold within 10 s');
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
}

/** As iCalendar writes an instant. */
function basicFormat(iso: string): string {
  return iso.replaceAll(/[-:]|\.000/g, '');
}

describe('who is on call', () => {
  it('is told for each schedule with the next handoff, to everybody who reads', async () => {
    for (const token of [office, responder, manager]) {
      const { status, body } = await api.get('/v1/on-call', token);
      expect(status).toBe(200);
      expect(body['items']).toContainEqual(
        expect.objectContaining({ schedule: 'desk', onCall: expect.arrayContaining([expect.any(String)]) }),
      );
    }
  });

  it('tells people with their channels and without their addresses', async () => {
    const { body } = await api.get('/v1/people', responder);
    expect(JSON.stringify(body)).not.toMatch(/@|\+\d{6}/);
    expect(body['items']).toContainEqual(expect.objectContaining({ id: 'dana', reachable: true }));
  });

  it('shows a schedule with its gaps, conflicts and handoffs over a range', async () => {
    const { status, body } = await api.get(`/v1/schedules/desk?from=${inDays(0)}&until=${inDays(14)}`, responder);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: 'desk', from: inDays(0), until: inDays(14), warnings: expect.any(Array) });
    expect(body['handoffs']).not.toHaveLength(0);
    for (const name of ['nowhere', '__proto__', 'constructor'])
      expect((await api.get(`/v1/schedules/${name}`, responder)).status).toBe(404);
    expect((await api.get(`/v1/schedules/desk?from=${inDays(2)}&until=${inDays(1)}`, responder)).status).toBe(400);
  });
});

describe('changes of on-call', () => {
  it('put somebody on call in the place of everybody, and take it back', async () => {
    const from = inDays(3);
    const until = inDays(4);
    const at = new Date(Date.parse(from) + dayMs / 2).toISOString();
    const before = await peopleAt('desk', at);
    const added = await api.call('POST', '/v1/schedules/desk/overrides', {
      token: responder,
      body: { person: 'victoria', from, until },
    });
    expect(added.status).toBe(201);
    await waitFor(async () => (await peopleAt('desk', at)).join() === 'victoria');
    const removed = await api.call('DELETE', `/v1/schedules/desk/overrides/${String(added.body['id'])}`, {
      token: responder,
    });
    expect(removed.status).toBe(200);
    expect((await api.get(`/v1/schedules/desk?from=${from}&until=${until}`, responder)).body['overrides']).toEqual([]);
    expect(before).not.toEqual(['victoria']);
  });

  it('say everything that is wrong with a change', async () => {
    const wrong = { person: 'nobody-at-all', from: inDays(3), until: inDays(4) };
    const unknown = await api.call('POST', '/v1/schedules/desk/overrides', { token: responder, body: wrong });
    expect(unknown).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    const past = await api.call('POST', '/v1/leave', {
      token: responder,
      body: { person: 'dana', from: inDays(-3), until: inDays(-2) },
    });
    expect(past.status).toBe(400);
    const turned = await api.call('POST', '/v1/leave', {
      token: responder,
      body: { person: 'dana', from: inDays(3), until: inDays(2) },
    });
    expect(turned.status).toBe(400);
  });

  it('are not made by account managers', async () => {
    const body = { person: 'dana', from: inDays(3), until: inDays(4) };
    expect((await api.call('POST', '/v1/leave', { token: manager, body })).status).toBe(403);
    expect((await api.get('/v1/leave', manager)).status).toBe(403);
    expect((await api.call('POST', '/v1/schedules/desk/overrides', { token: manager, body })).status).toBe(403);
  });

  it('take leave, which shows in the schedule, and give it back', async () => {
    const body = { person: 'dana', from: inDays(5), until: inDays(6) };
    const added = await api.call('POST', '/v1/leave', { token: office, body });
    expect(added.status).toBe(201);
    const shown = await api.get(`/v1/schedules/desk?from=${inDays(4)}&until=${inDays(7)}`, responder);
    expect(JSON.stringify(shown.body['leave'])).toContain(String(added.body['id']));
    const others = await api.get(`/v1/schedules/desk?from=${inDays(4)}&until=${inDays(7)}`, manager);
    expect(others).toMatchObject({ status: 200, body: { leave: [] } });
    expect(JSON.stringify(others.body['conflicts'])).not.toContain('on_leave');
    const all = await api.get('/v1/leave', responder);
    expect(all).toMatchObject({
      status: 200,
      body: { items: [{ person: 'dana', from: inDays(5), until: inDays(6) }] },
    });
    const earlier = await api.get(`/v1/leave?from=${inDays(1)}&until=${inDays(4)}`, responder);
    expect(earlier.body['items']).toEqual([]);
    expect((await api.call('DELETE', `/v1/leave/${String(added.body['id'])}`, { token: office })).status).toBe(200);
    expect((await api.call('DELETE', `/v1/leave/${String(added.body['id'])}`, { token: office })).status).toBe(404);
  });

  it('go out and come in as iCalendar', async () => {
    const out = await api.get(`/v1/schedules/desk/ics?from=${inDays(8)}&until=${inDays(9)}`, responder);
    expect(String(out.body['ics'])).toContain('BEGIN:VCALENDAR');
    const dry = await api.call('POST', '/v1/schedules/desk/import', {
      token: office,
      body: { ics: String(out.body['ics']), as: 'overrides', dryRun: true },
    });
    expect(dry).toMatchObject({ status: 200, body: { dryRun: true, unmatched: [] } });
    expect(dry.body['stretches']).not.toHaveLength(0);
    const bad = await api.call('POST', '/v1/schedules/desk/import', {
      token: office,
      body: { ics: 'nothing of the kind', as: 'leave' },
    });
    expect(bad.status).toBe(400);
  });

  it('come in once, however often the same calendar is sent', async () => {
    const ics = [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//test//EN',
      'BEGIN:VEVENT',
      'UID:away-1',
      `DTSTAMP:${basicFormat(inDays(0))}`,
      `DTSTART:${basicFormat(inDays(20))}`,
      `DTEND:${basicFormat(inDays(21))}`,
      'SUMMARY:Away: dana',
      'END:VEVENT',
      'BEGIN:VEVENT',
      'UID:away-2',
      `DTSTAMP:${basicFormat(inDays(0))}`,
      `DTSTART:${basicFormat(inDays(22))}`,
      `DTEND:${basicFormat(inDays(23))}`,
      'SUMMARY:Team lunch',
      'END:VEVENT',
      'END:VCALENDAR',
    ].join('\r\n');
    const send = (dryRun: boolean) =>
      api.call('POST', '/v1/schedules/desk/import', { token: office, body: { ics, as: 'leave', dryRun } });
    const stretch = { person: 'dana', from: inDays(20), until: inDays(21) };
    const first = { stretches: [{ ...stretch, known: false }], unmatched: ['Team lunch'] };
    expect(await send(true)).toMatchObject({ status: 200, body: { dryRun: true, ...first } });
    expect(await send(false)).toMatchObject({ status: 200, body: { dryRun: false, ...first } });
    expect(await send(false)).toMatchObject({ body: { stretches: [{ ...stretch, known: true }] } });
    const { body } = await api.get(`/v1/leave?from=${inDays(19)}&until=${inDays(24)}`, office);
    expect(body['items']).toHaveLength(1);
  });
});
