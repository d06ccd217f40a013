import type { Command, PageOutcome, RefusalCode } from '../../escalation/commands.ts';
import { advance } from '../../escalation/decide.ts';
import type { EscalationEvent } from '../../escalation/events.ts';
import { evolve, hasEnded } from '../../escalation/evolve.ts';
import { nextWakeAtMs } from '../../escalation/next-wake.ts';
import type { Escalation, PendingPage } from '../../escalation/state.ts';
import { systemActor, type Actor } from '../../escalation/vocabulary.ts';
import type { Policy } from '../policy.ts';
import { sameEvents, type History, type RecordedDecision, type ReplayWorld } from './history.ts';

/** What becomes of a page that nobody sent. */
export type SettlePage = (page: PendingPage, atMs: number) => PageOutcome;

/** A recorded command that another policy refuses. */
export interface RefusedCommand {
  readonly atMs: number;
  readonly command: string;
  readonly code: RefusalCode;
}

export interface Simulated {
  /** The whole log, as it would have been. */
  readonly events: readonly EscalationEvent[];
  readonly state: Escalation;
  readonly refused: readonly RefusedCommand[];
  /** True when every event is the recorded one. */
  readonly asRecorded: boolean;
}

/** So that a policy without an end can't run for ever. */
const maxDecisions = 5_000;

/**
 * One recorded escalation under another policy: the same core, the same people doing the same things at the same instants,
 * and everything that the system does by itself decided anew, until the last recorded event.
 *
 * As long as the policy leads to the same wakes and the same events, the log is followed decision by decision with its own
 * instants, so that an unchanged policy gives the log itself, lateness of the day included. From the first difference on,
 * wakes come when they are due, and pages that were not sent then are settled by `settlePage`.
 */
export function simulate(history: History, policy: Policy, world: ReplayWorld, settlePage: SettlePage): Simulated {
  const run = new Simulation(history, policy, world);
  const followed = run.followLog();
  if (followed < history.decisions.length) run.goOn(history.decisions.slice(followed), settlePage);
  return run.result();
}

/** As `simulate`, for commands that no policy has answered yet: everything is decided over virtual time. */
export function playThrough(history: History, policy: Policy, world: ReplayWorld, settlePage: SettlePage): Simulated {
  const run = new Simulation(history, policy, world);
  run.goOn(history.decisions, settlePage);
  return run.result();
}

class Simulation {
  readonly #history: History;
  readonly #policy: Policy;
  readonly #world: ReplayWorld;
  readonly #events: EscalationEvent[];
  readonly #refused: RefusedCommand[] = [];
  #state: Escalation;
  #pins: Readonly<Record<string, string>>;
  #diverged = false;
  #left = maxDecisions;

  constructor(history: History, policy: Policy, world: ReplayWorld) {
    this.#history = history;
    this.#policy = policy;
    this.#world = world;
    this.#events = [history.received];
    this.#state = evolve(null, history.received);
    this.#pins = world.calendarPins;
  }

  /** Follows the log while the policy agrees with it. Returns how many decisions were taken over. */
  followLog(): number {
    const { decisions } = this.#history;
    for (const [index, decision] of decisions.entries()) {
      if (nextWakeAtMs(this.#state, this.#policy, this.#world.calendars) !== decision.wakeBeforeMs) {
        this.#diverged = true;
        return index;
      }
      this.#pins = { ...this.#world.calendarPins, ...decision.pins };
      const events = this.#decide(decision.command, decision.atMs, decision);
      if (!sameEvents(events, decision.events)) {
        this.#diverged = true;
        return index + 1;
      }
    }
    return decisions.length;
  }

  /** Goes on over virtual time with what people and machines asked for. */
  goOn(rest: readonly RecordedDecision[], settlePage: SettlePage): void {
    this.#diverged = true;
    const asked = rest.filter(
      (decision) => isFromOutside(decision.command) || (decision.command.type === 'begin' && !this.#state.begun),
    );
    if (!this.#state.begun && !asked.some((decision) => decision.command.type === 'begin')) {
      this.#decide({ type: 'begin' }, this.#history.received.atMs, { actor: systemActor });
    }
    this.#settle(this.#state.updatedAtMs, settlePage);
    for (const decision of asked) {
      // Within one activation messages come before timers: a wake due at the same instant comes after.
      this.#wakeUntil(decision.atMs - 1, settlePage);
      this.#pins = { ...this.#pins, ...decision.pins };
      this.#decide(decision.command, decision.atMs, decision);
      this.#settle(decision.atMs, settlePage);
    }
    this.#wakeUntil(this.#history.endMs, settlePage);
  }

  result(): Simulated {
    return { events: this.#events, state: this.#state, refused: this.#refused, asRecorded: !this.#diverged };
  }

  #wakeUntil(untilMs: number, settlePage: SettlePage): void {
    while (this.#left > 0 && !hasEnded(this.#state)) {
      const dueMs = nextWakeAtMs(this.#state, this.#policy, this.#world.calendars);
      if (dueMs === null || dueMs > untilMs) return;
      const events = this.#decide({ type: 'wake' }, dueMs, { actor: systemActor });
      // A calendar that would be renewed here: the expansions that a backtest is given reach further than its logs.
      if (events.length === 0) return;
      this.#settle(dueMs, settlePage);
    }
  }

  #settle(atMs: number, settlePage: SettlePage): void {
    for (
      let page = this.#state.pendingPages[0];
      page !== undefined && this.#left > 0;
      page = this.#state.pendingPages[0]
    ) {
      const outcome = settlePage(page, atMs);
      this.#decide({ type: 'record-page', pageId: page.pageId, outcome }, atMs, { actor: systemActor });
    }
    for (
      let update = this.#state.pendingUpdates[0];
      update !== undefined && this.#left > 0;
      update = this.#state.pendingUpdates[0]
    ) {
      const outcome = { kind: 'published', recipients: [] } as const;
      this.#decide({ type: 'record-update', updateId: update.updateId, outcome }, atMs, { actor: systemActor });
    }
  }

  #decide(
    command: Command,
    atMs: number,
    by: { readonly actor: Actor; readonly commandId?: string },
  ): readonly EscalationEvent[] {
    this.#left -= 1;
    const nowMs = Math.max(atMs, this.#state.updatedAtMs);
    const context = {
      escalationId: this.#history.escalationId,
      policy: this.#policy,
      calendars: this.#world.calendars,
      calendarPins: this.#pins,
      ...(this.#history.flags === undefined ? {} : { flags: this.#history.flags }),
      nowMs,
      actor: by.actor,
    };
    const next = advance(this.#state, command, context, by.commandId);
    if (next.kind === 'refused') {
      this.#refused.push({ atMs: nowMs, command: command.type, code: next.code });
      return [];
    }
    this.#events.push(...next.events);
    this.#state = next.state;
    return next.events;
  }
}

/** What came from people and machines stays; what the system did by itself is decided anew. */
function isFromOutside(command: Command): boolean {
  switch (command.type) {
    case 'begin':
    case 'take-up':
    case 'wake':
    case 'record-page':
    case 'record-update':
    case 'pin-calendar':
    // Everything is run under the one policy that is tried.
    case 'migrate-policy':
      return false;
    default:
      return true;
  }
}
