import { ApplicationFailure } from '@temporalio/common';
import { parseEventCommandId } from '../contracts/command-ids.ts';
import { errors } from '../contracts/errors.ts';
import { escalationLink } from '../contracts/notifications.ts';
import type { CarriedState, ProcessedCommand } from '../contracts/workflow-messages.ts';
import type { EscalationEvent } from '../domain/escalation/events.ts';
import { fold } from '../domain/escalation/evolve.ts';
import { recordOf, type EscalationRecord } from '../domain/escalation/record.ts';
import type { Escalation } from '../domain/escalation/state.ts';
import { isOneOf, workStates } from '../domain/escalation/vocabulary.ts';
import type { Calendars } from '../domain/sla/clock.ts';
import { calendarsOf } from '../domain/policy/match.ts';
import { turnOfPage } from '../domain/escalation/page-id.ts';
import type { Store } from '../store/client.ts';
import { readCalendarsOf } from '../store/fold.ts';
import { readCalendar } from '../store/calendars.ts';
import { clearPending, commit, writeHead } from '../store/commit.ts';
import { StoreError } from '../store/errors.ts';
import { faultPoint } from '../store/fault-points.ts';
import { readWholeLog } from '../store/log.ts';
import { putNotification, readNotification } from '../store/notifications.ts';
import { closePointer, readPointer, reopenPointer } from '../store/pointer.ts';
import { readPolicy } from '../store/policies.ts';
import { probeWrites } from '../store/probe.ts';
import { putProcessedCommand, readProcessedCommand } from '../store/processed-commands.ts';
import type { CalendarSource } from './calendar-source.ts';
import { carryOut, type CarryOutPorts } from './carry-out.ts';
import type { Publisher } from './publisher.ts';
import type { Recipients } from './recipients.ts';
import type { CommitReply, CommitWrite, Ended, EscalationActivities, LoadReply, Stands } from './types.ts';

export interface ActivityPorts {
  readonly store: Store;
  readonly publisher: Publisher;
  readonly recipients: Recipients;
  readonly calendars: CalendarSource;
  /** Where people reach the console. */
  readonly publicUrl: string;
  /** Behaviour flags of this worker; an escalation keeps those of its first load. */
  readonly flags: readonly string[];
  /** Sends for as long as a workflow's task may wait for it. Throws what is left to an ordinary activity. */
  readonly soon: CarryOutPorts['soon'];
  /**
   * Told of each escalation that is loaded or written. Must not throw.
   * @param stands false: the log holds other events in place of what was to be written
   */
  readonly seen?: (record: EscalationRecord, stands: boolean) => void;
}

/** How many outcomes a workflow that is made again from its log remembers at once. */
const rememberedCommands = 1_000;

function commandsOf(events: readonly EscalationEvent[]): readonly ProcessedCommand[] {
  const byId = new Map<string, ProcessedCommand>();
  for (const event of events) {
    const ref = event.commandId === undefined ? null : parseEventCommandId(event.commandId);
    if (ref !== null) byId.set(ref.commandId, { ...ref, seq: event.seq });
  }
  return [...byId.values()];
}

/** What will not be cured by trying again ends the activity; the type says which code it was. */
function asFailure(error: unknown): unknown {
  if (!(error instanceof StoreError)) return error;
  return ApplicationFailure.create({
    type: error.code,
    message: error.message,
    nonRetryable: !errors[error.code].retryable,
  });
}

function guarded<Request, Reply>(run: (request: Request) => Promise<Reply>): (request: Request) => Promise<Reply> {
  return async (request) => {
    try {
      return await run(request);
    } catch (error) {
      throw asFailure(error);
    }
  };
}

/** Says for which instant the decision was made that it has written. */
function dated<Request, Reply extends object>(
  run: (request: Request) => Promise<Reply>,
  written: (request: Request) => readonly EscalationEvent[] | undefined,
): (request: Request) => Promise<Reply & Stands> {
  return async (request) => {
    const reply = await run(request);
    const decidedAtMs = written(request)?.[0]?.atMs;
    return decidedAtMs === undefined ? reply : { ...reply, decidedAtMs };
  };
}

/** Says when it ended, too. */
function timed<Request, Reply extends object>(
  run: (request: Request) => Promise<Reply>,
): (request: Request) => Promise<Reply & Ended> {
  return async (request) => ({ ...(await run(request)), endedAtMs: Date.now() });
}

async function countOf(store: Store, escalationId: string, dedupKey: string): Promise<number | null> {
  const pointer = await readPointer(store, dedupKey);
  return pointer !== null && pointer.escalationId === escalationId ? pointer.count : null;
}

/** The count of an escalation in work under a dedup key; null: there is nothing to count. */
async function countOn(store: Store, escalationId: string, state: Escalation): Promise<number | null> {
  if (state.dedupKey === null || !isOneOf(workStates, state.status)) return null;
  return countOf(store, escalationId, state.dedupKey);
}

/**
 * What a workflow needs before its first decision, from the log.
 * @param log its events, where the caller has read them already
 * @throws ApplicationFailure `not_found`, to be tried again: the log or its policy is not there yet
 */
export async function readCarried(
  { store, calendars, flags }: Pick<ActivityPorts, 'store' | 'calendars' | 'flags'>,
  escalationId: string,
  log?: readonly EscalationEvent[],
): Promise<CarriedState> {
  const events = log ?? (await readWholeLog(store, escalationId));
  const state = fold(events);
  if (state === null) throw ApplicationFailure.retryable(`${escalationId} has no log yet`, 'not_found');
  const { name, version } = state.policy;
  const policy = await readPolicy(store, name, version);
  if (policy === null) throw ApplicationFailure.retryable(`policy ${name} ${version} is not there`, 'not_found');
  const [pinned, current] = await Promise.all([
    readCalendarsOf(store, state),
    calendars.current(calendarsOf(policy), state.updatedAtMs),
  ]);
  const commands = commandsOf(events);
  return {
    state,
    policy,
    calendars: { ...pinned, ...current.calendars },
    calendarPins: current.calendarPins,
    processed: commands.slice(-rememberedCommands),
    evicted: Math.max(0, commands.length - rememberedCommands),
    flags,
  };
}

/** The calendars that a state counts by and those in force, by hash. */
async function calendarsFor(
  store: Store,
  state: Escalation,
  pins: Readonly<Record<string, string>>,
): Promise<Calendars> {
  const inForce = await Promise.all(
    Object.values(pins).map(async (hash) => [hash, await readCalendar(store, hash)] as const),
  );
  const found = inForce.flatMap(([hash, hours]) => (hours === null ? [] : [[hash, hours] as const]));
  return { ...(await readCalendarsOf(store, state)), ...Object.fromEntries(found) };
}

/** The side effects that the escalation workflow asks for. Each may be called again without a second effect. */
export function createEscalationActivities(ports: ActivityPorts): EscalationActivities {
  const { store } = ports;
  const writing = async ({ evict, countOn: key, ...input }: CommitWrite): Promise<CommitReply> => {
    const { escalationId } = input;
    await Promise.all(evict.map((command) => putProcessedCommand(store, escalationId, command)));
    const counted = key === undefined ? null : countOf(store, escalationId, key);
    const [result, count] = await Promise.all([commit(store, input), counted]);
    if (input.record !== null) ports.seen?.(input.record, result.kind === 'committed');
    return key === undefined ? result : { ...result, count };
  };
  const sending: Pick<EscalationActivities, 'page' | 'tell'> = {
    tell: guarded(async (request) => {
      const { update, escalationId } = request;
      const recipients = await ports.recipients.audience(update.audience, request.accountId);
      const notification = await putNotification(store, {
        id: update.updateId,
        escalationId,
        kind: 'update',
        messageType: update.cause,
        recipients,
        createdAtMs: update.decidedAtMs,
      });
      await ports.publisher.publishUpdate({
        version: 1,
        kind: 'update',
        id: update.updateId,
        escalationId,
        severity: request.severity,
        category: request.category,
        audience: update.audience,
        cause: update.cause,
        textId: update.textId,
        drill: request.drill,
        recipients: notification.recipients,
        decidedAtMs: update.decidedAtMs,
        link: escalationLink(ports.publicUrl, escalationId),
      });
      return { kind: 'published', recipients: notification.recipients };
    }),

    page: guarded(async (request) => {
      const { page, escalationId } = request;
      faultPoint('page:before-record');
      const found = await ports.recipients.resolve(page.targets, request.atMs, turnOfPage(page.pageId));
      // Whoever was written down first is paged, also by a retry after a handoff, and after one to nobody.
      const notification =
        found.length === 0
          ? await readNotification(store, escalationId, page.pageId)
          : await putNotification(store, {
              id: page.pageId,
              escalationId,
              kind: 'page',
              messageType: page.cause,
              recipients: found,
              createdAtMs: request.atMs,
            });
      if (notification === null) return { kind: 'uncovered' };
      faultPoint('page:before-publish');
      await ports.publisher.publishPage({
        version: 1,
        kind: 'page',
        id: page.pageId,
        escalationId,
        severity: request.severity,
        category: request.category,
        tier: page.tier,
        cause: page.cause,
        drill: request.drill,
        recipients: notification.recipients,
        decidedAtMs: page.requestedAtMs,
        link: escalationLink(ports.publicUrl, escalationId),
      });
      faultPoint('page:after-publish');
      return { kind: 'sent', recipients: notification.recipients };
    }),
  };
  const carrying: CarryOutPorts = {
    ...sending,
    commit: writing,
    writeRecord: async (record) => {
      await writeHead(store, record);
      ports.seen?.(record, true);
    },
    soon: ports.soon,
    policy: (name, version) => readPolicy(store, name, version),
    calendars: (state, pins) => calendarsFor(store, state, pins),
    count: (escalationId, dedupKey) => countOf(store, escalationId, dedupKey),
    elapsedMs: () => performance.now(),
  };
  return {
    ...sending,

    carryOut: guarded(
      timed(
        dated(
          (request) => carryOut(carrying, request),
          ({ commit: own }) => own?.events,
        ),
      ),
    ),

    load: guarded(
      timed(async ({ escalationId }): Promise<LoadReply> => {
        const carried = await readCarried(ports, escalationId);
        const { state } = carried;
        ports.seen?.(recordOf(escalationId, state, carried.policy, carried.calendars), true);
        const [count] = await Promise.all([
          countOn(store, escalationId, state),
          // Intake decided its beginning; now that a workflow has it, nobody else has to start one.
          ...(state.begun ? [clearPending(store, escalationId)] : []),
        ]);
        return { ...carried, newCount: count !== null && count > state.occurrences ? count : null };
      }),
    ),

    commit: guarded(timed(dated(writing, ({ events }) => events))),

    probe: guarded(({ escalationId }) => probeWrites(store, escalationId)),

    findProcessed: guarded(async ({ escalationId, commandIds }) => {
      const found = await Promise.all(commandIds.map((id) => readProcessedCommand(store, escalationId, id)));
      return found.filter((command) => command !== null);
    }),

    readOccurrences: guarded(({ escalationId, dedupKey }) => countOf(store, escalationId, dedupKey)),

    closePointer: guarded(({ dedupKey, escalationId, expectedCount }) =>
      closePointer(store, dedupKey, escalationId, expectedCount),
    ),

    reopenPointer: guarded(async ({ dedupKey, escalationId, expectedCount, nowMs }) => {
      await reopenPointer(store, dedupKey, escalationId, expectedCount, nowMs);
    }),

    loadPolicy: guarded(({ name, version }) => readPolicy(store, name, version)),

    loadCalendars: guarded(({ calendarIds, fromMs }) => ports.calendars.current(calendarIds, fromMs)),
  };
}
