import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../../local/tools/ports.ts';
import { openPatientTunnel, placeOf, type PatientTunnel } from '../../worker/patient-tunnel.ts';
import { openTunnelThread } from '../../worker/tunnel-thread.ts';

let tunnel: PatientTunnel | undefined;
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
  const { host, port } = placeOf(tunnel?.address ?? '');
  const socket = connect(port, host);
  sockets.push(socket);
  return socket;
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await tunnel?.close();
  tunnel = undefined;
  server?.close();
});

describe.each([
  { where: 'in its own thread', open: openTunnelThread },
  { where: 'in the thread of its caller', open: openPatientTunnel },
])('the way to a server that is away, $where', ({ open }) => {
  it('takes a connection at once, and passes on what was said as soon as the server is there', async () => {
    const port = await freePort(new Set());
    tunnel = await open(`127.0.0.1:${port}`);
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
    tunnel = await open(`127.0.0.1:${port}`);
    const socket = near();
    socket.write('x');
    await once(socket, 'data');
    const closed = once(socket, 'close');
    for (const each of sockets) if (each !== socket) each.destroy();
    await closed;
    expect(socket.destroyed).toBe(true);
  });
});

/** An echo and somebody who asks it without end, both in another thread; says how often it was answered, when asked. */
const askingThread = `
  const { connect, createServer } = require('node:net');
  const { parentPort, workerData } = require('node:worker_threads');
  let answers = 0;
  createServer((socket) => socket.pipe(socket)).listen(workerData.far, '127.0.0.1', () => {
    const socket = connect(workerData.near, '127.0.0.1', () => socket.write('x'));
    socket.on('data', () => {
      answers += 1;
      if (answers === 1) parentPort.postMessage('answered');
      socket.write('x');
    });
  });
  parentPort.on('message', () => parentPort.postMessage(answers));
`;

describe('the way to a server, in its own thread', () => {
  it('carries on while the thread that opened it is busy', async () => {
    const far = await freePort(new Set());
    tunnel = await openTunnelThread(`127.0.0.1:${far}`);
    const thread = new Worker(askingThread, { eval: true, workerData: { far, near: placeOf(tunnel.address).port } });
    await once(thread, 'message');
    const asked = once(thread, 'message');
    const busyUntilMs = performance.now() + 1_000;
    while (performance.now() < busyUntilMs);
    thread.postMessage('how often?', []);
    const [answers]: unknown[] = await asked;
    await thread.terminate();
    expect(answers).toBeGreaterThan(20);
  });

  it('is refused for what is no address', async () => {
    await expect(openTunnelThread('7233')).rejects.toThrow('host:port');
  });
});

describe('an address', () => {
  it('has a name, a number or brackets, and a port', () => {
    expect(placeOf('temporal.example:7233')).toEqual({ host: 'temporal.example', port: 7233 });
    expect(placeOf('[::1]:7233')).toEqual({ host: '::1', port: 7233 });
    expect(() => placeOf('7233')).toThrow('host:port');
  });
});
