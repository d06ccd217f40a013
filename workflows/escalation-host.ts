import { condition, workflowInfo } from '@temporalio/workflow';
import type { CarryOutReply, CommitRequest, LoadReply, Stands } from '../activities/types.ts';
import { parseEventCommandId } from '../contracts/command-ids.ts';
import type {
  CarriedState,
  ClearedMessage,
  CommandMessage,
  CommandOutcome,
  EscalationInput,
} from '../contracts/workflow-messages.ts';
import { decide } from '../domain/escalation/decide.ts';
import type { EscalationEvent } from '../domain/escalation/events.ts';
import { fold, hasEnded } from '../domain/escalation/evolve.ts';
import { recordOf, type EscalationRecord } from '../domain/escalation/record.ts';
import type { Escalation } from '../domain/escalation/state.ts';
import { decideBatch, policyOf, type Batch, type Waiting } from './batch.ts';
import { DedupPointer, inWork } from './dedup-pointer.ts';
import { hasFlag, unknownFlags } from '../contracts/behaviour-flags.ts';
import { answer, Inbox } from './inbox.ts';
import { Knowledge, type Ready } from './knowledge.ts';
import { isEmpty, nothing, Outbox, type Dispatch, type Parcel } from './outbox.ts';
import { ProcessedCommands } from './processed-commands.ts';
import { share } from './shared-values.ts';
import { StoreCalls } from './store-calls.ts';
import { WakeTimer } from './wake-timer.ts';

/** Most commands that one commit takes up. */
const batchLimit = 50;
/** A decision that is older than this when it is to be written is made anew. */
const staleAfterMs = 5_000;
/** A run that is to end waits so long at most for pages under way; the next run sends them again under their ids. */
const longestFarewellMs = 10_000;

/** What was decided on a state, and what it leads to once it is written. */
interface Decision {
  readonly batch: Batch;
  readonly after: Ready;
}

type CarriedOut = Extract<CarryOutReply, { readonly kind: 'carried_out' }>;

/**
 * Hosts the core durably. The contract:
 * 1. Handlers only put what they are told into the inbox; the main loop alone decides, writes and believes.
 * 2. A decision counts once its commit stands. Where the slot holds other events they are the truth: they are adopted
 *    and whatever still waits is decided anew.
 * 3. Every answer is given after the commit that it rests on.
 * 4. Time is the later of workflow time and the last event.
 * 5. What is to be paged follows from the state (`pendingPages`), so a run made again from the log pages on.
 */
export class EscalationHost {
  readonly #escalationId: string;
  readonly #store = new StoreCalls();
  readonly #pointer: DedupPointer;
  readonly #timer = new WakeTimer(() => this.#store.passed.nowMs());
  readonly #knowledge: Knowledge;
  readonly #inbox = new Inbox();
  readonly #outbox = new Outbox((command) => this.#inbox.tell(command));
  #processed = new ProcessedCommands([], 0);
  #deciding = false;
  #countHinted = false;
  /** Look again at once: what was decided does not stand, or something else does. */
  #again = false;
  #farewellSinceMs: number | null = null;
  /** Intake has begun it and handed it over; the first commit takes it off the list of those that wait. */
  #handedOver = false;

  constructor(input: EscalationInput) {
    this.#escalationId = input.escalationId;
    this.#knowledge = new Knowledge(input.escalationId, this.#store);
    this.#pointer = new DedupPointer(this.#store, input.escalationId);
    if (input.carried !== undefined) this.#take(input.carried);
    else if (input.begun !== undefined) this.#takeOver(input.begun);
  }

  // What handlers call: synchronous, before or after the state is there.

  /** @returns why the command is refused now, or null when only the main loop can tell */
  refusalOf(message: CommandMessage): { code: string; message: string } | null {
    // Whatever waits may change the answer, and a repeat of an old command is known to the store only.
    const { ready } = this.#knowledge;
    if (ready === null || this.#deciding || !this.#inbox.isEmpty || this.#processed.hasOlder()) return null;
    if (this.#processed.get(message.commandId) !== undefined || !ready.state.begun) return null;
    // Its policy has to be read first.
    if (message.command.type === 'migrate-policy') return null;
    const decision = decide(ready.state, message.command, {
      ...this.#knowledge.surroundings(ready),
      actor: message.actor,
      ...(message.expectedRev === undefined ? {} : { expectedRev: message.expectedRev }),
    });
    return decision.kind === 'refused' ? decision : null;
  }

  command(message: CommandMessage): Promise<CommandOutcome> {
    return this.#inbox.command(message);
  }

  cleared(message: ClearedMessage): void {
    this.#inbox.tell({ type: 'report-clear', source: message.source }, { kind: 'integration', id: message.source });
  }

  hintOccurrences(): void {
    this.#countHinted = true;
  }

  hintCalendars(): void {
    this.#knowledge.hintCalendars();
  }

  /** Looks whether something is due; asks the store for nothing. */
  wake(): void {
    const { ready } = this.#knowledge;
    if (ready !== null && hasFlag(ready.flags, 'woken_by_signal')) this.#again = true;
  }

  state(): Escalation | null {
    return this.#knowledge.ready?.state ?? null;
  }

  // The main loop.

  /** Ends with the escalation, or with the state to carry on with in a new run. */
  async run(): Promise<{ kind: 'ended' } | { kind: 'carry_on'; carried: CarriedState }> {
    const loaded = this.#knowledge.ready === null ? await this.#load() : null;
    let ready = this.#knowledge.must();
    if (!ready.state.begun && !hasEnded(ready.state)) this.#inbox.tellFirst({ type: 'begin' });
    else if (loaded !== null && hasFlag(loaded.flags, 'begun_at_intake')) this.#inbox.tellFirst({ type: 'take-up' });
    const hasCount = this.#handedOver || (loaded !== null && hasFlag(loaded.flags, 'count_with_load'));
    if (!hasCount) this.#countHinted = true;
    else if (loaded?.newCount != null) this.#inbox.tell({ type: 'count-occurrences', count: loaded.newCount });
    for (;;) {
      await this.#step();
      ready = this.#knowledge.must();
      // Where decisions are carried out at once, the next step sends what is new.
      if (this.#carriesOut(ready)) this.#outbox.suppress(ready.state);
      else await this.#outbox.dispatch(this.#dispatch(ready));
      if (this.#hasWork()) continue;
      if (hasEnded(ready.state) && this.#outbox.idle()) {
        this.#timer.cancel();
        return { kind: 'ended' };
      }
      if (workflowInfo().continueAsNewSuggested && (await this.#isQuiet())) {
        return { kind: 'carry_on', carried: this.#carried(ready) };
      }
      this.#timer.arm(this.#knowledge.nextWakeAtMs(ready));
      await condition(() => this.#hasWork());
    }
  }

  async #load(): Promise<LoadReply> {
    const loaded = await this.#store.load(this.#escalationId);
    const { newCount: _newCount, ...carried } = loaded;
    this.#take(carried);
    return loaded;
  }

  hasWaiting(): boolean {
    return !this.#inbox.isEmpty;
  }

  /** Pages under way are waited for a moment, so that they are not sent twice by the next run. */
  async #isQuiet(): Promise<boolean> {
    this.#farewellSinceMs ??= Date.now();
    const leftMs = this.#farewellSinceMs + longestFarewellMs - Date.now();
    if (leftMs > 0) await condition(() => this.#outbox.idle() || this.#hasWork(), leftMs);
    return !this.#hasWork();
  }

  #hasWork(): boolean {
    return (
      this.#again ||
      !this.#inbox.isEmpty ||
      this.#timer.hasFired() ||
      this.#countHinted ||
      this.#knowledge.areCalendarsHinted() ||
      this.#hasParcel()
    );
  }

  #hasParcel(): boolean {
    const { ready } = this.#knowledge;
    return ready !== null && this.#carriesOut(ready) && this.#outbox.hasNew(ready.state);
  }

  #carriesOut(ready: Ready): boolean {
    return hasFlag(ready.flags, 'carried_out_at_once') && !this.#store.isSlow();
  }

  #dispatch(ready: Ready): Dispatch {
    return { ...this.#knowledge.surroundings(ready), state: ready.state, storeIsQuick: !this.#store.isSlow() };
  }

  async #step(): Promise<void> {
    this.#deciding = true;
    try {
      const woken = this.#timer.hasFired();
      this.#timer.reset();
      this.#again = false;
      await this.#countOccurrences(woken);
      await this.#renewCalendars();
      const asked = Array.from(this.#inbox.messages(), ({ commandId }) => commandId);
      await this.#processed.lookUp(this.#store, this.#escalationId, asked);
      await this.#loadPolicies();
      const taken = this.#inbox.take(batchLimit);
      const ready = this.#knowledge.must();
      const nowMs = this.#knowledge.nowMs(ready);
      const decided = this.#decide(ready, taken, nowMs);
      const { batch } = decided;
      if (batch.events.length === 0) {
        this.#knowledge.settled(nowMs);
        answer(batch.answered);
        return await this.#sendWhatIsNew(ready);
      }
      const count = await this.#pointer.letGo(ready.state, batch.state);
      if (count !== null) {
        this.#inbox.putBack(taken);
        this.#inbox.tellFirst({ type: 'count-occurrences', count });
        return undefined;
      }
      if (this.#knowledge.nowMs(ready) - nowMs > staleAfterMs) return this.#putBack(taken);
      await this.#commit(ready, taken, decided);
    } finally {
      this.#deciding = false;
    }
    return undefined;
  }

  #decide(ready: Ready, taken: readonly Waiting[], nowMs: number): Decision {
    const surroundings = { ...this.#knowledge.surroundings(ready), nowMs };
    const batch = decideBatch(ready.state, taken, surroundings, (id) => this.#processed.known(id));
    return { batch, after: { ...ready, state: batch.state, policy: policyOf(batch.state, surroundings) } };
  }

  /** The record that a decision leads to. */
  #recordOf({ state, policy, calendars }: Ready): EscalationRecord {
    return recordOf(this.#escalationId, state, policy, calendars);
  }

  async #commit(ready: Ready, taken: readonly Waiting[], decided: Decision): Promise<void> {
    const evict = this.#processed.toEvict(decided.batch.processed.length);
    const request: CommitRequest = {
      escalationId: this.#escalationId,
      events: decided.batch.events,
      record: this.#recordOf(decided.after),
      clearPending: !ready.state.begun,
      evict,
    };
    const parcel = this.#carriesOut(ready) ? this.#outbox.take(this.#dispatch(decided.after)) : nothing;
    const carried = isEmpty(parcel) ? null : await this.#carryOut(decided.after, parcel, request);
    const result = carried ?? (await this.#store.commit({ ...request, ...this.#countOn(ready) }));
    if (result === null) return this.#putBack(taken);
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
    const recorded = this.#decide(ready, taken, decidedAtMs);
    if (atMs(recorded) !== decidedAtMs) throw new Error(`what was decided at ${decidedAtMs} is not decided again`);
    return recorded;
  }

  #asHanded(parcel: Parcel, decided: Ready, after: Ready): Parcel {
    if (after === decided) return parcel;
    this.#outbox.putBack(parcel);
    return this.#outbox.take(this.#dispatch(after));
  }

  /** Sends what the log asks for and nobody sends yet. Where that is not quick, it is dispatched to ordinary activities. */
  async #sendWhatIsNew(ready: Ready): Promise<void> {
    const parcel = this.#carriesOut(ready) ? this.#outbox.take(this.#dispatch(ready)) : nothing;
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
    this.#outbox.tried(this.#dispatch(ready), parcel, outcomes);
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
  #putBack(taken: readonly Waiting[]): void {
    this.#inbox.putBack(taken);
    this.#again = true;
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
    this.#again = true;
    await this.#pointer.take(state);
  }

  async #countOccurrences(woken: boolean): Promise<void> {
    const asked = this.#countHinted || woken;
    this.#countHinted = false;
    const count = asked ? await this.#pointer.newCount(this.#knowledge.must().state) : null;
    if (count !== null) this.#inbox.tell({ type: 'count-occurrences', count });
  }

  async #renewCalendars(): Promise<void> {
    for (const calendarId of await this.#knowledge.renewCalendars())
      this.#inbox.tell({ type: 'pin-calendar', calendarId });
  }

  async #loadPolicies(): Promise<void> {
    for (const { command } of this.#inbox.messages()) {
      if (command.type !== 'migrate-policy') continue;
      await this.#knowledge.loadPolicy(this.#knowledge.must().policy.name, command.version);
    }
  }

  /** @throws Error, which fails the task and has it tried again, until a worker takes it that knows the rules in force */
  #takeOver(begun: CarriedState): void {
    const unknown = unknownFlags(begun.flags);
    if (unknown.length > 0) throw new Error(`this worker is older than the intake: it does not know ${unknown.join()}`);
    this.#take(begun);
    this.#handedOver = true;
    this.#inbox.tell({ type: 'take-up' });
  }

  #take(carried: CarriedState): void {
    const { processed, evicted, ...ready } = share(carried);
    this.#knowledge.take(ready);
    this.#processed = new ProcessedCommands(processed, evicted);
  }

  #carried(ready: Ready): CarriedState {
    return { ...ready, processed: this.#processed.carried(), evicted: this.#processed.evicted };
  }
}
