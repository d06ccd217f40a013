import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import { contentHash } from './content-hash.ts';
import { cacheDir, checkout } from './folders.ts';
import { UserError } from './user-error.ts';

const mostKept = 20;

/** What the bundle is made from: the workflows and everything that they may import. */
const sources = ['workflows', 'domain', 'contracts', 'worker/workflow-bundle.ts', 'package-lock.json'];

/**
 * The compiled workflows of this checkout as a file: compiled when their sources have changed, else taken from the
 * cache. Give its path to a worker by `TIERLINE_WORKFLOW_BUNDLE`. Throws a `UserError` when they do not compile.
 */
export async function cachedWorkflowBundle(progress: (line: string) => void = () => undefined): Promise<string> {
  const folder = join(cacheDir(), 'workflow-bundles');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${contentHash(...sources)}.js`);
  if (existsSync(path)) return path;
  progress('Compiling the workflows...');
  const script = join(checkout, 'local', 'tools', 'compile-workflows.ts');
  const result = await runCommand(
    process.execPath,
    ['--require', join(checkout, 'scripts', 'register.cjs'), script, path],
    { timeoutMs: 120_000 },
  );
  if (result.status !== 0) {
    const line = result.stderr
      .trim()
      .split('\n')
      .find((text) => /error/i.test(text));
    throw new UserError('The workflows do not compile:', line ?? result.stderr.trim().slice(-300));
  }
  removeOld(folder);
  return path;
}

function removeOld(folder: string): void {
  const files = readdirSync(folder).map((name) => ({
    path: join(folder, name),
    mtimeMs: statSync(join(folder, name)).mtimeMs,
  }));
  for (const { path } of files.toSorted((a, b) => b.mtimeMs - a.mtimeMs).slice(mostKept)) rmSync(path, { force: true });
}
