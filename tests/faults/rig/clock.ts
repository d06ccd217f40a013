import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian's package `faketime` puts its library; the folder between bears the name of the architecture. */
function findLibrary(): string | undefined {
  const root = '/usr/lib';
  if (!existsSync(root)) return undefined;
  return ['', ...readdirSync(root)]
    .map((folder) => join(root, folder, 'faketime', 'libfaketime.so.1'))
    .find((path) => existsSync(path));
}

export type ClockTool = 'libfaketime' | 'preload';

/**
 * The environment of a process whose clock is wrong: by libfaketime, which reaches the native parts as well, where it
 * is installed; else by a script that moves the clock of JavaScript.
 */
export function skewedClock(offsetSeconds: number): {
  readonly tool: ClockTool;
  readonly env: Readonly<Record<string, string>>;
} {
  const library = findLibrary();
  if (library === undefined) {
    const script = join(__dirname, 'skew-clock.cjs');
    return {
      tool: 'preload',
      env: { NODE_OPTIONS: `--require ${script}`, TIERLINE_CLOCK_OFFSET_MS: String(offsetSeconds * 1_000) },
    };
  }
  const sign = offsetSeconds < 0 ? '-' : '+';
  return {
    tool: 'libfaketime',
    env: {
      LD_PRELOAD: library,
      FAKETIME: `${sign}${Math.abs(offsetSeconds)}s`,
      // Waiting goes by the monotonic clock, which no wrong date changes.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
  };
}

export const straightClock: Readonly<Record<string, string>> = {
  LD_PRELOAD: '',
  FAKETIME: '',
  NODE_OPTIONS: '',
  TIERLINE_CLOCK_OFFSET_MS: '',
};
