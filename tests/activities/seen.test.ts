import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createEscalationActivities } from '../../activities/escalation-activities.ts';
import type { EscalationRecord } from '../../domain/escalation/record.ts';
import { readHead, readWholeLog } from '../../store/log.ts';
import { publishPolicy } from '../../store/policies.ts';
import { policy, startMs } from '../domain/escalation/given.ts';
import { takeIn } from '../support/desk.ts';
import { startDynamo, type TestDynamo } from '../support/dynamo.ts';

let dynamo: TestDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
  await publishPolicy(dynamo.store, policy, { actorId: 'tests', nowMs: 0 });
});
afterAll(() => dynamo.close());

it('a worker hears of each escalation that it loads or writes, and of a write that met other events', async () => {
  const seen: { record: EscalationRecord; stands: boolean }[] = [];
  const activities = createEscalationActivities({
    store: dynamo.store,
    publisher: { publishPage: async () => undefined, publishUpdate: async () => undefined },
    recipients: { resolve: async () => [], audience: async () => [] },
    calendars: { current: async () => ({ calendars: {}, calendarPins: {} }) },
    publicUrl: 'http://desk.example',
    flags: [],
    soon: (send) => send(),
    seen: (record, stands) => void seen.push({ record, stands }),
  });
  const escalationId = await takeIn(dynamo.store, { atMs: startMs, severity: 'sev1', begins: true });
  const record = (await readHead(dynamo.store, escalationId))?.record;
  if (record === undefined) throw new Error('it has a record');
  const events = await readWholeLog(dynamo.store, escalationId);

  await activities.load({ escalationId });
  await activities.commit({ escalationId, events, record, clearPending: false, evict: [] });
  const others = events.slice(0, 1);
  await activities.commit({ escalationId, events: others, record, clearPending: false, evict: [] });
  expect(seen).toEqual([
    { record, stands: true },
    { record, stands: true },
    { record, stands: false },
  ]);
});
