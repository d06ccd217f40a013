import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../../local/tools/ports.ts';
import { openPatientTunnel, placeOf, type PatientTunnel } from '../../worker/patient-tunnel.ts';

let tunnel: PatientTunnel;
const sockets: Socket[] = [];
let server: Server | undefined;

/** Answers what it is sent in capitals. */
async function startFarEnd(port: number): Promise<void> {
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('data', (data) => socket.write(data.toString().toUpperCase()));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

function near(): Socket {
  const { host, port } = placeOf(tunnel.address);
  const socket = connect(port, host);
  sockets.push(socket);
  return socket;
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await tunnel.close();
  server?.close();
});

describe('the way to a server that is away', () => {
  it('takes a connection at once, and passes on what was said as soon as the server is there', async () => {
    const port = await freePort(new Set());
    tunnel = await openPatientTunnel(`127.0.0.1:${port}`);
    const socket = near();
    await once(socket, 'connect');
    socket.write('poll');
    const answer = once(socket, 'data');
    await startFarEnd(port);
    expect(String(await answer)).toBe('POLL');
  });

  it('cuts a connection when the server cuts it, so that what was lost is noticed', async () => {
    const port = await freePort(new Set());
    await startFarEnd(port);
    tunnel = await openPatientTunnel(`127.0.0.1:${port}`);
    const socket = near();
    socket.write('x');
    await once(socket, 'data');
    const closed = once(socket, 'close');
    for (const each of sockets) if (each !== socket) each.destroy();
    await closed;
    expect(socket.destroyed).toBe(true);
  });

  it('knows addresses with names, numbers and brackets, and refuses others', () => {
    expect(placeOf('temporal.example:7233')).toEqual({ host: 'temporal.example', port: 7233 });
    expect(placeOf('[::1]:7233')).toEqual({ host: '::1', port: 7233 });
    expect(() => placeOf('7233')).toThrow('host:port');
  });
});
