import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { checkout } from '../../local/tools/folders.ts';
import {
  answerSchema,
  loopSchema,
  openedSchema,
  timingsSchema,
  type Job,
  type LoopResult,
  type OpenedResult,
  type TimingsResult,
} from './jobs.ts';

type TimedJob = Exclude<Job, { kind: 'http-loop' | 'workflow-loop' | 'open-escalations' }>;

/** The process that makes the load, as the benchmark talks to it. */
export class LoadGenerator {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  #nextId = 1;

  constructor(env: Readonly<Record<string, string>>) {
    this.#child = fork(join(checkout, 'bench', 'load', 'main.ts'), {
      execArgv: ['--require', join(checkout, 'scripts', 'register.cjs')],
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child.on('message', (message) => {
      const { id, result, error } = answerSchema.parse(message);
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(error));
    });
    this.#child.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the load generator ended'));
      this.#waiting.clear();
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async timed(job: TimedJob): Promise<TimingsResult> {
    return timingsSchema.parse(await this.#ask(job));
  }

  async loop(job: Extract<Job, { kind: 'http-loop' | 'workflow-loop' }>): Promise<LoopResult> {
    return loopSchema.parse(await this.#ask(job));
  }

  async open(job: Extract<Job, { kind: 'open-escalations' }>): Promise<OpenedResult> {
    return openedSchema.parse(await this.#ask(job));
  }

  close(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  #ask(job: Job): Promise<unknown> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, job });
    });
  }
}
