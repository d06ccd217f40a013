import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newEscalationId } from '../../contracts/ids.ts';
import {
  escalationQueueOf,
  escalationStart,
  reconcilerIds,
  updateNames,
  workflowTypes,
} from '../../contracts/temporal-names.ts';
import type { CommandOutcome } from '../../contracts/workflow-messages.ts';
import type { PersonCommand } from '../../domain/escalation/commands.ts';
import { stamp } from '../support/stamp.ts';
import type { EventBody } from '../../domain/escalation/events.ts';
import { fold } from '../../domain/escalation/evolve.ts';
import { recordOf } from '../../domain/escalation/record.ts';
import { systemActor } from '../../domain/escalation/vocabulary.ts';
import { listAgain } from '../../store/books.ts';
import { clearPending, commit } from '../../store/commit.ts';
import { commitItemOf } from '../../store/commit-item.ts';
import { headAttributes } from '../../store/head-item.ts';
import { keys } from '../../store/keys.ts';
import { readHead, readWholeLog } from '../../store/log.ts';
import { claimPointer, closePointer, readPointer, reopenPointer } from '../../store/pointer.ts';
import { readReconciliation } from '../../store/reconciliation.ts';
import { deleteItem, getItem, putItem } from '../../store/requests.ts';
import { ensureReconcilerSchedule } from '../../worker/schedule.ts';
import { dana, policy } from '../domain/escalation/given.ts';
import { newIntake } from '../support/desk.ts';
import { until } from '../support/until.ts';
import { openBooksDesk, type BooksDesk } from './books-desk.ts';

let desk: BooksDesk;

beforeAll(async () => {
  desk = await openBooksDesk();
}, 120_000);
afterAll(() => desk.close());

const settled = 400;

/** Long enough ago that nothing can be on its way any more. */
function aMoment(): Promise<unknown> {
  const fromMs = Date.now();
  return until('nothing is recent any more', async () => Date.now() > fromMs + settled);
}

/** Writes a decision behind the back of the workflow, as an adopted commit would be. */
async function behindItsBack(escalationId: string, bodies: (nowMs: number) => readonly EventBody[]): Promise<void> {
  const log = await readWholeLog(desk.store, escalationId);
  const state = fold(log);
  if (state === null) throw new Error('no log');
  const nowMs = Date.now();
  const events = stamp(state, bodies(nowMs), { nowMs, actor: systemActor });
  const after = fold(events, state);
  if (after === null) throw new Error('no state');
  const record = recordOf(escalationId, after, policy, {});
  expect(await commit(desk.store, { escalationId, events, record })).toEqual({ kind: 'committed' });
}

async function send(escalationId: string, command: PersonCommand): Promise<CommandOutcome> {
  const commandId = `cmd_${randomUUID()}`;
  return desk.client.workflow.getHandle(escalationId).executeUpdate<CommandOutcome, [unknown]>(updateNames.command, {
    updateId: commandId,
    args: [{ commandId, bodyHash: 'a'.repeat(64), actor: dana, command }],
  });
}

const aPage = {
  type: 'page.requested',
  pageId: 'pg_behind',
  tier: 2,
  targets: [{ kind: 'person', id: 'dana' }],
  cause: 'assigned',
  isStep: false,
} as const satisfies EventBody;

async function isSent(escalationId: string): Promise<boolean> {
  const log = await readWholeLog(desk.store, escalationId);
  return log.some((event) => event.type === 'page.sent' && event.pageId === aPage.pageId);
}

function hasBegun(escalationId: string): Promise<boolean> {
  return until('the first decision', async () => ((await readHead(desk.store, escalationId))?.record.seq ?? 0) > 1);
}

describe('the reconciler', () => {
  it('finds nothing wrong where nothing is, and says what it looked at', async () => {
    const id = await desk.open();
    await aMoment();
    const result = await desk.run();
    expect(result).toMatchObject({
      lost: { found: 0, repaired: 0, left: 0 },
      orphaned: { found: 0, left: 0 },
      stuck: { found: 0, left: 0 },
      notes: [],
    });
    expect(result.checked.open).toBeGreaterThan(0);
    expect(result.checked.audited).toBeGreaterThan(0);
    expect(result.memory.openSweptAtMs).not.toBeNull();
    expect(await desk.isRunning(id)).toBe(true);
    expect(desk.lines.join()).toContain('"code":"books.lost","count":0');
  });

  it('writes a deleted record back from the log, with its title', async () => {
    const id = await desk.open();
    await aMoment();
    const before = await readHead(desk.store, id);
    await deleteItem(desk.store, keys.head(id));
    expect(await desk.runUntilFound(id, 'no_record')).toMatchObject({ outcome: 'repaired' });
    expect(await readHead(desk.store, id)).toEqual(before);
    const item = await getItem(desk.store, keys.commit(id, 1), true);
    expect(item).not.toHaveProperty('pp');
  });

  it('makes a terminated workflow again from its log, and it takes commands', async () => {
    const id = await desk.open();
    await aMoment();
    await desk.client.workflow.getHandle(id).terminate('by hand');
    expect(await desk.isRunning(id)).toBe(false);
    expect(await desk.runUntilFound(id, 'no_workflow')).toMatchObject({ outcome: 'repaired' });
    expect(await desk.isRunning(id)).toBe(true);
    expect(await send(id, { type: 'acknowledge' })).toMatchObject({ kind: 'done' });
  });

  it('starts the workflow of an intake that has been waiting for too long', async () => {
    const id = await desk.accept(60_000);
    expect(await desk.runUntilFound(id, 'intake_waits')).toMatchObject({ outcome: 'repaired' });
    await hasBegun(id);
    expect(await desk.isRunning(id)).toBe(true);
  });

  it('leaves an intake alone that has only just been accepted', async () => {
    const id = await desk.accept(0);
    const { notes } = await desk.run();
    expect(notes.filter((note) => note.escalationId === id)).toEqual([]);
  });

  it('finds an accepted intake that lost its mark, so that nothing lists it, and starts it', async () => {
    const id = await desk.accept(60_000);
    await clearPending(desk.store, id);
    expect(await desk.runUntilFound(id, 'no_workflow')).toMatchObject({ outcome: 'repaired' });
    await hasBegun(id);
  });

  it('adopts a first commit without a record, listed or not', async () => {
    for (const listed of [true, false]) {
      const id = await desk.accept(60_000);
      await deleteItem(desk.store, keys.head(id));
      if (!listed) await clearPending(desk.store, id);
      expect(await desk.runUntilFound(id, 'no_record')).toMatchObject({ outcome: 'repaired' });
      await hasBegun(id);
      expect((await readHead(desk.store, id))?.title).toBe('Parcels marked delivered that never came');
      expect(await getItem(desk.store, keys.commit(id, 1), true)).not.toHaveProperty('pp');
    }
  });

  it('counts a first commit that lost the race for its key on the escalation that has it', async () => {
    const dedupKey = randomUUID();
    const winner = await desk.open({ dedupKey });
    // As an intake leaves it that stops between its first commit and its claim.
    const { received, escalationId } = newIntake({ atMs: Date.now() - 60_000, dedupKey });
    await putItem(desk.store, commitItemOf(escalationId, [received]));
    await listAgain(desk.store, escalationId);
    expect(await desk.runUntilFound(escalationId, 'no_record')).toMatchObject({ outcome: 'repaired' });
    expect((await readHead(desk.store, escalationId))?.record).toMatchObject({ state: 'merged', mergedInto: winner });
    expect(await readPointer(desk.store, dedupKey)).toMatchObject({ escalationId: winner, count: 2, state: 'open' });
  });

  it('brings a record up that lags its log', async () => {
    const id = await desk.open();
    const before = await readHead(desk.store, id);
    if (before === null) throw new Error('no record');
    await send(id, { type: 'acknowledge' });
    await aMoment();
    const after = await readHead(desk.store, id);
    const { record, title } = before;
    await putItem(desk.store, { ...keys.head(id), ...headAttributes(record, 1), title });
    expect(await desk.runUntilFound(id, 'record_lags')).toMatchObject({ outcome: 'repaired' });
    expect((await readHead(desk.store, id))?.record).toEqual(after?.record);
  });

  it('takes an escalation off the list of those that wait, once it has begun', async () => {
    const id = await desk.open();
    await listAgain(desk.store, id);
    await aMoment();
    expect(await desk.runUntilFound(id, 'listed_after_begin')).toMatchObject({ outcome: 'repaired' });
    expect(await getItem(desk.store, keys.commit(id, 1), true)).not.toHaveProperty('pp');
  });

  it('closes the key of an escalation that is no longer worked on', async () => {
    const dedupKey = randomUUID();
    const id = await desk.open({ dedupKey });
    await send(id, { type: 'acknowledge' });
    await send(id, { type: 'resolve', code: 'fixed', summary: { id: 'txt_s', hash: 'h' } });
    await reopenPointer(desk.store, dedupKey, id, 1, Date.now());
    await aMoment();
    expect(await desk.runUntilFound(id, 'key_still_open')).toMatchObject({ outcome: 'repaired' });
    expect(await readPointer(desk.store, dedupKey)).toMatchObject({ escalationId: id, state: 'closed' });
  });

  it('closes a key that names an escalation which never was', async () => {
    const dedupKey = randomUUID();
    const nobody = newEscalationId(Date.now() - 60_000);
    await claimPointer(desk.store, dedupKey, nobody, Date.now());
    expect(await desk.runUntilFound(nobody, 'key_still_open')).toMatchObject({ outcome: 'repaired' });
    expect((await readPointer(desk.store, dedupKey))?.state).toBe('closed');
  });

  it('takes the key again for an escalation that is worked on', async () => {
    const dedupKey = randomUUID();
    const id = await desk.open({ dedupKey });
    await closePointer(desk.store, dedupKey, id, 1);
    await aMoment();
    expect(await desk.runUntilFound(id, 'key_let_go')).toMatchObject({ outcome: 'repaired' });
    expect(await readPointer(desk.store, dedupKey)).toMatchObject({ escalationId: id, state: 'open', count: 1 });
  });

  it('ends a workflow whose escalation has ended without it', async () => {
    const id = await desk.open();
    await aMoment();
    await behindItsBack(id, () => [{ type: 'escalation.cancelled', reason: { id: 'txt_c', hash: 'h' } }]);
    await aMoment();
    expect(await desk.isRunning(id)).toBe(true);
    expect(await desk.runUntilFound(id, 'workflow_after_end')).toMatchObject({ outcome: 'repaired' });
    expect(await desk.isRunning(id)).toBe(false);
  });

  it('makes a workflow again that no nudge brings to do what is due', async () => {
    const id = await desk.open();
    await aMoment();
    // The workflow knows nothing of this step: its own timer is set for later.
    await behindItsBack(id, (nowMs) => [
      { type: 'tier.entered', tier: 2, round: 1, step: 2, cause: 'not_acknowledged', acknowledgeByMs: nowMs + 100 },
    ]);
    await aMoment();
    await desk.runUntilFound(id, 'wake_missed');
    await until(
      'the step after it',
      async () => {
        await desk.run();
        return (await readHead(desk.store, id))?.record.tier === 3;
      },
      40_000,
    );
    expect(await desk.isRunning(id)).toBe(true);
    const { notes } = await desk.run();
    expect(notes.filter((note) => note.escalationId === id)).toEqual([]);
  });

  it('has a page sent that was decided before the end, by a workflow that went before it was sent', async () => {
    const id = await desk.open();
    await aMoment();
    await desk.client.workflow.getHandle(id).terminate('by hand');
    await behindItsBack(id, () => [aPage, { type: 'escalation.cancelled', reason: { id: 'txt_c', hash: 'h' } }]);
    expect(await desk.runUntilFound(id, 'no_workflow')).toMatchObject({ outcome: 'repaired' });
    await until('its outcome', () => isSent(id));
    await until('the end of its workflow', async () => !(await desk.isRunning(id)));
  }, 120_000);

  it('makes one again on its own queue whose workflow runs on a queue that no worker asks', async () => {
    const id = await desk.accept(0);
    const { workflow } = desk.client;
    await workflow.start(workflowTypes.escalation, { ...escalationStart(id, 'sev2'), taskQueue: 'of-another-version' });
    // As whoever starts one does.
    await clearPending(desk.store, id);
    const head = await readHead(desk.store, id);
    if (head === null) throw new Error('no record');
    await until(
      'the first decision',
      async () => {
        await desk.run();
        return ((await readHead(desk.store, id))?.record.seq ?? 0) > head.record.seq;
      },
      60_000,
    );
    expect((await workflow.getHandle(id).describe()).taskQueue).toBe(escalationQueueOf(id));
    expect(await send(id, { type: 'acknowledge' })).toMatchObject({ kind: 'done' });
  });

  it('goes on telling what it can not repair, until somebody has', async () => {
    const id = await desk.open();
    const head = await readHead(desk.store, id);
    const nobody = newEscalationId(Date.now() - 60_000);
    if (head === null) throw new Error('no record');
    await putItem(desk.store, { ...keys.head(nobody), ...headAttributes({ ...head.record, id: nobody }, 1) });
    expect(await desk.runUntilFound(nobody, 'no_log')).toMatchObject({ outcome: 'left' });
    const again = await desk.run();
    expect(again.lost).toMatchObject({ found: 1, left: 1 });
    expect(again.memory.left).toMatchObject([{ escalationId: nobody, faults: ['no_log'] }]);
    expect(again.memory.left[0]?.runs).toBeGreaterThan(1);
    await deleteItem(desk.store, keys.head(nobody));
    const after = await desk.run();
    expect(after.lost).toEqual({ found: 0, repaired: 0, left: 0 });
    expect(after.memory.left).toEqual([]);
  });

  it('is run by a schedule that every worker makes sure of', async () => {
    const before = (await readReconciliation(desk.store))?.atMs ?? 0;
    await ensureReconcilerSchedule(desk.client, 60_000);
    await ensureReconcilerSchedule(desk.client, 1_000);
    try {
      await until('two runs', async () => ((await readReconciliation(desk.store))?.atMs ?? 0) > before, 30_000);
      const { spec, info } = await desk.client.schedule.getHandle(reconcilerIds.schedule).describe();
      expect(spec.intervals).toMatchObject([{ every: 1_000 }]);
      expect(info.numActionsTaken).toBeGreaterThan(0);
    } finally {
      await desk.client.schedule.getHandle(reconcilerIds.schedule).delete();
    }
  });
});
