import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalJson } from '../../contracts/ids.ts';
import { queryNames, updateNames } from '../../contracts/temporal-names.ts';
import type { CommandOutcome } from '../../contracts/workflow-messages.ts';
import type { PersonCommand } from '../../domain/escalation/commands.ts';
import { fold } from '../../domain/escalation/evolve.ts';
import type { Escalation } from '../../domain/escalation/state.ts';
import { readWholeLog } from '../../store/log.ts';
import { dana, text } from '../domain/escalation/given.ts';
import { until } from '../support/until.ts';
import { openBooksDesk, type BooksDesk } from './books-desk.ts';

let desk: BooksDesk;
beforeAll(async () => {
  desk = await openBooksDesk();
}, 120_000);
afterAll(() => desk?.close());

async function send(escalationId: string, command: PersonCommand, key: string = randomUUID()): Promise<CommandOutcome> {
  const commandId = `cmd_${key}`;
  return desk.client.workflow.getHandle(escalationId).executeUpdate<CommandOutcome, [unknown]>(updateNames.command, {
    updateId: commandId,
    args: [{ commandId, bodyHash: 'a'.repeat(64), actor: dana, command }],
  });
}

/** Ids of the events that end a workflow task of the present run: the points to which an operator can reset it. */
async function resetPoints(escalationId: string) {
  const { events } = await desk.client.workflow.getHandle(escalationId).fetchHistory();
  return (events ?? []).flatMap(({ eventId, workflowTaskCompletedEventAttributes: completed }) =>
    completed == null || eventId == null ? [] : [eventId],
  );
}

async function resetTo(
  escalationId: string,
  workflowTaskFinishEventId: Awaited<ReturnType<typeof resetPoints>>[number] | undefined,
): Promise<void> {
  if (workflowTaskFinishEventId === undefined) throw new Error('there is no such point');
  const { runId } = await desk.client.workflow.getHandle(escalationId).describe();
  await desk.client.workflowService.resetWorkflowExecution({
    namespace: desk.client.options.namespace,
    workflowExecution: { workflowId: escalationId, runId },
    reason: 'a test',
    requestId: randomUUID(),
    workflowTaskFinishEventId,
  });
}

/** The workflow believes what its log says, once it has come to rest. */
async function agrees(escalationId: string): Promise<Escalation> {
  return until('workflow and log agree', async () => {
    const believed = await desk.client.workflow
      .getHandle(escalationId)
      .query<Escalation | null>(queryNames.state)
      .catch(() => null);
    const state = fold(await readWholeLog(desk.store, escalationId));
    return believed !== null && canonicalJson(believed) === canonicalJson(state) ? believed : null;
  });
}

describe('a workflow that an operator resets', () => {
  it('takes up its log from any point, and does nothing a second time', async () => {
    const id = await desk.open();
    await send(id, { type: 'acknowledge' });
    await send(id, { type: 'note', text }, 'the-note');
    await send(id, { type: 'escalate', reason: text });
    await send(id, { type: 'acknowledge' });
    await send(id, { type: 'start-investigation' });
    await agrees(id);
    const before = await readWholeLog(desk.store, id);
    const points = await resetPoints(id);
    expect(points.length).toBeGreaterThan(4);
    for (const point of [points[Math.floor(points.length / 2)], points[0]]) {
      await resetTo(id, point);
      const state = await agrees(id);
      expect(state).toMatchObject({ status: 'investigating', tier: 2 });
      expect(await readWholeLog(desk.store, id)).toEqual(before);
    }
    // Its old commands are known, and new ones are done.
    expect(await send(id, { type: 'note', text }, 'the-note')).toMatchObject({ kind: 'done', replayed: true });
    expect(await send(id, { type: 'note', text })).toMatchObject({ kind: 'done', replayed: false });
    const after = await readWholeLog(desk.store, id);
    expect(after.map(({ seq }) => seq)).toEqual(after.map((_, index) => index + 1));
    expect(after.filter(({ type }) => type === 'note.added')).toHaveLength(2);
    expect(after.filter(({ type }) => type === 'tier.entered')).toHaveLength(2);
  }, 60_000);
});
