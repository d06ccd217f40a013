import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import { contentHash } from './content-hash.ts';
import { checkout } from './folders.ts';

const sources = ['console', 'contracts', 'domain', 'package-lock.json'];

/**
 * Builds the console into `console/dist` when its sources have changed since. A console that does not build is no
 * reason to go without the API: this only says so.
 */
export async function buildConsole(progress: (line: string) => void): Promise<void> {
  const config = join(checkout, 'console', 'vite.config.ts');
  if (!existsSync(config)) return;
  const dist = join(checkout, 'console', 'dist');
  const marker = join(dist, 'built-from.txt');
  const hash = contentHash(...sources);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === hash && existsSync(join(dist, 'index.html'))) return;
  progress('Building the console...');
  const vite = join(checkout, 'node_modules', 'vite', 'bin', 'vite.js');
  const result = await runCommand(process.execPath, [vite, 'build', '--config', config, '--logLevel', 'warn'], {
    timeoutMs: 180_000,
    cwd: join(checkout, 'console'),
  });
  if (result.status === 0) writeFileSync(marker, hash);
  else
    progress(
      `The console could not be built: ${(result.stderr.trim() || result.stdout.trim()).split('\n')[0] ?? 'no message'}`,
    );
}
