import { spawn, type StdioOptions } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface CommandResult {
  /** Exit code; null when it was ended by a signal, by the time-out or could not be started. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

export interface CommandOptions {
  readonly timeoutMs: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Called every few seconds while it runs; the command is ended when it answers false. */
  readonly keepGoing?: (elapsedMs: number) => boolean;
}

/** Runs a program to its end and never throws: what went wrong is in the result. */
export function runCommand(program: string, args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve) => {
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe'];
    const startedAtMs = Date.now();
    // A group of its own, so that a time-out ends what the program started as well.
    const child = spawn(program, args, { cwd: options.cwd, env: options.env ?? process.env, stdio, detached: true });
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    const endGroup = (): void => {
      timedOut = true;
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It ended by itself meanwhile.
      }
    };
    process.once('exit', endGroup);
    const deadline = setTimeout(endGroup, options.timeoutMs);
    const beat = setInterval(() => {
      if (options.keepGoing && !options.keepGoing(Date.now() - startedAtMs)) endGroup();
    }, 2_000);
    const finish = (status: number | null): void => {
      clearTimeout(deadline);
      clearInterval(beat);
      process.removeListener('exit', endGroup);
      resolve({ status, stdout, stderr, timedOut });
    };
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    child.once('error', (error) => {
      stderr += error.message;
      finish(null);
    });
    child.once('close', (status) => finish(status));
  });
}

/** Full path of a program on PATH. */
export function findOnPath(...names: readonly string[]): string | undefined {
  for (const name of names) {
    for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
      const candidate = join(folder === '' ? '.' : folder, name);
      if (isExecutable(candidate)) return candidate;
    }
  }
  return undefined;
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
