import type { CarryOutReply, CommitRequest, Stands } from '../activities/types.ts';
import { parseEventCommandId } from '../contracts/command-ids.ts';
import { hasFlag } from '../contracts/behaviour-flags.ts';
import type { EscalationEvent } from '../domain/escalation/events.ts';
import { fold } from '../domain/escalation/evolve.ts';
import { recordOf, type EscalationRecord } from '../domain/escalation/record.ts';
import { decideBatch, policyOf, type Batch, type Waiting } from './batch.ts';
import { inWork, type DedupPointer } from './dedup-pointer.ts';
import { answer, type Inbox } from './inbox.ts';
import type { Knowledge, Ready } from './knowledge.ts';
import { isEmpty, nothing, type Dispatch, type Outbox, type Parcel } from './outbox.ts';
import type { ProcessedCommands } from './processed-commands.ts';
import type { StoreCalls } from './store-calls.ts';

/** What was decided on a state, and what it leads to once it is written. */
export interface Decision {
  readonly batch: Batch;
  readonly after: Ready;
}

type CarriedOut = Extract<CarryOutReply, { readonly kind: 'carried_out' }>;

interface Parts {
  readonly store: StoreCalls;
  readonly pointer: DedupPointer;
  readonly knowledge: Knowledge;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly processed: ProcessedCommands;
}

/** Decides, writes what was decided and believes what stands: the commit, its pages and updates, and its answers. */
export class Recorder {
  readonly #escalationId: string;
  readonly #store: StoreCalls;
  readonly #pointer: DedupPointer;
  readonly #knowledge: Knowledge;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #processed: ProcessedCommands;
  /** Intake has begun it and handed it over; the first commit takes it off the list of those that wait. */
  #handedOver = false;

  constructor(escalationId: string, parts: Parts) {
    this.#escalationId = escalationId;
    this.#store = parts.store;
    this.#pointer = parts.pointer;
    this.#knowledge = parts.knowledge;
    this.#inbox = parts.inbox;
    this.#outbox = parts.outbox;
    this.#processed = parts.processed;
  }

  get isHandedOver(): boolean {
    return this.#handedOver;
  }

  handOver(): void {
    this.#handedOver = true;
  }

  /** Whether decisions are written and sent in one go. */
  carriesOut(ready: Ready): boolean {
    return hasFlag(ready.flags, 'carried_out_at_once') && !this.#store.isSlow();
  }

  dispatch(ready: Ready): Dispatch {
    return { ...this.#knowledge.surroundings(ready), state: ready.state, storeIsQuick: !this.#store.isSlow() };
  }

  decide(ready: Ready, taken: readonly Waiting[], nowMs: number): Decision {
    const surroundings = { ...this.#knowledge.surroundings(ready), nowMs };
    const batch = decideBatch(ready.state, taken, surroundings, (id) => this.#processed.known(id));
    return { batch, after: { ...ready, state: batch.state, policy: policyOf(batch.state, surroundings) } };
  }

  /** The record that a decision leads to. */
  #recordOf({ state, policy, calendars }: Ready): EscalationRecord {
    return recordOf(this.#escalationId, state, policy, calendars);
  }

  async commit(ready: Ready, taken: readonly Waiting[], decided: Decision): Promise<void> {
    const evict = this.#processed.toEvict(decided.batch.processed.length);
    const request: CommitRequest = {
      escalationId: this.#escalationId,
      events: decided.batch.events,
      record: this.#recordOf(decided.after),
      clearPending: !ready.state.begun,
      evict,
    };
    const parcel = this.carriesOut(ready) ? this.#outbox.take(this.dispatch(decided.after)) : nothing;
    const carried = isEmpty(parcel) ? null : await this.#carryOut(decided.after, parcel, request);
    const result = carried ?? (await this.#store.commit({ ...request, ...this.#countOn(ready) }));
    if (result === null) return this.putBack(taken);
    this.#handedOver = false;
    if (result.kind === 'adopted') {
      this.#processed.evict(evict);
      await this.#adopt(ready, taken, result.events);
      return this.#noteCount(result.count);
    }
    const { batch, after } = this.#asRecorded(ready, taken, decided, result);
    const record = after === decided.after ? request.record : this.#recordOf(after);
    this.#processed.evict(evict);
    this.#knowledge.believe(after);
    this.#knowledge.settled(batch.state.updatedAtMs);
    for (const command of batch.processed) this.#processed.add(command);
    const done = batch.done.map(({ waiting, outcome }) => ({ waiting, outcome: { ...outcome, record } }));
    answer([...done, ...batch.answered]);
    this.#noteCount(result.count);
    if (result.kind === 'carried_out') this.#carriedOut(after, this.#asHanded(parcel, decided.after, after), result);
    if (!inWork(ready.state)) await this.#pointer.take(batch.state);
    return undefined;
  }

  /**
   * The decision that was written. A replay may have made it at another instant than the first time: where a query came with a
   * task, or a task took very long, the server has it in its history as two, and a replay takes it to have begun with the second.
   */
  #asRecorded(ready: Ready, taken: readonly Waiting[], decided: Decision, { decidedAtMs }: Stands): Decision {
    const atMs = ({ batch }: Decision): number | undefined => batch.events[0]?.atMs;
    if (decidedAtMs === undefined || decidedAtMs === atMs(decided)) return decided;
    const recorded = this.decide(ready, taken, decidedAtMs);
    if (atMs(recorded) !== decidedAtMs) throw new Error(`what was decided at ${decidedAtMs} is not decided again`);
    return recorded;
  }

  #asHanded(parcel: Parcel, decided: Ready, after: Ready): Parcel {
    if (after === decided) return parcel;
    this.#outbox.putBack(parcel);
    return this.#outbox.take(this.dispatch(after));
  }

  /** Sends what the log asks for and nobody sends yet. Where that is not quick, it is dispatched to ordinary activities. */
  async sendWhatIsNew(ready: Ready): Promise<void> {
    const parcel = this.carriesOut(ready) ? this.#outbox.take(this.dispatch(ready)) : nothing;
    const reply = isEmpty(parcel) ? null : await this.#carryOut(ready, parcel, null);
    if (reply?.kind !== 'carried_out') return;
    if (reply.events.length > 0) this.#handedOver = false;
    this.#noteCount(reply.count);
    this.#carriedOut(ready, parcel, reply);
  }

  /** @returns null when it did not end in time: nothing is known then, and nothing of the parcel is under way */
  async #carryOut(after: Ready, parcel: Parcel, commit: CommitRequest | null): Promise<CarryOutReply | null> {
    const reply = await this.#store.carryOut({
      escalationId: this.#escalationId,
      commit,
      state: after.state,
      calendarPins: after.calendarPins,
      flags: after.flags,
      atMs: this.#knowledge.nowMs(after),
      ...parcel,
      ...this.#countOn(after),
    });
    if (reply?.kind !== 'carried_out') this.#outbox.putBack(parcel);
    return reply;
  }

  #carriedOut(after: Ready, parcel: Parcel, { events, outcomes }: CarriedOut): void {
    const state = fold(events, after.state) ?? after.state;
    const ready = { ...after, state };
    this.#knowledge.believe(ready);
    this.#outbox.tried(this.dispatch(ready), parcel, outcomes);
  }

  /** With the first commit of one that was handed over: the key whose repeats are to be read with it. */
  #countOn({ state }: Ready): { readonly countOn?: string } {
    return this.#handedOver && state.dedupKey !== null ? { countOn: state.dedupKey } : {};
  }

  #noteCount(count: number | null | undefined): void {
    if (count != null && count > this.#knowledge.must().state.occurrences)
      this.#inbox.tell({ type: 'count-occurrences', count });
  }

  /** What was decided is too old to be written: it is decided anew. */
  putBack(taken: readonly Waiting[]): void {
    this.#inbox.putBack(taken);
    this.#inbox.lookAgain();
  }

  /** The slot was taken by a decision whose result was lost: it is the truth. */
  async #adopt(ready: Ready, taken: readonly Waiting[], events: readonly EscalationEvent[]): Promise<void> {
    const state = fold(
      events.filter((event) => event.seq > ready.state.seq),
      ready.state,
    );
    if (state === null) throw new Error('nothing to adopt');
    await this.#knowledge.adopt(ready, state);
    const done = events.flatMap((event) => {
      const ref = event.commandId === undefined ? null : parseEventCommandId(event.commandId);
      return ref === null ? [] : [{ ...ref, seq: event.seq }];
    });
    for (const command of done) this.#processed.add(command);
    this.#inbox.settle(taken, done, state.rev);
    // It may have been decided long ago: what fell due since is looked at now.
    this.#inbox.lookAgain();
    await this.#pointer.take(state);
  }
}
