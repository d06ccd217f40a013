import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Publisher } from '../../activities/publisher.ts';
import { createLogger } from '../../contracts/logger.ts';
import type { HandoffMessage, UpdateMessage } from '../../contracts/notifications.ts';
import { DirectoryReader } from '../../store/directory-reader.ts';
import { publishPolicyFolder } from '../../store/publish-policies.ts';
import { nextHandoff } from '../../domain/on-call/handoffs.ts';
import { notifyHandoffs } from '../../worker/handoff-notifier.ts';
import type { Repeater } from '../../worker/repeater.ts';
import { startDynamo } from '../support/dynamo.ts';

let dynamo: Awaited<ReturnType<typeof startDynamo>>;
beforeAll(async () => {
  dynamo = await startDynamo();
  const published = await publishPolicyFolder(dynamo.store, join(__dirname, '../../policies'), {
    actorId: 't',
    nowMs: Date.UTC(2027, 2, 1),
  });
  expect(published).toMatchObject({ ok: true });
});
afterAll(() => dynamo.close());

const halfHourMs = 30 * 60_000;

async function toldAt(nowMs: number, failures = 0): Promise<readonly HandoffMessage[]> {
  const told: HandoffMessage[] = [];
  let left = failures;
  const publisher: Publisher = {
    publishPage: () => Promise.reject(new Error('no pages here')),
    publishUpdate: async (message: UpdateMessage | HandoffMessage) => {
      if (left > 0) {
        left -= 1;
        throw new Error('away');
      }
      if (message.kind === 'handoff') told.push(message);
    },
  };
  let rounds = 0;
  const options = {
    store: dynamo.store,
    directory: new DirectoryReader(dynamo.store),
    publisher,
    logger: createLogger({ component: 'test', write: () => undefined }),
    everyMs: 1,
    leadMs: halfHourMs,
  };
  const repeater = await new Promise<Repeater>((enough) => {
    const running = notifyHandoffs({
      ...options,
      nowMs: () => {
        rounds += 1;
        if (rounds > failures + 2) enough(running);
        return nowMs;
      },
    });
    running.run();
  });
  await repeater.stop();
  return told;
}

it('tells each handoff half an hour before, once, also when the first try to publish failed', async () => {
  const nowMs = Date.UTC(2027, 2, 10, 12);
  const directory = await new DirectoryReader(dynamo.store).around(nowMs);
  const schedule = directory.schedules['desk'];
  const handoff = schedule === undefined ? null : nextHandoff(schedule, nowMs);
  if (handoff === null) throw new Error('the demo desk hands over');
  const leadMs = handoff.atMs - halfHourMs;
  expect((await toldAt(leadMs - 1)).filter(({ atMs }) => atMs === handoff.atMs)).toEqual([]);
  const told = await toldAt(leadMs, 1);
  expect(told.filter(({ scheduleId, atMs }) => scheduleId === 'desk' && atMs === handoff.atMs)).toEqual([
    expect.objectContaining({
      id: `desk#${new Date(handoff.atMs).toISOString()}`,
      outgoing: handoff.outgoing,
      incoming: handoff.incoming,
    }),
  ]);
  expect((await toldAt(leadMs + 1_000)).filter(({ atMs }) => atMs === handoff.atMs)).toEqual([]);
});
