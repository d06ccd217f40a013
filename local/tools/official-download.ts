import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import { checkout } from './folders.ts';

export type OfficialServer = 'dev-server' | 'time-skipping';

/** How long the download may stand still before the next way is tried. */
const stallMs = 15_000;

function bytesIn(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder).reduce(
    (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/**
 * Fetches a server with the downloader inside `@temporalio/testing`, in a process of its own because that downloader
 * has no time-out. True when the folder holds the executable afterwards.
 */
export async function officialDownload(kind: OfficialServer, folder: string): Promise<boolean> {
  mkdirSync(folder, { recursive: true });
  let lastBytes = 0;
  let movedAtMs = 0;
  const script = join(checkout, 'local', 'tools', 'run-official-download.ts');
  const register = join(checkout, 'scripts', 'register.cjs');
  const result = await runCommand(process.execPath, ['--require', register, script, kind, folder], {
    timeoutMs: 15 * 60_000,
    keepGoing: (elapsedMs) => {
      const bytes = bytesIn(folder);
      if (bytes !== lastBytes) {
        lastBytes = bytes;
        movedAtMs = elapsedMs;
      }
      return elapsedMs - movedAtMs < stallMs;
    },
  });
  return result.status === 0;
}
