import type { Server } from 'node:http';
import { loopback } from '../names.ts';
import { errorCode, oneLine, UserError } from '../tools/user-error.ts';

/** How long a part may take to end in order before it ends anyway. */
const closeTimeoutMs = 3_000;

/**
 * What every part of the stack does besides its work: it listens on the loopback interface, says in one line why it
 * could not, and ends when it is told to, or when the supervisor that holds its standard input is gone.
 */
export interface Part {
  readonly server: Server;
  readonly port: number;
  /** Puts away what is open; called once. */
  readonly close?: () => Promise<void>;
}

export function listen(server: Server, port: number): Promise<void> {
  // Clients that keep their connections would otherwise meet a closed one when they use it at the last moment.
  server.keepAliveTimeout = 75_000;
  server.headersTimeout = 80_000;
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      if (errorCode(error) !== 'EADDRINUSE') return reject(error);
      return reject(
        new UserError(`Port ${port} is taken.`, 'End the program that listens there, or choose another port.'),
      );
    });
    server.listen({ port, host: loopback, backlog: 1_024 }, () => resolve());
  });
}

/** Runs a part until it is told to end. Errors at the start are one line on standard error and exit code 1. */
export function runPart(start: () => Promise<Part>): void {
  let part: Part | undefined;
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(0), closeTimeoutMs).unref();
    part?.server.close();
    part?.server.closeAllConnections();
    void Promise.resolve(part?.close?.()).finally(() => process.exit(0));
  };
  endWithParent(end);
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  const begin = async (): Promise<void> => {
    part = await start();
    await listen(part.server, part.port);
  };
  begin().catch((error: unknown) => {
    // The last line of the log is what the supervisor shows.
    if (!(error instanceof UserError) && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
    process.stderr.write(`${oneLine(error)}\n`);
    process.exit(1);
  });
}

/** The supervisor holds the other end of standard input: its end, however it came, ends the input. */
function endWithParent(end: () => void): void {
  process.stdin.on('end', end).on('close', end).on('error', end).resume();
}
