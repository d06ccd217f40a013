import { condition, workflowInfo } from '@temporalio/workflow';
import type { CarryOutReply, CommitRequest, LoadReply } from '../activities/types.ts';
import { parseEventCommandId } from '../contracts/command-ids.ts';
import type {
  CarriedState,
  ClearedMessage,
  CommandMessage,
  CommandOutcome,
  EscalationInput,
} from '../contracts/workflow-messages.ts';
import type { SystemCommand } from '../domain/escalation/commands.ts';
import { decide } from '../domain/escalation/decide.ts';
import type { EscalationEvent } from '../domain/escalation/events.ts';
import { fold, hasEnded, upcastEscalation } from '../domain/escalation/evolve.ts';
import { nextWakeAtMs } from '../domain/escalation/next-wake.ts';
import { recordOf } from '../domain/escalation/record.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { Escalation } from '../domain/escalation/state.ts';
import { systemActor, type Actor } from '../domain/escalation/vocabulary.ts';
import { decideBatch, policyOf, type Batch, type Waiting } from './batch.ts';
import { CalendarRenewal, changedIn } from './calendar-renewal.ts';
import { DedupPointer, inWork } from './dedup-pointer.ts';
import { hasFlag, unknownFlags } from '../contracts/behaviour-flags.ts';
import { isEmpty, nothing, Outbox, type Dispatch, type Parcel } from './outbox.ts';
import { ProcessedCommands } from './processed-commands.ts';
import { StoreCalls } from './store-calls.ts';
import { WakeTimer } from './wake-timer.ts';

/** Most commands that one commit takes up. */
const batchLimit = 50;
/** A wake-up that decided nothing is not repeated at once. */
const idleWakeMs = 60_000;
/** A decision that is older than this when it is to be written is made anew. */
const staleAfterMs = 5_000;
/** A run that is to end waits so long at most for pages under way; the next run sends them again under their ids. */
const longestFarewellMs = 10_000;

type CarriedOut = Extract<CarryOutReply, { readonly kind: 'carried_out' }>;
type Ready = Omit<CarriedState, 'processed' | 'evicted'>;

/**
 * Hosts the core durably. The contract:
 * 1. Handlers only put what they are told into `waiting`; the main loop alone decides, writes and believes.
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
  readonly #timer = new WakeTimer();
  readonly #renewal = new CalendarRenewal();
  readonly #outbox = new Outbox((command) => this.tell(command));
  #waiting: Waiting[] = [];
  #ready: Ready | null = null;
  #processed = new ProcessedCommands([], 0);
  #deciding = false;
  /** Read for a migration that waits. */
  #otherPolicies: Readonly<Record<number, Policy>> = {};
  #countHinted = false;
  /** Look again at once: what was decided does not stand, or something else does. */
  #again = false;
  /** All that was due by this instant has been decided. */
  #settledUntilMs = 0;
  #farewellSinceMs: number | null = null;
  /** Intake has begun it and handed it over; the first commit takes it off the list of those that wait. */
  #handedOver = false;

  constructor(input: EscalationInput) {
    this.#escalationId = input.escalationId;
    this.#pointer = new DedupPointer(this.#store, input.escalationId);
    if (input.carried !== undefined) this.#take(input.carried);
    else if (input.begun !== undefined) this.#takeOver(input.begun);
  }

  // What handlers call: synchronous, before or after the state is there.

  /** @returns why the command is refused now, or null when only the main loop can tell */
  refusalOf(message: CommandMessage): { code: string; message: string } | null {
    // Whatever waits may change the answer, and a repeat of an old command is known to the store only.
    if (this.#ready === null || this.#deciding || this.#waiting.length > 0 || this.#processed.hasOlder()) return null;
    if (this.#processed.get(message.commandId) !== undefined || !this.#ready.state.begun) return null;
    // Its policy has to be read first.
    if (message.command.type === 'migrate-policy') return null;
    const decision = decide(this.#ready.state, message.command, {
      ...this.#surroundings(this.#ready),
      actor: message.actor,
      ...(message.expectedRev === undefined ? {} : { expectedRev: message.expectedRev }),
    });
    return decision.kind === 'refused' ? decision : null;
  }

  async command(message: CommandMessage): Promise<CommandOutcome> {
    const waiting: Waiting & { kind: 'command' } = { kind: 'command', message };
    this.#waiting.push(waiting);
    await condition(() => waiting.outcome !== undefined);
    if (waiting.outcome === undefined) throw new Error('an outcome is missing');
    return waiting.outcome;
  }

  tell(command: SystemCommand, actor: Actor = systemActor): void {
    this.#waiting.push({ kind: 'system', command, actor });
  }

  cleared(message: ClearedMessage): void {
    this.tell({ type: 'report-clear', source: message.source }, { kind: 'integration', id: message.source });
  }

  hintOccurrences(): void {
    this.#countHinted = true;
  }

  hintCalendars(): void {
    this.#renewal.hint();
  }

  /** Looks whether something is due; asks the store for nothing. */
  wake(): void {
    if (this.#ready !== null && hasFlag(this.#ready.flags, 'woken_by_signal')) this.#again = true;
  }

  state(): Escalation | null {
    return this.#ready?.state ?? null;
  }

  // The main loop.

  /** Ends with the escalation, or with the state to carry on with in a new run. */
  async run(): Promise<{ kind: 'ended' } | { kind: 'carry_on'; carried: CarriedState }> {
    const loaded = this.#ready === null ? await this.#load() : null;
    let ready = this.#must();
    if (!ready.state.begun && !hasEnded(ready.state)) this.#waiting.unshift(beginning);
    else if (loaded !== null && hasFlag(loaded.flags, 'begun_at_intake')) this.#waiting.unshift(takingUp);
    const hasCount = this.#handedOver || (loaded !== null && hasFlag(loaded.flags, 'count_with_load'));
    if (!hasCount) this.#countHinted = true;
    else if (loaded?.newCount != null) this.tell({ type: 'count-occurrences', count: loaded.newCount });
    for (;;) {
      await this.#step();
      ready = this.#must();
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
      this.#timer.arm(this.#nextWakeAtMs(ready));
      await condition(() => this.#hasWork());
    }
  }

  async #load(): Promise<LoadReply> {
    const loaded = await this.#store.call((store) => store.load({ escalationId: this.#escalationId }));
    const { newCount: _newCount, ...carried } = loaded;
    this.#take(carried);
    return loaded;
  }

  hasWaiting(): boolean {
    return this.#waiting.length > 0;
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
      this.#waiting.length > 0 ||
      this.#timer.hasFired() ||
      this.#countHinted ||
      this.#renewal.isHinted() ||
      this.#hasParcel()
    );
  }

  #hasParcel(): boolean {
    const ready = this.#ready;
    return ready !== null && this.#carriesOut(ready) && this.#outbox.hasNew(ready.state);
  }

  #carriesOut(ready: Ready): boolean {
    return hasFlag(ready.flags, 'carried_out_at_once') && !this.#store.isSlow();
  }

  #dispatch(ready: Ready): Dispatch {
    return { ...this.#surroundings(ready), state: ready.state, storeIsQuick: !this.#store.isSlow() };
  }

  async #step(): Promise<void> {
    this.#deciding = true;
    try {
      const woken = this.#timer.hasFired();
      this.#timer.reset();
      this.#again = false;
      await this.#countOccurrences(woken);
      await this.#renewCalendars();
      const asked = this.#waiting.flatMap((item) => (item.kind === 'command' ? [item.message.commandId] : []));
      await this.#processed.lookUp(this.#store, this.#escalationId, asked);
      await this.#loadPolicies();
      const taken = this.#waiting.slice(0, batchLimit);
      this.#waiting = this.#waiting.slice(batchLimit);
      const ready = this.#must();
      const surroundings = this.#surroundings(ready);
      const batch = decideBatch(ready.state, taken, surroundings, (id) => this.#processed.known(id));
      if (batch.events.length === 0) {
        this.#settledUntilMs = surroundings.nowMs;
        this.#answer(batch.answered);
        return await this.#sendWhatIsNew(ready);
      }
      const count = await this.#pointer.letGo(ready.state, batch.state);
      if (count !== null) {
        const counting = { type: 'count-occurrences', count } as const;
        this.#waiting = [{ kind: 'system', command: counting, actor: systemActor }, ...taken, ...this.#waiting];
        return undefined;
      }
      if (this.#nowMs(ready) - surroundings.nowMs > staleAfterMs) return this.#putBack(taken);
      await this.#commit(ready, taken, batch);
    } finally {
      this.#deciding = false;
    }
    return undefined;
  }

  async #commit(ready: Ready, taken: readonly Waiting[], batch: Batch): Promise<void> {
    const evict = this.#processed.toEvict(batch.processed.length);
    const policy = policyOf(batch.state, this.#surroundings(ready));
    const record = recordOf(this.#escalationId, batch.state, policy, ready.calendars);
    const request: CommitRequest = {
      escalationId: this.#escalationId,
      events: batch.events,
      record,
      clearPending: !ready.state.begun,
      evict,
    };
    const after: Ready = { ...ready, state: batch.state, policy };
    const parcel = this.#carriesOut(ready) ? this.#outbox.take(this.#dispatch(after)) : nothing;
    const carried = isEmpty(parcel) ? null : await this.#carryOut(after, parcel, request);
    const result = carried ?? (await this.#store.commit({ ...request, ...this.#countOn(ready) }));
    if (result === null) return this.#putBack(taken);
    this.#handedOver = false;
    this.#processed.evict(evict);
    if (result.kind === 'adopted') {
      await this.#adopt(ready, taken, result.events);
      return this.#noteCount(result.count);
    }
    this.#ready = after;
    this.#settledUntilMs = batch.state.updatedAtMs;
    for (const command of batch.processed) this.#processed.add(command);
    const done = batch.done.map(({ waiting, outcome }) => ({ waiting, outcome: { ...outcome, record } }));
    this.#answer([...done, ...batch.answered]);
    this.#noteCount(result.count);
    if (result.kind === 'carried_out') this.#carriedOut(after, parcel, result);
    if (!inWork(ready.state)) await this.#pointer.take(batch.state);
    return undefined;
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
      atMs: this.#nowMs(after),
      ...parcel,
      ...this.#countOn(after),
    });
    if (reply?.kind !== 'carried_out') this.#outbox.putBack(parcel);
    return reply;
  }

  #carriedOut(after: Ready, parcel: Parcel, { events, outcomes }: CarriedOut): void {
    const state = fold(events, after.state) ?? after.state;
    this.#ready = { ...after, state };
    this.#outbox.tried(this.#dispatch(this.#ready), parcel, outcomes);
  }

  /** With the first commit of one that was handed over: the key whose repeats are to be read with it. */
  #countOn({ state }: Ready): { readonly countOn?: string } {
    return this.#handedOver && state.dedupKey !== null ? { countOn: state.dedupKey } : {};
  }

  #noteCount(count: number | null | undefined): void {
    if (count != null && count > this.#must().state.occurrences) this.tell({ type: 'count-occurrences', count });
  }

  /** What was decided is too old to be written: it is decided anew. */
  #putBack(taken: readonly Waiting[]): void {
    this.#waiting = [...taken, ...this.#waiting];
    this.#again = true;
  }

  /** The slot was taken by a decision whose result was lost: it is the truth. */
  async #adopt(ready: Ready, taken: readonly Waiting[], events: readonly EscalationEvent[]): Promise<void> {
    const state = fold(
      events.filter((event) => event.seq > ready.state.seq),
      ready.state,
    );
    if (state === null) throw new Error('nothing to adopt');
    await this.#loadPolicy(state.policy.name, state.policy.version);
    this.#ready = { ...ready, state, policy: policyOf(state, this.#surroundings(ready)) };
    const seqOf = new Map<string, number>();
    for (const event of events) {
      const ref = event.commandId === undefined ? null : parseEventCommandId(event.commandId);
      if (ref === null) continue;
      seqOf.set(ref.commandId, event.seq);
      this.#processed.add({ ...ref, seq: event.seq });
    }
    const undone = taken.filter((item) => item.kind !== 'command' || !seqOf.has(item.message.commandId));
    for (const item of taken) {
      const seq = item.kind === 'command' ? seqOf.get(item.message.commandId) : undefined;
      if (item.kind === 'command' && seq !== undefined) {
        item.outcome = { kind: 'done', seq, rev: state.rev, replayed: false };
      }
    }
    this.#waiting = [...undone, ...this.#waiting];
    // It may have been decided long ago: what fell due since is looked at now.
    this.#again = true;
    await this.#pointer.take(state);
  }

  #answer(list: Batch['answered']): void {
    for (const { waiting, outcome } of list) waiting.outcome = outcome;
  }

  async #countOccurrences(woken: boolean): Promise<void> {
    const asked = this.#countHinted || woken;
    this.#countHinted = false;
    const count = asked ? await this.#pointer.newCount(this.#must().state) : null;
    if (count !== null) this.tell({ type: 'count-occurrences', count });
  }

  async #renewCalendars(): Promise<void> {
    const before = this.#must();
    const renewed = await this.#renewal.renew(this.#store, before, this.#nowMs(before));
    if (renewed === null) return;
    const ready = this.#must();
    this.#ready = {
      ...ready,
      calendars: { ...ready.calendars, ...renewed.calendars },
      calendarPins: { ...ready.calendarPins, ...renewed.calendarPins },
    };
    for (const calendarId of changedIn(ready.state, renewed)) this.tell({ type: 'pin-calendar', calendarId });
  }

  async #loadPolicies(): Promise<void> {
    for (const item of this.#waiting) {
      if (item.kind !== 'command' || item.message.command.type !== 'migrate-policy') continue;
      await this.#loadPolicy(this.#must().policy.name, item.message.command.version);
    }
  }

  async #loadPolicy(name: string, version: number): Promise<void> {
    if (version === this.#must().policy.version || this.#otherPolicies[version] !== undefined) return;
    const policy = await this.#store.call((store) => store.loadPolicy({ name, version }));
    if (policy !== null) this.#otherPolicies = { [version]: policy };
  }

  #nextWakeAtMs(ready: Ready): number | null {
    const wakeAtMs = nextWakeAtMs(ready.state, ready.policy, ready.calendars);
    if (wakeAtMs === null) return null;
    // Where all that was due has been decided, what still claims to be due can't be helped now. What has fallen due
    // since, while the commit was written, is woken for at once.
    return wakeAtMs <= this.#settledUntilMs ? this.#nowMs(ready) + idleWakeMs : wakeAtMs;
  }

  #nowMs(ready: Ready): number {
    return Math.max(Date.now(), ready.state.updatedAtMs);
  }

  #surroundings(ready: Ready) {
    return {
      escalationId: this.#escalationId,
      nowMs: this.#nowMs(ready),
      policy: ready.policy,
      otherPolicies: this.#otherPolicies,
      calendars: ready.calendars,
      calendarPins: ready.calendarPins,
      flags: ready.flags,
    };
  }

  /** @throws Error, which fails the task and has it tried again, until a worker takes it that knows the rules in force */
  #takeOver(begun: CarriedState): void {
    const unknown = unknownFlags(begun.flags);
    if (unknown.length > 0) throw new Error(`this worker is older than the intake: it does not know ${unknown.join()}`);
    this.#take(begun);
    this.#handedOver = true;
    this.#waiting.push(takingUp);
  }

  #take(carried: CarriedState): void {
    const { processed, evicted, ...ready } = carried;
    this.#ready = { ...ready, state: upcastEscalation(ready.state) };
    this.#processed = new ProcessedCommands(processed, evicted);
  }

  #carried(ready: Ready): CarriedState {
    return { ...ready, processed: this.#processed.carried(), evicted: this.#processed.evicted };
  }

  #must(): Ready {
    if (this.#ready === null) throw new Error('the escalation is not loaded');
    return this.#ready;
  }
}

const takingUp: Waiting = { kind: 'system', command: { type: 'take-up' }, actor: systemActor };
const beginning: Waiting = { kind: 'system', command: { type: 'begin' }, actor: systemActor };
