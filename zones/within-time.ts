import { Script } from 'node:vm';

const call = new Script('run()');

/**
 * Runs something that may never end by itself, such as following a rule from outside.
 *
 * @param limitMs after so much time it is stopped, wherever it is
 * @throws `Error` with `tooLong` when it was stopped; what `run` throws otherwise
 */
export function withinTime<T>(limitMs: number, tooLong: string, run: () => T): T {
  const done: { value: T }[] = [];
  try {
    call.runInNewContext({ run: () => void done.push({ value: run() }) }, { timeout: limitMs });
  } catch (error) {
    // Not an `instanceof`: the error may be of another realm.
    const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
    throw code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? new Error(tooLong, { cause: error }) : error;
  }
  const [result] = done;
  if (result === undefined) throw new Error('it ended without a result');
  return result.value;
}
