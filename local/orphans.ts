import { readRunFile } from './run-file.ts';
import { isSameProcess, signalIfSame } from './tools/process-identity.ts';
import { waitUntil } from './tools/wait.ts';

/**
 * Ends what an earlier, killed supervisor has left running on a data folder. Called with the folder's lock held, so that
 * none of it can belong to anybody else. Answers with the names of the parts that were ended.
 */
export async function endOrphans(dataDir: string): Promise<string[]> {
  const parts = Object.entries(readRunFile(dataDir)?.parts ?? {});
  const ended: string[] = [];
  for (const [name, { pid, identity }] of parts) {
    if (pid === null || identity === null) continue;
    if (signalIfSame(pid, identity, 'SIGKILL')) ended.push(name);
  }
  const areGone = (): boolean =>
    parts.every(([, { pid, identity }]) => pid === null || identity === null || !isSameProcess(pid, identity));
  await waitUntil(areGone, 5_000, 20);
  return ended;
}
