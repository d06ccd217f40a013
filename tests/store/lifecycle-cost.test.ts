import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Command } from '../../domain/escalation/commands.ts';
import { fold } from '../../domain/escalation/evolve.ts';
import { pageIds } from '../support/page-ids.ts';
import type { Store } from '../../store/client.ts';
import { claimCreate } from '../../store/create-requests.ts';
import { putNotification } from '../../store/notifications.ts';
import { clearPending } from '../../store/commit.ts';
import { closePointer } from '../../store/pointer.ts';
import { publishPolicy } from '../../store/policies.ts';
import { putText } from '../../store/texts.ts';
import { startMeter, type Meter } from '../../store/metering-proxy.ts';
import { acceptIntake } from '../../store/intake.ts';
import { newIntake, run } from '../support/desk.ts';
import { startDynamo, type TestDynamo } from '../support/dynamo.ts';
import { policy } from '../domain/escalation/given.ts';

describe('what a whole lifecycle costs in write units', () => {
  let dynamo: TestDynamo;
  let meter: Meter;
  let store: Store;

  beforeAll(async () => {
    dynamo = await startDynamo();
    meter = await startMeter(dynamo.endpoint);
    store = dynamo.open({ endpoint: meter.endpoint });
    await publishPolicy(store, policy, { actorId: 'tests', nowMs: 0 });
  });

  afterAll(async () => {
    await meter.close();
    await dynamo.close();
  });

  async function wholeLife(intake: ReturnType<typeof newIntake>): Promise<number> {
    meter.reset();
    const id = intake.escalationId;
    if (intake.received.dedupKey !== undefined) {
      const request = { hash: 'h', bodyHash: 'b', escalationId: id, expiresAtMs: intake.received.atMs };
      expect(await claimCreate(store, request)).toEqual({ kind: 'first' });
    }
    await acceptIntake(store, intake);
    const told = async (pageId: string): Promise<void> => {
      await putNotification(store, {
        id: pageId,
        escalationId: id,
        kind: 'page',
        messageType: 'page.v1',
        recipients: ['dana', 'omar'],
        createdAtMs: intake.received.atMs,
      });
      await run(store, id, { type: 'record-page', pageId, outcome: { kind: 'sent', recipients: ['dana', 'omar'] } });
    };
    await clearPending(store, id);
    const begun = fold([intake.received, ...(intake.begun?.events ?? [])]);
    if (begun === null) throw new Error('a log folds into a state');
    for (const pageId of pageIds(begun)) await told(pageId);
    const dueMs = begun.walk?.acknowledgeByMs ?? 0;
    const raised = await run(store, id, { type: 'wake' }, { nowMs: dueMs, recordFollows: true });
    expect(raised.state.tier).toBe(2);
    for (const pageId of pageIds(raised.state)) await told(pageId);
    const text = async (kind: 'note' | 'summary' | 'rca') =>
      putText(store, id, { id: `txt_${kind}`.padEnd(30, '0'), kind, text: 'Found it: the label printer.' });
    const steps: readonly (() => Promise<Command>)[] = [
      async () => ({ type: 'acknowledge' }),
      async () => ({ type: 'start-investigation' }),
      async () => ({ type: 'note', text: await text('note') }),
      async () => ({ type: 'resolve', code: 'fixed', summary: await text('summary') }),
      async () => ({ type: 'submit-rca', text: await text('rca') }),
    ];
    for (const step of steps) await run(store, id, await step(), { commandId: `cmd_${'0'.repeat(32)}` });
    const actor = { kind: 'person', id: 'priya' } as const;
    await run(store, id, { type: 'approve-rca' }, { actor });
    const closed = await run(store, id, { type: 'close' });
    expect(closed.state.status).toBe('closed');
    if (intake.received.dedupKey !== undefined) await closePointer(store, intake.received.dedupKey, id, 1);
    return meter.counts().writeUnits;
  }

  it('is 50 units for one without key, team or account', async () => {
    expect(await wholeLife(newIntake({ begins: true }))).toBe(50);
  });

  it('is 61 units for one with a team and an account', async () => {
    expect(await wholeLife(newIntake({ begins: true, team: 'logistics', accountId: 'acme-gmbh' }))).toBe(61);
  });

  it('costs three units more with a dedup key and an idempotency key', async () => {
    const keyed = { begins: true, team: 'logistics', accountId: 'acme-gmbh', dedupKey: 'd'.repeat(40) };
    const without = await wholeLife(newIntake({ begins: true, team: 'logistics', accountId: 'acme-gmbh' }));
    expect((await wholeLife(newIntake(keyed))) - without).toBe(3);
  });
});
