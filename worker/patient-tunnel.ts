import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface PatientTunnel {
  /** Where to connect to in place of the far end. */
  readonly address: string;
  close(): Promise<void>;
}

const tryEveryMs = 100;
const tryForMs = 3_000;

interface Place {
  readonly host: string;
  readonly port: number;
}

/** @throws Error where the address is not `host:port` */
export function placeOf(address: string): Place {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(address);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) throw new Error(`"${address}" is not an address like host:port`);
  return { host, port: Number(match?.[3]) };
}

/** One try; null when the far end did not take the connection. */
function reach(place: Place): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(place);
    const fail = (): void => {
      socket.destroy();
      resolve(null);
    };
    socket.setTimeout(tryForMs, fail);
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

/** Holds a connection until the far end takes it, and from then on is nothing but a wire. */
async function carry(near: Socket, place: Place): Promise<void> {
  near.on('error', () => near.destroy());
  while (!near.destroyed) {
    const far = await reach(place);
    if (far !== null) {
      far.on('error', () => near.destroy());
      far.on('close', () => near.destroy());
      near.on('close', () => far.destroy());
      for (const socket of [near, far]) socket.setNoDelay(true);
      far.pipe(near);
      near.pipe(far);
      if (near.destroyed) far.destroy();
      return;
    }
    await new Promise((resolve) => {
      setTimeout(resolve, tryEveryMs);
    });
  }
}

/**
 * A way to a server that waits for it while it is away. The SDK's polls, when a connection is refused, wait longer and
 * longer, up to 12 s, which can't be set; here the connection is taken at once, and the poll arrives as soon as the
 * server is back. Bytes pass unread, so that TLS works through it.
 */
export async function openPatientTunnel(address: string): Promise<PatientTunnel> {
  const place = placeOf(address);
  const open = new Set<Socket>();
  const server: Server = createServer({ pauseOnConnect: true }, (near) => {
    open.add(near);
    near.once('close', () => open.delete(near));
    void carry(near, place);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const { port }: AddressInfo = addressOf(server);
  return {
    address: `127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the tunnel has no port');
  return address;
}
