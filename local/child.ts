import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, closeSync, openSync } from 'node:fs';
import type { PartName } from './names.ts';
import type { PartRecord, PartState } from './run-file.ts';
import { identityOf } from './tools/process-identity.ts';
import { oneLine } from './tools/user-error.ts';
import { waitUntil } from './tools/wait.ts';

/** How one part is run. */
export interface PartSpec {
  readonly name: PartName;
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly log: string;
  /** True once it does its work; given the number of its process. What it throws is the end of this attempt. */
  readonly isUp: (pid: number) => Promise<boolean>;
}

/** How long an orderly end may take before the process is killed. */
const endTimeoutMs = 6_000;
const firstBackoffMs = 100;
const longestBackoffMs = 5_000;
/** A part that ran for so long begins again with the shortest wait. */
const settledAfterMs = 30_000;
/** Failures in a row, at the first start, after which the stack gives up. */
const mostFailures = 3;

/**
 * One part of the stack: starts its process, starts it again when it ends, and ends it. The process holds the other end
 * of a pipe as its standard input, by which it notices when the supervisor is gone.
 */
export class SupervisedPart {
  private child: ChildProcess | undefined;
  private identity: string | null = null;
  private current: PartState = 'stopped';
  private restarts = 0;
  private failures = 0;
  private wasUp = false;
  private retry: NodeJS.Timeout | undefined;

  constructor(
    readonly spec: PartSpec,
    private readonly onChange: () => void,
    private readonly onEnd: (name: PartName, how: string, againInMs: number | undefined) => void,
  ) {}

  get state(): PartState {
    return this.current;
  }

  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  get record(): PartRecord {
    return { state: this.current, pid: this.pid, identity: this.identity, restarts: this.restarts };
  }

  /** True when it failed so often at its first start that trying on makes no sense. */
  get hasGivenUp(): boolean {
    return !this.wasUp && this.failures >= mostFailures;
  }

  private become(state: PartState): void {
    this.current = state;
    this.onChange();
  }

  start(): void {
    clearTimeout(this.retry);
    if (this.child) return;
    const log = openSync(this.spec.log, 'a');
    const startedAtMs = Date.now();
    // Detached: an interrupt typed at the terminal reaches the supervisor alone, which ends the parts in order.
    const child = spawn(this.spec.program, this.spec.args, {
      env: this.spec.env,
      stdio: ['pipe', log, log],
      detached: true,
    });
    closeSync(log);
    // Writing nothing, it can only fail by the other end's closing.
    child.stdin?.on('error', () => undefined);
    this.child = child;
    this.identity = child.pid === undefined ? null : (identityOf(child.pid) ?? null);
    let ended = false;
    const end = (how: string): void => {
      if (ended) return;
      ended = true;
      child.stdin?.destroy();
      this.ended(how, Date.now() - startedAtMs);
    };
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, signal) => end(signal === null ? `exit ${code}` : signal));
    this.become(this.restarts > 0 ? 'restarting' : 'starting');
    void this.watchUntilUp(child);
  }

  private async watchUntilUp(child: ChildProcess): Promise<void> {
    const isStill = (): boolean => this.child === child;
    const check = async (): Promise<boolean> =>
      !isStill() || (child.pid !== undefined && (await this.spec.isUp(child.pid)));
    try {
      await waitUntil(check, Number.POSITIVE_INFINITY, 40);
    } catch (error) {
      // The last line of the log is what is shown of a part that gives up.
      if (isStill()) appendFileSync(this.spec.log, `${oneLine(error)}\n`);
      child.kill('SIGKILL');
      return;
    }
    if (!isStill() || (this.current !== 'starting' && this.current !== 'restarting')) return;
    this.wasUp = true;
    this.become('up');
  }

  private ended(how: string, ranForMs: number): void {
    this.child = undefined;
    this.identity = null;
    if (this.current === 'held' || this.current === 'stopped') {
      this.onChange();
      return;
    }
    if (this.current === 'up' && ranForMs >= settledAfterMs) this.failures = 0;
    const backoffMs = Math.min(firstBackoffMs * 2 ** this.failures, longestBackoffMs);
    this.failures += 1;
    this.restarts += 1;
    this.onEnd(this.spec.name, how, this.hasGivenUp ? undefined : backoffMs);
    this.become('restarting');
    if (!this.hasGivenUp) this.retry = setTimeout(() => this.start(), backoffMs);
  }

  /** Sends a signal to the process, if there is one. */
  signal(signal: NodeJS.Signals): boolean {
    return this.child?.kill(signal) ?? false;
  }

  /** Ends the process and keeps it ended until `start`. */
  async hold(signal: NodeJS.Signals): Promise<void> {
    clearTimeout(this.retry);
    this.become('held');
    await this.end(signal);
  }

  async stop(): Promise<void> {
    clearTimeout(this.retry);
    this.become('stopped');
    await this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child) return;
    child.kill(signal);
    const hasEnded = (): boolean => this.child !== child;
    if (await waitUntil(hasEnded, endTimeoutMs, 10)) return;
    child.kill('SIGKILL');
    await waitUntil(hasEnded, endTimeoutMs, 10);
  }
}
