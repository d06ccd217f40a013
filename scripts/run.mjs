/**
 * `node scripts/run.mjs FILE [args]`: runs a TypeScript entry of this checkout, after making sure that its packages
 * are installed. It runs in this very process, so standard input and output, signals and the exit code are its own.
 */
/* oxlint-disable no-underscore-dangle -- the names are Node's */
import { existsSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { checkout, ensureInstall, reportSetupErrors, SetupError } from './ensure-install.mjs';

const [entry, ...args] = process.argv.slice(2);

reportSetupErrors(() => {
  if (entry === undefined) throw new SetupError('usage: node scripts/run.mjs FILE [args]');
  const file = resolve(checkout, entry);
  if (!existsSync(file)) throw new SetupError(`There is no ${entry} in this checkout.`);
  ensureInstall();
  createRequire(import.meta.url)(join(checkout, 'scripts', 'register.cjs'));
  process.argv.splice(1, process.argv.length - 1, file, ...args);
  // As main module, so that `require.main === module` holds in it.
  Module._load(file, null, true);
});
