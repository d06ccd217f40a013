import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { loopback } from '../../../local/names.ts';

/** A line to a port of this machine that can be made slow; where nothing listens there, connections are reset. */
export interface SlowLine {
  readonly endpoint: string;
  /** Milliseconds by which each request comes later; 0 at first. */
  delay(ms: number): void;
  close(): Promise<void>;
}

export async function openSlowLine(port: number): Promise<SlowLine> {
  let delayMs = 0;
  const sockets = new Set<Socket>();

  function join(near: Socket): void {
    const far = connect({ host: loopback, port });
    const end = (): void => {
      sockets.delete(near);
      near.destroy();
      far.destroy();
    };
    sockets.add(near);
    for (const socket of [near, far]) socket.setNoDelay(true).on('error', end).on('close', end);
    // What is on its way keeps its order when the delay changes.
    let sent: Promise<unknown> = Promise.resolve();
    near.on('data', (chunk) => {
      sent = Promise.all([sent, delayMs > 0 ? sleep(delayMs) : undefined]).then(() => far.write(chunk));
    });
    far.on('data', (chunk) => near.write(chunk));
  }

  const server = createServer(join);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: 0, host: loopback, backlog: 1_024 }, () => resolve());
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the slow line has no port');
  return {
    endpoint: `http://${loopback}:${address.port}`,
    delay: (ms) => {
      delayMs = ms;
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
