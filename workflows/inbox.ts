import { condition } from '@temporalio/workflow';
import type { CommandMessage, CommandOutcome, ProcessedCommand } from '../contracts/workflow-messages.ts';
import type { SystemCommand } from '../domain/escalation/commands.ts';
import { systemActor, type Actor } from '../domain/escalation/vocabulary.ts';
import type { Batch, Waiting } from './batch.ts';

/** What waits to be decided, in order; handlers put it in, the main loop takes it out. */
export class Inbox {
  #waiting: Waiting[] = [];
  #again = false;

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Whether something waits, or what was decided does not stand. */
  get hasWork(): boolean {
    return this.#again || !this.isEmpty;
  }

  /** At once, whatever waits: what was decided does not stand, or something else does. */
  lookAgain(): void {
    this.#again = true;
  }

  /** It is looked through now. */
  look(): void {
    this.#again = false;
  }

  /** @returns the outcome, once it stands */
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

  tellFirst(command: SystemCommand): void {
    this.#waiting.unshift({ kind: 'system', command, actor: systemActor });
  }

  /** People's commands; what comes in while they are looked through is among them. */
  *messages(): Generator<CommandMessage> {
    for (const item of this.#waiting) if (item.kind === 'command') yield item.message;
  }

  take(most: number): readonly Waiting[] {
    return this.#waiting.splice(0, most);
  }

  /** Before all that has come in meanwhile. */
  putBack(taken: readonly Waiting[]): void {
    this.#waiting.unshift(...taken);
  }

  /**
   * Answers those that the log says were done, by an attempt whose result was lost; the others are put back.
   * @param done what the log says
   */
  settle(taken: readonly Waiting[], done: readonly ProcessedCommand[], rev: number): void {
    const seqOf = new Map(done.map(({ commandId, seq }) => [commandId, seq]));
    const undone = taken.filter((item) => {
      const seq = item.kind === 'command' ? seqOf.get(item.message.commandId) : undefined;
      if (item.kind !== 'command' || seq === undefined) return true;
      item.outcome = { kind: 'done', seq, rev, replayed: false };
      return false;
    });
    this.putBack(undone);
  }
}

export function answer(list: Batch['answered']): void {
  for (const { waiting, outcome } of list) waiting.outcome = outcome;
}
