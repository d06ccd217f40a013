import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { currentFlags } from '../../contracts/behaviour-flags.ts';
import { canonicalJson } from '../../contracts/ids.ts';
import { queryNames, signalNames } from '../../contracts/temporal-names.ts';
import { fold } from '../../domain/escalation/evolve.ts';
import type { Escalation } from '../../domain/escalation/state.ts';
import { readWholeLog } from '../../store/log.ts';
import { until } from '../support/until.ts';
import { openBooksDesk, type BooksDesk } from './books-desk.ts';

/** What splits a task: the writing of a decision outlasts the answer to a query that came with it. */
const writingMs = 300;
const split = 'signaled, scheduled, started, completed, scheduled, started, completed, recorded';

/**
 * A query that comes with a task is answered at once, while a local activity of that task still runs. The server then has two
 * tasks in its history with nothing between them: whoever replays it takes them for one, which began when the second did.
 */
describe.each([
  ['writes and sends one after the other', []],
  ['carries out at once', currentFlags],
] as const)('an escalation that %s', (_, flags) => {
  let desk: BooksDesk;
  beforeAll(async () => {
    desk = await openBooksDesk(flags, () => sleep(writingMs));
  }, 120_000);
  afterAll(() => desk?.close());

  const believed = (id: string) => desk.client.workflow.getHandle(id).query<Escalation | null>(queryNames.state);
  const written = async (id: string) => fold(await readWholeLog(desk.store, id));

  async function historyOf(id: string): Promise<string> {
    const { events } = await desk.client.workflow.getHandle(id).fetchHistory();
    const names = (events ?? []).map(
      (event) => Object.keys(event).find((key) => key.endsWith('EventAttributes')) ?? '',
    );
    return names
      .map((name) => /(Signaled|Scheduled|Started|Completed|Recorded|Fired)Event/i.exec(name)?.[1]?.toLowerCase())
      .join(', ');
  }

  it('believes what its log says where a task of it was split by a query', async () => {
    const id = await desk.open();
    await until('rest', async () => canonicalJson(await believed(id)) === canonicalJson(await written(id)));
    const handle = desk.client.workflow.getHandle(id);
    // A task that asks for nothing: only after one of these are the two halves taken for one.
    await handle.signal(signalNames.nudge);
    await until('its task', async () => (await historyOf(id)).endsWith('signaled, scheduled, started, completed'));
    const queries: Promise<unknown>[] = [];
    await desk.withoutWorker(async () => {
      await handle.signal(signalNames.cleared, { source: 'monitoring' });
      queries.push(believed(id));
      // The query has to be there before a worker asks for the task.
      await sleep(500);
    });
    await Promise.all(queries);
    await until('the second half', async () => (await historyOf(id)).includes(split));
    const state = await written(id);
    expect(state?.sourceClearedAtMs).not.toBeNull();
    await desk.withoutWorker(async () => undefined);
    expect(await believed(id)).toEqual(state);
  });
});
