/** Something that a person can put right: shown as one line, without a stack. */
export class UserError extends Error {
  constructor(what: string, remedy: string) {
    super(`${what} ${remedy}`.trim());
    this.name = 'UserError';
  }
}

/** The code of a system error such as EADDRINUSE or ENOSPC. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** One line for any error; turns the usual system errors into a sentence with its remedy. */
export function oneLine(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const code = errorCode(error);
  const path = typeof error === 'object' && error !== null && 'path' in error ? ` (${String(error.path)})` : '';
  if (code === 'ENOSPC')
    return `The disk is full${path}. Free some space, or set TIERLINE_DATA_DIR to a folder on another disk.`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `Writing is not allowed${path}. Change the owner of the folder, or set TIERLINE_DATA_DIR to one of your own.`;
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0] ?? message;
}
