import { carryOut, type CarryOutPorts } from '../../activities/carry-out.ts';
import type {
  CarryOutRequest,
  CommitReply,
  CommitWrite,
  EscalationActivities,
  LoadReply,
  PageRequest,
  TellRequest,
} from '../../activities/types.ts';
import { parseEventCommandId } from '../../contracts/command-ids.ts';
import type { ProcessedCommand } from '../../contracts/workflow-messages.ts';
import type { PageOutcome } from '../../domain/escalation/commands.ts';
import type { EscalationEvent } from '../../domain/escalation/events.ts';
import { fold } from '../../domain/escalation/evolve.ts';
import type { EscalationRecord } from '../../domain/escalation/record.ts';
import type { Escalation } from '../../domain/escalation/state.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { currentFlags } from '../../contracts/behaviour-flags.ts';

/**
 * The desk on paper: the activities' side of the port kept in memory, with the rules of the commit (a slot is taken
 * once, another content is handed back). Lets tests of the workflow skip weeks, and lets them write behind its back.
 */
export class PaperDesk {
  readonly commits = new Map<string, Map<number, readonly EscalationEvent[]>>();
  readonly records = new Map<string, EscalationRecord>();
  readonly stored = new Map<string, ProcessedCommand>();
  readonly versions = new Map<number, Policy>();
  readonly pages: PageRequest[] = [];
  readonly updates: TellRequest[] = [];
  /** Those under which an escalation begins. */
  flags: readonly string[] = currentFlags;
  readonly pointers = new Map<string, { escalationId: string; count: number; open: boolean }>();
  commitCalls = 0;
  /** What was written and sent in one call. */
  readonly carried: CarryOutRequest[] = [];
  /** Whose log was read. */
  readonly loads: string[] = [];
  /** Taken off the list of those that wait for their workflow, with which commit. */
  readonly cleared = new Map<string, number>();
  /** Called before each commit is written; may write something else into the slot. */
  /** The worker's clock at the end of what carries out a decision; null: it is not told, as in older histories. */
  clock: (() => Promise<number>) | null = null;
  beforeCommit: ((escalationId: string, events: readonly EscalationEvent[]) => Promise<void> | void) | null = null;
  /** Called when the workflow asks whether writes are taken again; throws while they are not. */
  beforeProbe: (() => Promise<void>) | null = null;
  /** Throws what a try meets. */
  answerPage: (request: PageRequest) => PageOutcome = (request) => ({
    kind: 'sent',
    recipients: request.page.targets.map((target) => target.id),
  });

  constructor(readonly policy: Policy) {}

  /** @param begun what intake decided with it */
  receive(escalationId: string, event: EscalationEvent, begun: readonly EscalationEvent[] = []): void {
    this.write(escalationId, [event, ...begun]);
    if (event.type === 'escalation.received' && event.dedupKey !== undefined) {
      this.pointers.set(event.dedupKey, { escalationId, count: 1, open: true });
    }
  }

  write(escalationId: string, events: readonly EscalationEvent[]): void {
    const slots = this.commits.get(escalationId) ?? new Map<number, readonly EscalationEvent[]>();
    slots.set(events[0]?.seq ?? 0, events);
    this.commits.set(escalationId, slots);
  }

  log(escalationId: string): readonly EscalationEvent[] {
    return [...(this.commits.get(escalationId) ?? [])].toSorted(([a], [b]) => a - b).flatMap(([, events]) => events);
  }

  state(escalationId: string): Escalation {
    const state = fold(this.log(escalationId));
    if (state === null) throw new Error(`no log of ${escalationId}`);
    return state;
  }

  #newCount(escalationId: string): number | null {
    const { dedupKey, occurrences } = this.state(escalationId);
    const pointer = dedupKey === null ? undefined : this.pointers.get(dedupKey);
    return pointer?.escalationId === escalationId && pointer.count > occurrences ? pointer.count : null;
  }

  async #commit(request: CommitWrite): Promise<CommitReply> {
    this.commitCalls += 1;
    await this.beforeCommit?.(request.escalationId, request.events);
    for (const command of request.evict) this.stored.set(command.commandId, command);
    const firstSeq = request.events[0]?.seq ?? 0;
    const standing = this.commits.get(request.escalationId)?.get(firstSeq);
    if (standing !== undefined && JSON.stringify(standing) !== JSON.stringify(request.events)) {
      const events = this.log(request.escalationId).filter((event) => event.seq >= firstSeq);
      return { kind: 'adopted', events, headRepaired: true };
    }
    this.write(request.escalationId, request.events);
    if (request.record !== null) this.records.set(request.escalationId, request.record);
    if (request.clearPending) this.cleared.set(request.escalationId, firstSeq);
    if (request.countOn === undefined) return { kind: 'committed' };
    return { kind: 'committed', count: this.pointers.get(request.countOn)?.count ?? null };
  }

  activities(): EscalationActivities {
    const sending: Pick<EscalationActivities, 'page' | 'tell'> = {
      tell: async (request) => {
        this.updates.push(request);
        return { kind: 'published', recipients: [] };
      },
      page: async (request) => {
        this.pages.push(request);
        return this.answerPage(request);
      },
    };
    const carrying: CarryOutPorts = {
      ...sending,
      commit: (request) => this.#commit(request),
      writeRecord: async (record) => void this.records.set(record.id, record),
      soon: (send) => send(),
      policy: async (_name, version) =>
        version === this.policy.version ? this.policy : (this.versions.get(version) ?? null),
      calendars: async () => ({}),
      count: async (_id, dedupKey) => this.pointers.get(dedupKey)?.count ?? null,
      elapsedMs: () => performance.now(),
    };
    return {
      ...sending,
      carryOut: async (request) => {
        this.carried.push(request);
        const reply = await carryOut(carrying, request);
        return this.clock === null ? reply : { ...reply, endedAtMs: await this.clock() };
      },
      load: async ({ escalationId }): Promise<LoadReply> => {
        this.loads.push(escalationId);
        const events = this.log(escalationId);
        const commands = new Map<string, ProcessedCommand>();
        for (const event of events) {
          const ref = event.commandId === undefined ? null : parseEventCommandId(event.commandId);
          if (ref !== null) commands.set(ref.commandId, { ...ref, seq: event.seq });
        }
        return {
          state: this.state(escalationId),
          policy: this.policy,
          calendars: {},
          calendarPins: {},
          processed: [...commands.values()].slice(-1_000),
          evicted: Math.max(0, commands.size - 1_000),
          flags: this.flags,
          newCount: this.#newCount(escalationId),
        };
      },
      probe: async () => this.beforeProbe?.(),
      commit: (request) => this.#commit(request),
      findProcessed: async ({ commandIds }) =>
        commandIds.flatMap((id) => {
          const found = this.stored.get(id);
          return found === undefined ? [] : [found];
        }),
      readOccurrences: async ({ dedupKey }) => this.pointers.get(dedupKey)?.count ?? null,
      closePointer: async ({ dedupKey, expectedCount }) => {
        const pointer = this.pointers.get(dedupKey);
        if (pointer === undefined) return { kind: 'not_ours' };
        if (pointer.count !== expectedCount) return { kind: 'changed', count: pointer.count };
        pointer.open = false;
        return { kind: 'closed' };
      },
      reopenPointer: async ({ dedupKey }) => {
        const pointer = this.pointers.get(dedupKey);
        if (pointer !== undefined) pointer.open = true;
      },
      loadPolicy: async ({ version }) => this.versions.get(version) ?? null,
      loadCalendars: async () => ({ calendars: {}, calendarPins: {} }),
    };
  }
}
