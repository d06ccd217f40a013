import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod';
import { checkout } from '../../local/tools/folders.ts';

const firedSchema = z.object({
  kind: z.literal('fired'),
  fired: z.array(z.object({ lateMs: z.number(), group: z.string(), atMs: z.number() })),
});
export type Fired = z.infer<typeof firedSchema>['fired'][number];
const readySchema = z.object({ kind: z.literal('ready') });

/** The worker of the bare workflows, as the benchmark talks to it. */
export class RawWorker {
  private constructor(private readonly child: ChildProcess) {}

  static async start(env: Readonly<Record<string, string>>, doneFile: string): Promise<RawWorker> {
    const child = fork(join(checkout, 'bench', 'raw', 'worker.ts'), [doneFile], {
      execArgv: ['--require', join(checkout, 'scripts', 'register.cjs')],
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('message', (message) => {
        readySchema.parse(message);
        resolve();
      });
      child.once('exit', () => reject(new Error('the raw worker did not start')));
    });
    return new RawWorker(child);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Timers that have fired since the last question. */
  fired(): Promise<readonly Fired[]> {
    return new Promise((resolve) => {
      this.child.once('message', (message) => resolve(firedSchema.parse(message).fired));
      this.child.send('fired');
    });
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = new Promise((resolve) => void this.child.once('exit', resolve));
    if (this.child.connected) this.child.disconnect();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 8_000);
    await ended;
    clearTimeout(timer);
  }
}
