import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from './data-folder.ts';
import { runCommand } from './tools/command.ts';
import { contentHash } from './tools/content-hash.ts';
import { checkout } from './tools/folders.ts';
import { UserError } from './tools/user-error.ts';

/**
 * Puts the policies of the checkout in force, at the first start on a data folder and whenever their files have
 * changed since: what was published by hand in between stays in force.
 */
export async function seedPolicies(dataDir: string, env: Readonly<Record<string, string>>): Promise<void> {
  const marker = join(dataDir, 'policies-published.txt');
  const hash = contentHash('policies');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === hash) return;
  const script = join(checkout, 'local', 'tools', 'publish-policies.ts');
  const result = await runCommand(process.execPath, ['--require', join(checkout, 'scripts', 'register.cjs'), script], {
    timeoutMs: 60_000,
    env,
  });
  if (result.status !== 0) {
    const line = result.stderr.trim().split('\n').at(-1) ?? 'no message';
    throw new UserError(`The policies could not be put in force: ${line}`, 'Check them with `npm run policy`.');
  }
  writeWhole(marker, hash);
}
