/** A command line that is not understood: the message is printed with a pointer to `--help`. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/**
 * Runs a command: `--help` (or nothing at all) prints its usage, a failure is one line on standard error and exit code 1,
 * 2 for a command line that is not understood. A reader that stops reading (`| head`) ends it quietly.
 */
export function runCommand(usage: string, run: (args: string[]) => Promise<void>): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
  const args = process.argv.slice(2);
  if (args.length === 0 || args.includes('--help') || args.includes('-h')) {
    process.stdout.write(usage);
    return;
  }
  run(args).catch((error: unknown) => {
    const isUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${message}${isUsage ? '; --help shows how' : ''}\n`);
    process.exitCode = isUsage ? 2 : 1;
  });
}
