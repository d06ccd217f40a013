import { parseEventCommandId } from '../../../contracts/command-ids.ts';
import type {
  CarriedState,
  ClearedMessage,
  CommandMessage,
  OccurrencesHint,
} from '../../../contracts/workflow-messages.ts';
import { isOneOf, systemActor, workStates, type Severity } from '../../../domain/escalation/vocabulary.ts';
import { recordOf } from '../../../domain/escalation/record.ts';
import { hosted } from '../../../lambdas/present/surroundings.ts';
import type { CommandAnswer, EscalationGateway } from '../../../lambdas/temporal/escalation-gateway.ts';
import { ApiError } from '../../../lambdas/http/api-error.ts';
import type { Store } from '../../../store/client.ts';
import { commit } from '../../../store/commit.ts';
import type { DirectoryReader } from '../../../store/directory-reader.ts';
import { readPolicy } from '../../../store/policies.ts';
import type { Policy } from '../../../domain/policy/policy.ts';
import { readWholeLog } from '../../../store/log.ts';
import { closePointer, readPointer } from '../../../store/pointer.ts';
import { decideBatch, type Waiting } from '../../../workflows/batch.ts';

/**
 * The workflow's own core behind the port that Temporal stands behind elsewhere: the same decisions and commits, one
 * after the other. What Temporal itself does is tested with the real one.
 */
export class CoreGateway implements EscalationGateway {
  /** What the next calls meet instead of an answer. */
  trouble: 'none' | 'overloaded' | 'unavailable' | 'pending' | 'broken' = 'none';
  /** A worker of an older version does not. */
  tellsRecords = true;
  readonly started: string[] = [];
  /** What workflows were handed at their start. */
  readonly handedOver = new Map<string, CarriedState>();
  readonly hints: { readonly escalationId: string; readonly count: number }[] = [];
  readonly commands: CommandMessage[] = [];

  constructor(
    private readonly store: Store,
    private readonly directory: DirectoryReader,
    private readonly nowMs: () => number,
  ) {}

  async sendCommand(escalationId: string, _severity: Severity, message: CommandMessage): Promise<CommandAnswer> {
    if (this.trouble === 'pending') return { kind: 'pending' };
    this.#meetTrouble();
    this.commands.push(message);
    const waiting: Waiting & { kind: 'command' } = { kind: 'command', message };
    const outcome = await this.#run(escalationId, [waiting]);
    if (outcome === undefined) throw new Error('a command has an outcome');
    return outcome;
  }

  async start(escalationId: string, _severity?: Severity, begun?: CarriedState): Promise<void> {
    this.#meetTrouble();
    if (begun !== undefined) this.handedOver.set(escalationId, begun);
    this.started.push(escalationId);
    await this.#run(escalationId, []);
  }

  async hintOccurrences(escalationId: string, hint: OccurrencesHint): Promise<void> {
    this.#meetTrouble();
    this.hints.push({ escalationId, count: hint.count });
  }

  async reportClear(escalationId: string, _severity: Severity, message: ClearedMessage): Promise<void> {
    this.#meetTrouble();
    const command = { type: 'report-clear', source: message.source } as const;
    await this.#run(escalationId, [{ kind: 'system', command, actor: { kind: 'integration', id: message.source } }]);
  }

  #meetTrouble(): void {
    if (this.trouble === 'overloaded') throw new ApiError('overloaded', { retryAfterSeconds: 1 });
    if (this.trouble === 'unavailable') throw new ApiError('unavailable', { retryAfterSeconds: 2 });
    if (this.trouble === 'broken') throw new Error('the secret of secrets');
  }

  async #otherPolicies(name: string, waiting: readonly Waiting[]): Promise<Record<number, Policy>> {
    const found: Record<number, Policy> = {};
    for (const item of waiting) {
      if (item.kind !== 'command' || item.message.command.type !== 'migrate-policy') continue;
      const policy = await readPolicy(this.store, name, item.message.command.version);
      if (policy !== null) found[policy.version] = policy;
    }
    return found;
  }

  async #run(escalationId: string, waiting: readonly Waiting[]) {
    const log = await readWholeLog(this.store, escalationId);
    const { state, context } = await hosted(this.store, this.directory, escalationId, log, this.nowMs());
    const begin: readonly Waiting[] = state.begun
      ? []
      : [{ kind: 'system', command: { type: 'begin' }, actor: systemActor }];
    const known = new Map(
      log.flatMap((event) => {
        const ref = event.commandId === undefined ? null : parseEventCommandId(event.commandId);
        return ref === null ? [] : [[ref.commandId, { ...ref, seq: event.seq }] as const];
      }),
    );
    const { dedupKey } = state;
    const pointer = dedupKey === null ? null : await readPointer(this.store, dedupKey);
    const counted: readonly Waiting[] =
      pointer === null || pointer.escalationId !== escalationId
        ? []
        : [{ kind: 'system', command: { type: 'count-occurrences', count: pointer.count }, actor: systemActor }];
    const otherPolicies = await this.#otherPolicies(state.policy.name, waiting);
    const all = [...begin, ...counted, ...waiting];
    const batch = decideBatch(state, all, { ...context, otherPolicies }, (id) => known.get(id));
    if (dedupKey !== null && isOneOf(workStates, state.status) && !isOneOf(workStates, batch.state.status)) {
      await closePointer(this.store, dedupKey, escalationId, batch.state.occurrences);
    }
    if (batch.events.length > 0) {
      const record = recordOf(escalationId, batch.state, context.policy, context.calendars);
      await commit(this.store, { escalationId, events: batch.events, record, clearPending: !state.begun });
      const done = batch.done[0]?.outcome;
      if (done !== undefined) return this.tellsRecords ? { ...done, record } : done;
    }
    return [...batch.done, ...batch.answered][0]?.outcome;
  }
}
