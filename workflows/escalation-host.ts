import { condition, workflowInfo } from '@temporalio/workflow';
import type { LoadReply } from '../activities/types.ts';
import { hasFlag, unknownFlags } from '../contracts/behaviour-flags.ts';
import type {
  CarriedState,
  ClearedMessage,
  CommandMessage,
  CommandOutcome,
  EscalationInput,
} from '../contracts/workflow-messages.ts';
import { decide } from '../domain/escalation/decide.ts';
import { hasEnded } from '../domain/escalation/evolve.ts';
import type { Escalation } from '../domain/escalation/state.ts';
import { DedupPointer } from './dedup-pointer.ts';
import { answer, Inbox } from './inbox.ts';
import { Knowledge, type Ready } from './knowledge.ts';
import { Outbox } from './outbox.ts';
import { ProcessedCommands } from './processed-commands.ts';
import { Recorder } from './recorder.ts';
import { share } from './shared-values.ts';
import { StoreCalls } from './store-calls.ts';
import { WakeTimer } from './wake-timer.ts';

/** Most commands that one commit takes up. */
const batchLimit = 50;
/** A decision that is older than this when it is to be written is made anew. */
const staleAfterMs = 5_000;
/** A run that is to end waits so long at most for pages under way; the next run sends them again under their ids. */
const longestFarewellMs = 10_000;

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
  readonly #processed = new ProcessedCommands();
  readonly #recorder: Recorder;
  #deciding = false;
  #countHinted = false;
  #farewellSinceMs: number | null = null;

  constructor(input: EscalationInput) {
    this.#escalationId = input.escalationId;
    this.#knowledge = new Knowledge(input.escalationId, this.#store);
    this.#pointer = new DedupPointer(this.#store, input.escalationId);
    this.#recorder = new Recorder(input.escalationId, {
      store: this.#store,
      pointer: this.#pointer,
      knowledge: this.#knowledge,
      inbox: this.#inbox,
      outbox: this.#outbox,
      processed: this.#processed,
    });
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
    if (ready !== null && hasFlag(ready.flags, 'woken_by_signal')) this.#inbox.lookAgain();
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
    const hasCount = this.#recorder.isHandedOver || (loaded !== null && hasFlag(loaded.flags, 'count_with_load'));
    if (!hasCount) this.#countHinted = true;
    else if (loaded?.newCount != null) this.#inbox.tell({ type: 'count-occurrences', count: loaded.newCount });
    for (;;) {
      await this.#step();
      ready = this.#knowledge.must();
      // Where decisions are carried out at once, the next step sends what is new.
      if (this.#recorder.carriesOut(ready)) this.#outbox.suppress(ready.state);
      else await this.#outbox.dispatch(this.#recorder.dispatch(ready));
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
      this.#inbox.hasWork ||
      this.#timer.hasFired() ||
      this.#countHinted ||
      this.#knowledge.areCalendarsHinted() ||
      this.#hasParcel()
    );
  }

  #hasParcel(): boolean {
    const { ready } = this.#knowledge;
    return ready !== null && this.#recorder.carriesOut(ready) && this.#outbox.hasNew(ready.state);
  }

  async #step(): Promise<void> {
    this.#deciding = true;
    try {
      const woken = this.#timer.hasFired();
      this.#timer.reset();
      this.#inbox.look();
      await this.#countOccurrences(woken);
      await this.#renewCalendars();
      const asked = Array.from(this.#inbox.messages(), ({ commandId }) => commandId);
      await this.#processed.lookUp(this.#store, this.#escalationId, asked);
      await this.#loadPolicies();
      const taken = this.#inbox.take(batchLimit);
      const ready = this.#knowledge.must();
      const nowMs = this.#knowledge.nowMs(ready);
      const decided = this.#recorder.decide(ready, taken, nowMs);
      const { batch } = decided;
      if (batch.events.length === 0) {
        this.#knowledge.settled(nowMs);
        answer(batch.answered);
        return await this.#recorder.sendWhatIsNew(ready);
      }
      const count = await this.#pointer.letGo(ready.state, batch.state);
      if (count !== null) {
        this.#inbox.putBack(taken);
        this.#inbox.tellFirst({ type: 'count-occurrences', count });
        return undefined;
      }
      if (this.#knowledge.nowMs(ready) - nowMs > staleAfterMs) return this.#recorder.putBack(taken);
      await this.#recorder.commit(ready, taken, decided);
    } finally {
      this.#deciding = false;
    }
    return undefined;
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
    this.#recorder.handOver();
    this.#inbox.tell({ type: 'take-up' });
  }

  #take(carried: CarriedState): void {
    const { processed, evicted, ...ready } = share(carried);
    this.#knowledge.take(ready);
    this.#processed.take(processed, evicted);
  }

  #carried(ready: Ready): CarriedState {
    return { ...ready, processed: this.#processed.carried(), evicted: this.#processed.evicted };
  }
}
