import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commandIdOf, sha256 } from '../../contracts/ids.ts';
import { eventCommandId } from '../../contracts/command-ids.ts';
import type { EscalationEvent } from '../../domain/escalation/events.ts';
import { fold } from '../../domain/escalation/evolve.ts';
import type { Escalation } from '../../domain/escalation/state.ts';
import { commitFrom, commitItemOf } from '../../store/commit-item.ts';
import { headAttributes } from '../../store/head-item.ts';
import { keys } from '../../store/keys.ts';
import { readHead, readWholeLog } from '../../store/log.ts';
import { publishPolicy } from '../../store/policies.ts';
import { deleteItem, getItem, putItem } from '../../store/requests.ts';
import { minute, policy, startMs, text } from '../domain/escalation/given.ts';
import { run, takeIn } from '../support/desk.ts';
import { startDynamo, type TestDynamo } from '../support/dynamo.ts';
import { auditBooks, type Asked, type Finding, type Published } from './rig/books.ts';
import type { CommandAttempt, IntakeAttempt } from './rig/load.ts';
import { tierMs } from './rig/policy.ts';
import { isClean } from './rig/table.ts';
import { judgeTiming, type Outage, type Timing } from './rig/timing.ts';

let dynamo: TestDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
  await publishPolicy(dynamo.store, policy, { actorId: 'tests', nowMs: 0 });
});
afterAll(() => dynamo.close());

/** An escalation of a load: accepted, begun, its first page sent, acknowledged by a command that was answered. */
interface Told {
  readonly id: string;
  readonly intake: IntakeAttempt;
  readonly acknowledged: CommandAttempt;
  readonly pages: Map<string, { atMs: number; times: number }>;
}

let titles = 0;
async function told(): Promise<Told> {
  const { store } = dynamo;
  titles += 1;
  const title = `number ${titles}`;
  const id = await takeIn(store, { title });
  await run(store, id, { type: 'begin' }, { clearPending: true });
  const pageId = `${id}#1#1`;
  await run(store, id, { type: 'record-page', pageId, outcome: { kind: 'sent', recipients: ['x'] } });
  const commandId = commandIdOf({ callerId: 'dana', route: 'acknowledge', escalationId: id, key: 'k' });
  await run(store, id, { type: 'acknowledge' }, { commandId: eventCommandId(commandId, 'a'.repeat(64)) });
  return {
    id,
    intake: { title, dedupKey: null, outcome: { kind: 'accepted', escalationId: id } },
    acknowledged: { escalationId: id, type: 'acknowledge', commandId, status: 200 },
    pages: new Map([[pageId, { atMs: startMs + 1_000, times: 1 }]]),
  };
}

interface Around {
  /** What the workflow says; by default what the log says. */
  readonly believed?: (inLog: Escalation) => Escalation;
  readonly isRunning?: boolean;
  readonly published?: Published;
}

async function findingsOn(it0: Told, around: Around = {}): Promise<readonly Finding[]> {
  const { store } = dynamo;
  const asked: Asked = {
    intakes: [it0.intake],
    commands: [it0.acknowledged],
    acceptedIds: () => [it0.id],
  };
  const shelf = {
    store,
    isRunning: async () => around.isRunning ?? true,
    stateOf: async (id: string) => {
      const state = fold(await readWholeLog(store, id));
      return state === null ? null : (around.believed?.(state) ?? state);
    },
  };
  const { findings } = await auditBooks(shelf, asked, () => around.published ?? it0.pages);
  return findings;
}

/** Writes another commit over one that stands. */
async function rewrite(
  id: string,
  seq: number,
  change: (events: readonly EscalationEvent[]) => readonly EscalationEvent[],
): Promise<void> {
  const item = await getItem(dynamo.store, keys.commit(id, seq), true);
  if (item === null) throw new Error(`no commit at ${seq}`);
  await putItem(dynamo.store, commitItemOf(id, change(commitFrom(item).events)));
}

/** The commit that holds the page's outcome. */
async function seqOf(id: string, type: EscalationEvent['type']): Promise<number> {
  return (await readWholeLog(dynamo.store, id)).find((event) => event.type === type)?.seq ?? 0;
}

describe('the books of a fault test', () => {
  it('find nothing where nothing is wrong', async () => {
    expect(await findingsOn(await told())).toEqual([]);
  });

  it('find an accepted intake that is gone', async () => {
    const it0 = await told();
    for (const { seq } of await readWholeLog(dynamo.store, it0.id))
      await deleteItem(dynamo.store, keys.commit(it0.id, seq));
    const found = await findingsOn(it0);
    expect(found).toContainEqual({ kind: 'lost', text: `${it0.id} has no log` });
    expect(found).toContainEqual({ kind: 'lost', text: expect.stringContaining('which is not there') });
  });

  it('find a gap in the sequence numbers', async () => {
    const it0 = await told();
    const seq = await seqOf(it0.id, 'page.sent');
    await deleteItem(dynamo.store, keys.commit(it0.id, seq));
    expect(await findingsOn(it0)).toContainEqual({
      kind: 'lost',
      text: `the log of ${it0.id} has no event ${seq}`,
    });
  });

  it('find an intake that became two escalations', async () => {
    const it0 = await told();
    await takeIn(dynamo.store, { title: it0.intake.title });
    expect(await findingsOn(it0)).toEqual([{ kind: 'doubled', text: `"${it0.intake.title}" has 2 escalations` }]);
  });

  it('find repeats that were answered and not counted', async () => {
    const it0 = await told();
    const dedupKey = sha256(it0.id);
    const id = await takeIn(dynamo.store, { title: `${it0.intake.title} with a key`, dedupKey });
    const counted: IntakeAttempt = { ...it0.intake, outcome: { kind: 'counted', escalationId: id } };
    expect(await findingsOn({ ...it0, intake: counted })).toContainEqual({
      kind: 'lost',
      text: `${id} counts 1 of at least 2 occurrences`,
    });
  });

  it('find a command that was answered as done and is not in the log, or is there twice', async () => {
    const it0 = await told();
    const never = { ...it0.acknowledged, commandId: 'cmd_never' };
    expect(await findingsOn({ ...it0, acknowledged: never })).toEqual([
      { kind: 'lost', text: `acknowledge on ${it0.id} was answered as done` },
    ]);
    const commandId = eventCommandId(it0.acknowledged.commandId, 'a'.repeat(64));
    await run(dynamo.store, it0.id, { type: 'start-investigation' });
    await run(dynamo.store, it0.id, { type: 'note', text }, { commandId });
    expect(await findingsOn(it0)).toEqual([
      { kind: 'doubled', text: `acknowledge on ${it0.id} was done more than once` },
    ]);
  });

  it('find a page that was decided twice, under one id or under two', async () => {
    for (const another of [false, true]) {
      const it0 = await told();
      const first = await seqOf(it0.id, 'clock.started');
      await rewrite(it0.id, first, (events) =>
        events.map((event) => {
          const page = events.find((each) => each.type === 'page.requested');
          if (event !== events[0] || page?.type !== 'page.requested') return event;
          return { ...page, seq: event.seq, ...(another ? { pageId: `${it0.id}#1#9` } : {}) };
        }),
      );
      const found = await findingsOn(it0);
      expect(found).toContainEqual({
        kind: 'doubled',
        text: another ? `step 1 has the pages ${it0.id}#1#9 and ${it0.id}#1#1` : `${it0.id}#1#1 was decided twice`,
      });
    }
  });

  it('find a page that went out and was never decided, and one that is told as sent and never went out', async () => {
    const it0 = await told();
    const stray = `${it0.id}#2#2`;
    const published = new Map([...it0.pages, [stray, { atMs: startMs, times: 1 }] as const]);
    expect(await findingsOn(it0, { published })).toEqual([
      { kind: 'doubled', text: `the page ${stray} was sent and never decided` },
    ]);
    expect(await findingsOn(it0, { published: new Map() })).toEqual([
      { kind: 'lost', text: `the page ${it0.id}#1#1 was told as sent and was not` },
    ]);
  });

  it('find a page that has no outcome', async () => {
    const it0 = await told();
    const page = `${it0.id}#1#2`;
    await run(dynamo.store, it0.id, { type: 'assign', assignee: 'mei' });
    expect(await findingsOn(it0)).toContainEqual({ kind: 'lost', text: `${page} has no outcome` });
  });

  it('find a workflow that believes something else, that is gone, and a record that lags', async () => {
    const it0 = await told();
    expect(await findingsOn(it0, { believed: (state) => ({ ...state, tier: 3 }) })).toEqual([
      { kind: 'disagrees', text: `the workflow of ${it0.id} differs from its log: .tier is 3 and not 1` },
    ]);
    expect(await findingsOn(it0, { isRunning: false })).toEqual([
      { kind: 'lost', text: expect.stringContaining('it does not answer') },
    ]);
    const record = (await readHead(dynamo.store, it0.id))?.record;
    if (record === undefined) throw new Error('no record');
    await putItem(dynamo.store, { ...keys.head(it0.id), ...headAttributes({ ...record, tier: 2 }, 1) });
    expect(await findingsOn(it0)).toEqual([
      { kind: 'disagrees', text: expect.stringContaining('.tier is 2 and not 1') },
    ]);
  }, 30_000);
});

const outage = { fromMs: startMs + 10_000, untilMs: startMs + 40_000 };

interface Step {
  readonly atMs: number;
  readonly cause: 'started' | 'not_acknowledged' | 'clock_breached';
  /** Of its page; `sentAfterMs` later unless told otherwise. */
  readonly sentAtMs?: number;
}

/** A log of steps at given instants, each with its page; the clock `resolve` runs for an hour. */
function timingOf(list: readonly Step[], nowMs: number, sentAfterMs = 50, met: Outage = outage): Timing {
  const id = 'esc_timing';
  const meta = { actor: { kind: 'system', id: 'tierline' } } as const;
  const received: EscalationEvent = {
    ...meta,
    type: 'escalation.received',
    seq: 1,
    atMs: startMs,
    title: text,
    channel: 'monitoring',
    category: 'logistics',
    severity: 'sev3',
    policy: { name: 'test', version: 1 },
    source: 'api',
  };
  const clock: EscalationEvent = {
    ...meta,
    type: 'clock.started',
    seq: 2,
    atMs: startMs,
    clock: 'resolve',
    cycle: 1,
    targetMs: 60 * minute,
    calendar: { id: 'always', hash: 'always' },
    warnAtPercent: [],
    pausable: true,
  };
  const published = new Map<string, { atMs: number; times: number }>();
  const events = list.flatMap(({ atMs, cause, sentAtMs = atMs + sentAfterMs }, index): EscalationEvent[] => {
    const step = index + 1;
    const tier = step === 1 ? 1 : step === 2 ? 2 : 3;
    const pageId = `${id}#${step}#${step}`;
    published.set(pageId, { atMs: sentAtMs, times: 1 });
    const at = { ...meta, atMs };
    return [
      { ...at, type: 'tier.entered', seq: index * 2 + 3, tier, round: 1, step, cause, acknowledgeByMs: atMs + tierMs },
      { ...at, type: 'page.requested', seq: index * 2 + 4, pageId, tier, targets: [], cause, isStep: true },
    ];
  });
  const log = [received, clock, ...events];
  const state = fold(log);
  if (state === null) throw new Error('no state');
  return judgeTiming([{ id, events: log, state, readAtMs: nowMs }], published, [met], nowMs);
}

describe('the clock of a fault test', () => {
  const started = { atMs: startMs, cause: 'started' } as const;

  it('finds nothing where all came in its time, and in one step after an outage', () => {
    const second = { atMs: startMs + tierMs, cause: 'not_acknowledged' } as const;
    expect(timingOf([started, second], startMs + 2 * tierMs)).toMatchObject({ late: [], walked: [], moves: 1 });
    const after = { atMs: outage.untilMs + 3_000, cause: 'not_acknowledged' } as const;
    const timing = timingOf([started, second, after], outage.untilMs + 4_000);
    expect(timing).toMatchObject({ late: [], walked: [], dueMeanwhile: 1, recoveryMs: 3_050 });
  });

  it('finds a step that came more than 5 s after its time, or after the recovery', () => {
    const late = { atMs: startMs + tierMs + 5_001, cause: 'not_acknowledged' } as const;
    expect(timingOf([started, late], startMs + 2 * tierMs, 0).late).toEqual(['step 2 of esc_timing was 5.0 s late']);
    const second = { atMs: startMs + tierMs, cause: 'not_acknowledged' } as const;
    const after = { atMs: outage.untilMs + 5_100, cause: 'not_acknowledged' } as const;
    expect(timingOf([started, second, after], outage.untilMs + 6_000).late).toHaveLength(1);
  });

  it('finds a timer that was forgotten: of a step, and of a promise', () => {
    expect(timingOf([started], startMs + tierMs + 5_001).late).toEqual(['step 1 of esc_timing was forgotten']);
    const forgotten = timingOf([started], startMs + 61 * minute).late;
    expect(forgotten).toContain('the breach of resolve of esc_timing was forgotten');
  });

  it('finds an escalation that walked through two tiers at once, whatever the causes were', () => {
    for (const cause of ['not_acknowledged', 'clock_breached'] as const) {
      const second = { atMs: startMs + tierMs, cause: 'not_acknowledged' } as const;
      const third = { atMs: startMs + tierMs + 7, cause };
      expect(timingOf([started, second, third], startMs + 2 * tierMs).walked).toEqual([
        `step 3 of esc_timing came 7 ms after the one before (not_acknowledged decided at 0 and sent at 50; ${cause} decided at 7 and sent at 57)`,
      ]);
    }
  });

  it('judges a page that was caught on its way by its decision, and none that was decided later', () => {
    const caught = { atMs: outage.fromMs + 2_000, cause: 'not_acknowledged', sentAtMs: outage.untilMs + 100 } as const;
    const next = { atMs: outage.untilMs + 300, cause: 'not_acknowledged' } as const;
    const walkedWhere = (caughtUntilMs: number): readonly string[] =>
      timingOf([started, caught, next], outage.untilMs + 400, 50, { ...outage, caughtUntilMs }).walked;
    expect(walkedWhere(caught.atMs)).toEqual([]);
    expect(walkedWhere(caught.atMs - 1)).toHaveLength(1);
  });

  it('makes a fault unclean by each of its counts', () => {
    const clean = {
      title: '',
      outageMs: 0,
      accepted: 1,
      acceptedMeanwhile: 0,
      counted: 0,
      commandsDone: 0,
      commandsUnsettled: 0,
      lost: 0,
      doubled: 0,
      disagreements: 0,
      late: 0,
      walked: 0,
      moves: 0,
      dueMeanwhile: 0,
      pages: 0,
      pagesRepeated: 0,
      recoveryMs: 0,
      cameToRest: true,
      remarks: [],
    };
    expect(isClean(clean)).toBe(true);
    for (const count of ['lost', 'doubled', 'disagreements', 'late', 'walked'] as const) {
      expect(isClean({ ...clean, [count]: 1 })).toBe(false);
    }
    expect(isClean({ ...clean, cameToRest: false })).toBe(false);
  });
});
