import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of `cli/` in a process of its own, as `npm run` does. */
export function runCli(name: string, args: readonly string[], input = ''): CliResult {
  const command = ['--import', 'tsx', join(ROOT, 'cli', `${name}.ts`), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: ROOT, input, encoding: 'utf8' });
  return { status, stdout, stderr };
}
