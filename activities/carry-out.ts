import { ApplicationFailure } from '@temporalio/common';
import { advance } from '../domain/escalation/decide.ts';
import type { SystemCommand } from '../domain/escalation/commands.ts';
import type { EscalationEvent } from '../domain/escalation/events.ts';
import { recordOf, type EscalationRecord } from '../domain/escalation/record.ts';
import type { Escalation } from '../domain/escalation/state.ts';
import { systemActor } from '../domain/escalation/vocabulary.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { Calendars } from '../domain/sla/clock.ts';
import type { CarryOutReply, CarryOutRequest, CommitReply, CommitWrite, EscalationActivities } from './types.ts';

/** No send is begun later than this after the beginning: what is left is sent by an ordinary activity. */
const sendUntilMs = 750;

/** What carrying out needs of the world: the parts of it that are activities of their own as well. */
export interface CarryOutPorts {
  /** As the activity of that name; without a record, which follows. */
  readonly commit: (request: CommitWrite) => Promise<CommitReply>;
  readonly writeRecord: (record: EscalationRecord) => Promise<unknown>;
  readonly page: EscalationActivities['page'];
  readonly tell: EscalationActivities['tell'];
  /** Runs a send for as long as a workflow's task may wait for it. */
  readonly soon: <T>(send: () => Promise<T>) => Promise<T>;
  readonly policy: (name: string, version: number) => Promise<Policy | null>;
  /** The calendars of a state and those in force, by hash. */
  readonly calendars: (state: Escalation, pins: Readonly<Record<string, string>>) => Promise<Calendars>;
  /** The repeats of a key, as the whole count; null: it is another escalation's or gone. */
  readonly count: (escalationId: string, dedupKey: string) => Promise<number | null>;
  /** A monotonic clock, in milliseconds. */
  readonly elapsedMs: () => number;
}

/**
 * Writes a decision, sends what it asks for, decides the outcomes by the same core and writes them: one call in place of
 * three or four, each of which would wake its workflow. The order is that of the single steps: what is told has been
 * written before. The record alone follows with the outcomes, for it is only what lists and readers see.
 *
 * Whatever goes wrong after the decision stands is left to the workflow: what has no outcome is sent by an ordinary
 * activity, and an outcome that could not be written is told, so that the workflow writes it.
 * @throws what the first commit throws, and nothing was sent; or what the record's write throws, and it may have been. Either way it
 *   may be asked for again: what stands is found, and what is sent again has the same id.
 */
export async function carryOut(ports: CarryOutPorts, request: CarryOutRequest): Promise<CarryOutReply> {
  const startedMs = ports.elapsedMs();
  const sinceMs = (): number => ports.elapsedMs() - startedMs;
  const { commit } = request;
  const counting =
    request.countOn === undefined ? undefined : ports.count(request.escalationId, request.countOn).catch(() => null);
  const counted = async () => (counting === undefined ? {} : { count: await counting });
  if (commit !== null) {
    const reply = await ports.commit({ ...commit, record: null });
    if (reply.kind === 'adopted') return { ...reply, ...(await counted()) };
  }
  const outcomes = (await Promise.all(sendsOf(ports, request, sinceMs))).filter((outcome) => outcome !== null);
  const events =
    outcomes.length === 0 ? null : await writeOutcomes(ports, request, outcomes, sinceMs()).catch(() => null);
  if (events === null && commit !== null) await ports.writeRecord(commit.record);
  return {
    kind: 'carried_out',
    outcomes: events === null ? outcomes : [],
    events: events ?? [],
    ...(await counted()),
  };
}

type Outcome = Extract<SystemCommand, { readonly type: 'record-page' | 'record-update' }>;

/** Each send, which ends with what is to be recorded; null: it did not go in time, and another try may cure it. */
function sendsOf(
  ports: CarryOutPorts,
  { pages, updates }: CarryOutRequest,
  sinceMs: () => number,
): readonly Promise<Outcome | null>[] {
  const soon = async (send: () => Promise<Outcome>, failed: (reason: string) => Outcome): Promise<Outcome | null> => {
    if (sinceMs() > sendUntilMs) return null;
    try {
      return await ports.soon(send);
    } catch (error) {
      const isFinal = error instanceof ApplicationFailure && error.nonRetryable === true;
      return isFinal ? failed(error.type ?? 'unknown') : null;
    }
  };
  return [
    ...pages.map((request) => {
      const { pageId } = request.page;
      return soon(
        async () => ({ type: 'record-page', pageId, outcome: await ports.page(request) }),
        (reason) => ({ type: 'record-page', pageId, outcome: { kind: 'failed', reason } }),
      );
    }),
    ...updates.map((request) => {
      const { updateId } = request.update;
      return soon(
        async () => ({ type: 'record-update', updateId, outcome: await ports.tell(request) }),
        (reason) => ({ type: 'record-update', updateId, outcome: { kind: 'failed', reason } }),
      );
    }),
  ];
}

/** @returns the events that were written; null: they could not be decided here, or other events stand in their place */
async function writeOutcomes(
  ports: CarryOutPorts,
  request: CarryOutRequest,
  outcomes: readonly Outcome[],
  tookMs: number,
): Promise<readonly EscalationEvent[] | null> {
  const { escalationId, calendarPins, flags, atMs } = request;
  const { name, version } = request.state.policy;
  const [policy, calendars] = await Promise.all([
    ports.policy(name, version),
    ports.calendars(request.state, calendarPins),
  ]);
  if (policy === null) return null;
  // The workflow's instant and what has passed since, as its own clock would have it.
  const context = {
    escalationId,
    calendarPins,
    flags,
    calendars,
    policy,
    nowMs: atMs + Math.floor(tookMs),
    actor: systemActor,
  };
  const events: EscalationEvent[] = [];
  let state = request.state;
  for (const outcome of outcomes) {
    const next = advance(state, outcome, context);
    if (next.kind === 'refused') continue;
    events.push(...next.events);
    state = next.state;
  }
  if (events.length === 0) return null;
  const result = await ports.commit({
    escalationId,
    events,
    record: recordOf(escalationId, state, policy, calendars),
    clearPending: false,
    evict: [],
  });
  return result.kind === 'committed' ? events : null;
}
