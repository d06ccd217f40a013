import type { ProcessedCommand } from '../contracts/workflow-messages.ts';
import type { StoreCalls } from './store-calls.ts';

/** How many outcomes a run remembers; older ones are found in the store. */
export const processedLimit = 1_000;
const evictAtOnce = 25;
/** Old ones that were looked up and are kept for a while. */
const foundLimit = 100;

/** The commands done, oldest first. A repeat is answered with the outcome of the first. */
export class ProcessedCommands {
  readonly #byId = new Map<string, ProcessedCommand>();
  readonly #found = new Map<string, ProcessedCommand>();
  #evicted = 0;

  /** What an earlier run, or the log, knows of them. */
  take(carried: readonly ProcessedCommand[], evicted: number): void {
    for (const command of carried) this.#byId.set(command.commandId, command);
    this.#evicted = evicted;
  }

  get(commandId: string): ProcessedCommand | undefined {
    return this.#byId.get(commandId);
  }

  /** As `get`, or as it was looked up. */
  known(commandId: string): ProcessedCommand | undefined {
    return this.get(commandId) ?? this.#found.get(commandId);
  }

  /** Asks the store for those that are not known, where it may know more. */
  async lookUp(store: StoreCalls, escalationId: string, wanted: readonly string[]): Promise<void> {
    if (!this.hasOlder()) return;
    const commandIds = wanted.filter((id) => this.known(id) === undefined);
    if (commandIds.length === 0) return;
    const found = await store.call((activities) => activities.findProcessed({ escalationId, commandIds }));
    for (const command of found) this.#found.set(command.commandId, command);
    for (const id of [...this.#found.keys()].slice(0, Math.max(0, this.#found.size - foundLimit)))
      this.#found.delete(id);
  }

  /** True when a command unknown here may still be known to the store. */
  hasOlder(): boolean {
    return this.#evicted > 0;
  }

  get evicted(): number {
    return this.#evicted;
  }

  /** What has to be written to the store before `adding` more fit. */
  toEvict(adding: number): readonly ProcessedCommand[] {
    const over = this.#byId.size + adding - processedLimit;
    if (over <= 0) return [];
    return [...this.#byId.values()].slice(0, Math.max(over, evictAtOnce));
  }

  /** Call once the store has them. */
  evict(commands: readonly ProcessedCommand[]): void {
    for (const command of commands) {
      if (this.#byId.delete(command.commandId)) this.#evicted += 1;
    }
  }

  add(command: ProcessedCommand): void {
    this.#byId.set(command.commandId, command);
  }

  carried(): readonly ProcessedCommand[] {
    return [...this.#byId.values()];
  }
}
