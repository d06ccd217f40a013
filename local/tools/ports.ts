import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';
import { loopback } from '../names.ts';
import { errorCode } from './user-error.ts';

/**
 * Below the range that systems hand out to outgoing connections: a port from that range can be taken by any connection
 * while its part is down, and the part could not come back to it.
 */
const lowestPort = 20_000;
const highestPort = 32_000;

/** True when nothing listens on the port of the loopback interface. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if (errorCode(error) === 'EADDRINUSE' || errorCode(error) === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen({ port, host: loopback, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A free port that is not among those taken already; `preferred` ones are tried first. */
export async function freePort(taken: ReadonlySet<number>, preferred: readonly number[] = []): Promise<number> {
  for (const port of preferred) {
    if (port > 0 && port < 65_536 && !taken.has(port) && (await isFree(port))) return port;
  }
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = randomInt(lowestPort, highestPort);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new Error('no free port was found');
}
