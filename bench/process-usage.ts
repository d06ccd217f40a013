import { readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second. */
const tickMs = 10;

/** Processor time of a process since it began, in ms; 0 where it can't be read. */
export function cpuMsOf(pid: number | null | undefined): number {
  if (pid === null || pid === undefined) return 0;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * tickMs;
  } catch {
    return 0;
  }
}

/** Resident memory of a process in MiB, now and at its highest; NaN where it can't be read. */
export function memoryMiBOf(pid: number | null | undefined): { readonly now: number; readonly highest: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]);
    return { now: kib('VmRSS') / 1_024, highest: kib('VmHWM') / 1_024 };
  } catch {
    return { now: Number.NaN, highest: Number.NaN };
  }
}
