import { setTimeout as sleep } from 'node:timers/promises';
import { commandIdOf } from '../../../contracts/ids.ts';
import type { PersonCommandType } from '../../../domain/escalation/commands.ts';
import { isUnsettled, type Attempt } from './api.ts';
import type { Desk } from './desk.ts';
import { faultPolicy } from './policy.ts';

/** One request for a new escalation and what was answered in the end. */
export interface IntakeAttempt {
  readonly title: string;
  readonly dedupKey: string | null;
  /** Answered 201: this escalation. Answered 200: it was counted on this one. */
  outcome: { readonly kind: 'accepted' | 'counted'; readonly escalationId: string } | null;
}

/** One command and what was answered in the end. */
export interface CommandAttempt {
  readonly escalationId: string;
  readonly type: PersonCommandType;
  readonly commandId: string;
  /** Last status; null while none came. */
  status: number | null;
}

export interface LoadOptions {
  /** New escalations at the beginning, all at once. */
  readonly atOnce: number;
  readonly intakesPerSecond: number;
  readonly commandsPerSecond: number;
  /** Every so many intakes carry a dedup key that several share; 0: none. */
  readonly everyNthShared?: number;
}

/** The life that a worked escalation is given, one command after the other; the others go up the tiers untouched. */
const life: readonly { readonly type: PersonCommandType; readonly body?: object }[] = [
  { type: 'note', body: { text: 'First look.' } },
  { type: 'acknowledge' },
  { type: 'start-investigation' },
  { type: 'assign', body: { assignee: 'oliver' } },
  { type: 'note', body: { text: 'Found the cause.' } },
  { type: 'change-severity', body: { severity: 'sev1', reason: 'It spreads.' } },
  { type: 'resolve', body: { code: 'fixed', summary: 'Put right.' } },
  { type: 'reopen', body: { reason: 'It came back.' } },
  { type: 'resolve', body: { code: 'fixed', summary: 'Put right again.' } },
  { type: 'close' },
];

const retryEveryMs = 250;
let loads = 0;

/**
 * Mixed work on a running stack: new escalations, repeats under shared dedup keys, and commands. A request whose
 * outcome is not known is sent again under its own key, as a careful client does, until `stop`.
 */
export class Load {
  readonly intakes: IntakeAttempt[] = [];
  readonly commands: CommandAttempt[] = [];
  readonly #worked: { readonly id: string; step: number; busy: boolean }[] = [];
  readonly #name: string;
  readonly #under = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #loops: readonly Promise<void>[] = [];
  #giveUpAtMs = Number.POSITIVE_INFINITY;

  constructor(
    private readonly desk: Desk,
    private readonly options: LoadOptions,
  ) {
    loads += 1;
    this.#name = `load-${process.pid}-${loads}-${Date.now()}`;
  }

  async start(): Promise<void> {
    const { atOnce, intakesPerSecond, commandsPerSecond } = this.options;
    await Promise.all(Array.from({ length: atOnce }, () => this.#intake()));
    this.#loops = [
      this.#every(1_000 / intakesPerSecond, () => this.#intake()),
      this.#every(1_000 / commandsPerSecond, () => this.#command()),
    ];
  }

  /** Sends nothing new; what is under way is brought to an answer, for so long. */
  async stop(withinMs: number): Promise<void> {
    this.#giveUpAtMs = Date.now() + withinMs;
    this.#stop.abort();
    await Promise.all(this.#loops);
    await Promise.all(this.#under);
  }

  acceptedIds(): readonly string[] {
    return this.intakes.flatMap(({ outcome }) => (outcome?.kind === 'accepted' ? [outcome.escalationId] : []));
  }

  async #every(everyMs: number, run: () => Promise<void>): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const running = run();
      this.#under.add(running);
      void running.finally(() => this.#under.delete(running));
      await sleep(everyMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  async #settled(send: () => Promise<Attempt>, note: (attempt: Attempt) => void): Promise<void> {
    for (;;) {
      const attempt = await send();
      note(attempt);
      if (!isUnsettled(attempt) || Date.now() > this.#giveUpAtMs) return;
      await sleep(retryEveryMs);
    }
  }

  async #intake(): Promise<void> {
    const n = this.intakes.length;
    const { everyNthShared = 5 } = this.options;
    const dedupKey =
      everyNthShared > 0 && n % everyNthShared === 0 ? `${this.#name}-${Math.floor(n / everyNthShared / 3)}` : null;
    const attempt: IntakeAttempt = { title: `${this.#name} number ${n}`, dedupKey, outcome: null };
    this.intakes.push(attempt);
    const body = {
      title: attempt.title,
      channel: 'monitoring',
      category: 'logistics',
      severity: 'sev3',
      policy: faultPolicy,
      ...(dedupKey === null ? {} : { dedupKey }),
    };
    await this.#settled(
      () => this.desk.api.create(`${this.#name}-${n}`, body),
      (answer) => {
        if (answer.kind !== 'answered' || (answer.status !== 200 && answer.status !== 201)) return;
        const escalationId = String(answer.body['id']);
        attempt.outcome = { kind: answer.status === 201 ? 'accepted' : 'counted', escalationId };
        if (answer.status === 201 && n % 2 === 0) this.#worked.push({ id: escalationId, step: 0, busy: false });
      },
    );
  }

  async #command(): Promise<void> {
    const idle = this.#worked.filter((each) => !each.busy && each.step < life.length);
    const chosen = idle[this.commands.length % Math.max(1, idle.length)];
    const next = chosen === undefined ? undefined : life[chosen.step];
    if (chosen === undefined || next === undefined) return;
    chosen.busy = true;
    const key = `${this.#name}-${chosen.id}-${chosen.step}`;
    const scope = { callerId: this.desk.callerId, route: next.type, escalationId: chosen.id, key };
    const attempt: CommandAttempt = {
      escalationId: chosen.id,
      type: next.type,
      commandId: commandIdOf(scope),
      status: null,
    };
    this.commands.push(attempt);
    await this.#settled(
      () => this.desk.api.command(chosen.id, next.type, key, next.body),
      (answer) => {
        attempt.status = answer.kind === 'answered' ? answer.status : null;
      },
    );
    chosen.step += 1;
    chosen.busy = false;
  }
}
