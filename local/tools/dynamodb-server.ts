import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { UserError } from './user-error.ts';

export interface NativeDynamodb {
  readonly program: string;
  /** The database, one SQLite file; made when it is missing. */
  readonly file: string;
}

/** The program that comes as an optional package where there is one for the machine; undefined elsewhere. */
function findProgram(): string | undefined {
  try {
    return createRequire(__filename).resolve('@dynoxide/linux-x64/dynoxide');
  } catch {
    return undefined;
  }
}

/**
 * The native DynamoDB endpoint for this folder; undefined where dynalite serves it: no program for this machine, or a
 * folder that dynalite has written. Throws a `UserError` when the native one wrote the folder and is missing now.
 */
export function nativeDynamodb(folder: string, find = findProgram): NativeDynamodb | undefined {
  // LevelDB's own name for the file that says which manifest counts.
  if (existsSync(join(folder, 'CURRENT'))) return undefined;
  const file = join(folder, 'dynamodb.sqlite');
  const program = find();
  if (program !== undefined) return { program, file };
  if (!existsSync(file)) return undefined;
  throw new UserError(
    `${file} was written by dynoxide, which is not installed here.`,
    'Run `npm ci` with optional packages, or set TIERLINE_DATA_DIR to another folder.',
  );
}
