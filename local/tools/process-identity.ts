import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When a process began, as the system tells it: together with its number it names one process for good, while a number
 * alone is given to another one later. Undefined when there is no such process.
 */
export function identityOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name of the program stands in parentheses and may hold anything; the start time is the 20th field after it.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // A zombie has ended; nobody has asked for its exit code yet.
      return fields[0] === 'Z' ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  try {
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.trim() || undefined;
  } catch {
    return undefined;
  }
}

export function isSameProcess(pid: number, identity: string): boolean {
  return identityOf(pid) === identity;
}

/** Sends a signal to a process if it is still the one that is meant; true when it was sent. */
export function signalIfSame(pid: number, identity: string, signal: NodeJS.Signals): boolean {
  if (!isSameProcess(pid, identity)) return false;
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
