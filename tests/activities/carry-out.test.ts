import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { carryOut, type CarryOutPorts } from '../../activities/carry-out.ts';
import { createEscalationActivities } from '../../activities/escalation-activities.ts';
import type { CarryOutRequest, PageRequest } from '../../activities/types.ts';
import { currentFlags } from '../../contracts/behaviour-flags.ts';
import { advance } from '../../domain/escalation/decide.ts';
import type { PageOutcome, SystemCommand } from '../../domain/escalation/commands.ts';
import { fold } from '../../domain/escalation/evolve.ts';
import { recordOf } from '../../domain/escalation/record.ts';
import type { Escalation } from '../../domain/escalation/state.ts';
import { systemActor } from '../../domain/escalation/vocabulary.ts';
import { commit, writeHead } from '../../store/commit.ts';
import { commitItemOf } from '../../store/commit-item.ts';
import { readHead, readWholeLog } from '../../store/log.ts';
import { publishPolicy } from '../../store/policies.ts';
import { putItem } from '../../store/requests.ts';
import { minute, policy, startMs } from '../domain/escalation/given.ts';
import { takeIn } from '../support/desk.ts';
import { startDynamo, type TestDynamo } from '../support/dynamo.ts';

let dynamo: TestDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
  await publishPolicy(dynamo.store, policy, { actorId: 'tests', nowMs: 0 });
});
afterAll(() => dynamo.close());

const surroundings = { policy, calendars: {}, calendarPins: {}, actor: systemActor, flags: currentFlags };

async function stateOf(id: string): Promise<Escalation> {
  const state = fold(await readWholeLog(dynamo.store, id));
  if (state === null) throw new Error('no log');
  return state;
}

function requestsOf(escalationId: string, state: Escalation, atMs: number): readonly PageRequest[] {
  const { severity, category } = state;
  return state.pendingPages.map((page) => ({ escalationId, page, severity, category, drill: false, atMs }));
}

/** Tier 2 is due: what its workflow would ask to be carried out. */
async function tierTwo(): Promise<{
  readonly id: string;
  readonly request: CarryOutRequest;
  readonly before: Escalation;
}> {
  const id = await takeIn(dynamo.store, { begins: true });
  const begun = await stateOf(id);
  const pageId = begun.pendingPages[0]?.pageId ?? '';
  const sent: SystemCommand = { type: 'record-page', pageId, outcome: { kind: 'sent', recipients: ['dana'] } };
  const first = advance(begun, sent, { ...surroundings, escalationId: id, nowMs: startMs });
  if (first.kind === 'refused') throw new Error(first.message);
  const record = recordOf(id, first.state, policy, {});
  await commit(dynamo.store, { escalationId: id, events: first.events, record });
  const atMs = startMs + 15 * minute;
  const second = advance(first.state, { type: 'wake' }, { ...surroundings, escalationId: id, nowMs: atMs });
  if (second.kind === 'refused') throw new Error(second.message);
  return {
    id,
    before: first.state,
    request: {
      escalationId: id,
      commit: {
        escalationId: id,
        events: second.events,
        record: recordOf(id, second.state, policy, {}),
        clearPending: false,
        evict: [],
      },
      state: second.state,
      calendarPins: {},
      flags: currentFlags,
      atMs,
      pages: requestsOf(id, second.state, atMs),
      updates: [],
    },
  };
}

interface Desk {
  readonly ports: CarryOutPorts;
  /** What was done, in order. */
  readonly steps: string[];
}

function desk(answer: (request: PageRequest) => Promise<PageOutcome>, more: Partial<CarryOutPorts> = {}): Desk {
  const steps: string[] = [];
  const { store } = dynamo;
  let nowMs = 0;
  return {
    steps,
    ports: {
      commit: async ({ evict: _evict, countOn: _countOn, ...input }) => {
        steps.push(`commit ${input.events.map(({ type }) => type).join()}${input.record === null ? '' : ' record'}`);
        return commit(store, input);
      },
      writeRecord: async (record) => {
        steps.push('record');
        await writeHead(store, record);
      },
      page: async (request) => {
        steps.push(`page tier ${request.page.tier}`);
        return answer(request);
      },
      tell: async () => ({ kind: 'published', recipients: [] }),
      soon: (send) => send(),
      policy: async () => policy,
      calendars: async () => ({}),
      count: async () => null,
      elapsedMs: () => {
        nowMs += 10;
        return nowMs;
      },
      ...more,
    },
  };
}

const reached = async (): Promise<PageOutcome> => ({ kind: 'sent', recipients: ['marco'] });

describe('a decision that is carried out in one call', () => {
  it('is written before anybody is paged, and seen with the outcome', async () => {
    const { id, request } = await tierTwo();
    const { ports, steps } = desk(reached);
    const reply = await carryOut(ports, request);
    expect(steps).toEqual(['commit tier.entered,page.requested', 'page tier 2', 'commit page.sent record']);
    expect(reply).toMatchObject({ kind: 'carried_out', outcomes: [], events: [{ type: 'page.sent' }] });
    const log = await readWholeLog(dynamo.store, id);
    expect(log.at(-1)).toMatchObject({ type: 'page.sent', recipients: ['marco'], seq: log.length });
    expect(log.at(-1)?.atMs).toBeGreaterThan(request.atMs);
    expect((await readHead(dynamo.store, id))?.record).toMatchObject({ tier: 2, seq: log.length });
  });

  it('that stands already is only sent, and its outcome written', async () => {
    const id = await takeIn(dynamo.store, { begins: true });
    const state = await stateOf(id);
    const { ports, steps } = desk(reached);
    const reply = await carryOut(ports, {
      escalationId: id,
      commit: null,
      state,
      calendarPins: {},
      flags: currentFlags,
      atMs: startMs + 40,
      pages: requestsOf(id, state, startMs + 40),
      updates: [],
    });
    expect(steps).toEqual(['page tier 1', 'commit page.sent record']);
    expect(reply).toMatchObject({ events: [{ type: 'page.sent' }] });
  });

  it('is not carried out where something else stands in its place: that is handed back', async () => {
    const { id, request, before } = await tierTwo();
    const other = advance(before, { type: 'wake' }, { ...surroundings, escalationId: id, nowMs: request.atMs + 1 });
    if (other.kind === 'refused') throw new Error(other.message);
    await putItem(dynamo.store, commitItemOf(id, other.events));
    const { ports, steps } = desk(reached);
    expect(await carryOut(ports, request)).toMatchObject({ kind: 'adopted', events: other.events });
    expect(steps.filter((step) => step.startsWith('page'))).toEqual([]);
  });

  it('stands with its record where a page does not go: that is left to the workflow, without an outcome', async () => {
    const { id, request } = await tierTwo();
    const { ports, steps } = desk(() => Promise.reject(new Error('SNS is away')));
    expect(await carryOut(ports, request)).toEqual({ kind: 'carried_out', outcomes: [], events: [] });
    expect(steps.at(-1)).toBe('record');
    expect((await readHead(dynamo.store, id))?.record).toMatchObject({ tier: 2, seq: request.state.seq });
  });

  it('has a failed page where no other try can cure it, with the code', async () => {
    const { request } = await tierTwo();
    const { ports } = desk(() => Promise.reject(ApplicationFailure.nonRetryable('too long', 'internal')));
    const reply = await carryOut(ports, request);
    expect(reply).toMatchObject({ events: [{ type: 'page.failed', reason: 'internal' }] });
  });

  it('hands the outcome to the workflow where it can`t be written here', async () => {
    const { request } = await tierTwo();
    const { ports, steps } = desk(reached, { policy: async () => null });
    const reply = await carryOut(ports, request);
    expect(reply).toMatchObject({
      events: [],
      outcomes: [{ type: 'record-page', outcome: { kind: 'sent', recipients: ['marco'] } }],
    });
    expect(steps.at(-1)).toBe('record');
  });

  it('begins no page when writing has taken most of the time that a task has', async () => {
    const { request } = await tierTwo();
    let nowMs = 0;
    const { ports, steps } = desk(reached, {
      elapsedMs: () => {
        nowMs += 800;
        return nowMs;
      },
    });
    expect(await carryOut(ports, request)).toEqual({ kind: 'carried_out', outcomes: [], events: [] });
    expect(steps).toEqual(['commit tier.entered,page.requested', 'record']);
  });

  it('decides at once what follows from reaching nobody: the next page is asked for', async () => {
    const { request } = await tierTwo();
    const { ports } = desk(async () => ({ kind: 'uncovered' }));
    const reply = await carryOut(ports, request);
    if (reply.kind !== 'carried_out') throw new Error(reply.kind);
    expect(reply.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['step.uncovered', 'page.requested']));
  });

  it('done once more changes nothing in the log, and pages under the same id', async () => {
    const { id, request } = await tierTwo();
    const published: string[] = [];
    const activities = createEscalationActivities({
      store: dynamo.store,
      publisher: {
        publishPage: async (message) => void published.push(message.id),
        publishUpdate: async () => undefined,
      },
      recipients: { resolve: async () => ['marco'], audience: async () => [] },
      calendars: { current: async () => ({ calendars: {}, calendarPins: {} }) },
      publicUrl: 'http://desk.example',
      flags: currentFlags,
      soon: (send) => send(),
    });
    expect(await activities.carryOut(request)).toMatchObject({ events: [{ type: 'page.sent' }] });
    const log = await readWholeLog(dynamo.store, id);
    await activities.carryOut(request);
    expect(await readWholeLog(dynamo.store, id)).toEqual(log);
    expect(new Set(published).size).toBe(1);
  });
});
