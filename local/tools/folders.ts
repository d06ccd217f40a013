import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { setting, type EnvSource } from '../../contracts/env.ts';

/** The folder that holds package.json. */
export const checkout = dirname(dirname(__dirname));

/** Folder for tools that are downloaded or built once, shared by all checkouts of a user. */
export function cacheDir(env: EnvSource = process.env): string {
  const own = setting('cacheDir', env);
  const folder = own ?? join(setting('xdgCacheHome', env) ?? join(homedir(), '.cache'), 'tierline');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Folder of all local state; a relative one is taken from the checkout, not from where the command was typed. */
export function dataDir(env: EnvSource = process.env): string {
  const folder = setting('dataDir', env);
  return isAbsolute(folder) ? folder : resolve(checkout, folder);
}
