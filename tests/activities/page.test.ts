import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEscalationActivities } from '../../activities/escalation-activities.ts';
import type { PageRequest } from '../../activities/types.ts';
import type { PageMessage } from '../../contracts/notifications.ts';
import { newEscalationId } from '../../contracts/ids.ts';
import { startMs } from '../domain/escalation/given.ts';
import { startDynamo, type TestDynamo } from '../support/dynamo.ts';

let dynamo: TestDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());

/** A desk whose shift changes, and whose first publish may be lost on its way. */
function desk(onCall: (atMs: number) => readonly string[]) {
  const published: PageMessage[] = [];
  const activities = createEscalationActivities({
    store: dynamo.store,
    publisher: {
      publishPage: async (message) => void published.push(message),
      publishUpdate: async () => undefined,
    },
    recipients: { resolve: async (_targets, atMs) => onCall(atMs), audience: async () => [] },
    calendars: { current: async () => ({ calendars: {}, calendarPins: {} }) },
    publicUrl: 'http://desk.example',
    flags: [],
    soon: (send) => send(),
  });
  return { published, page: (request: PageRequest) => activities.page(request) };
}

function requestAt(escalationId: string, atMs: number): PageRequest {
  const page = {
    pageId: `${escalationId}#1#1`,
    tier: 1,
    targets: [{ kind: 'schedule', id: 'desk' }],
    cause: 'started',
    isStep: true,
    requestedAtMs: startMs,
  } as const;
  return { escalationId, page, severity: 'sev2', category: 'logistics', drill: false, atMs };
}

describe('a page that is tried again', () => {
  it('goes to the people of the first try, under one id, though the shift has changed meanwhile', async () => {
    const { page, published } = desk((atMs) => (atMs < startMs + 1_000 ? ['dana'] : ['yusuf']));
    const id = newEscalationId(startMs);
    await page(requestAt(id, startMs));
    expect(await page(requestAt(id, startMs + 2_000))).toEqual({ kind: 'sent', recipients: ['dana'] });
    expect(published.map(({ id: pageId, recipients }) => [pageId, recipients])).toEqual([
      [`${id}#1#1`, ['dana']],
      [`${id}#1#1`, ['dana']],
    ]);
  });

  it('goes to them though nobody is on call any more, and is not told as having reached nobody', async () => {
    const { page } = desk((atMs) => (atMs < startMs + 1_000 ? ['dana'] : []));
    const id = newEscalationId(startMs);
    await page(requestAt(id, startMs));
    expect(await page(requestAt(id, startMs + 2_000))).toEqual({ kind: 'sent', recipients: ['dana'] });
  });

  it('reaches nobody where nobody was ever written down', async () => {
    const { page, published } = desk(() => []);
    expect(await page(requestAt(newEscalationId(startMs), startMs))).toEqual({ kind: 'uncovered' });
    expect(published).toEqual([]);
  });
});
