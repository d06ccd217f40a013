import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttp2Server, type ServerHttp2Session } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { CommandMessage } from '../../contracts/workflow-messages.ts';
import { ApiError } from '../../lambdas/http/api-error.ts';
import { isBrokenWay } from '../../lambdas/temporal/grpc-errors.ts';
import { waitUntil } from '../../local/tools/wait.ts';
import { TemporalChannel } from '../../lambdas/temporal/temporal-channel.ts';
import { TemporalGateway } from '../../lambdas/temporal/temporal-gateway.ts';

const checkout = join(__dirname, '..', '..');
const closing: (() => void)[] = [];

interface DumbServer {
  readonly address: string;
  readonly sockets: readonly Socket[];
}

/** Has a server listen until the test is over, which then cuts what is connected. */
async function listening(server: Server, connected: readonly { destroy: () => void }[]): Promise<string> {
  server.listen(0, '127.0.0.1');
  closing.push(() => {
    server.close();
    for (const each of connected) each.destroy();
  });
  await once(server, 'listening');
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('the server listens on a port');
  return `127.0.0.1:${at.port}`;
}

async function dumbServer(greet: (socket: Socket) => void): Promise<DumbServer> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    greet(socket);
  });
  return { address: await listening(server, sockets), sockets };
}

/** Takes every connection and never answers, as the far end of a socket does that was dead before it was noticed. */
function silentServer(): Promise<DumbServer> {
  return dumbServer((socket) => void socket.resume());
}

/** Ends every connection at once: a server that is away, which counts those who asked for it. */
function absentServer(): Promise<DumbServer> {
  return dumbServer((socket) => void socket.destroy());
}

/** Takes requests as Temporal does and never answers one. */
async function muteServer(): Promise<{ readonly address: string; readonly sessions: readonly ServerHttp2Session[] }> {
  const sessions: ServerHttp2Session[] = [];
  const server = createHttp2Server().on('session', (session) => sessions.push(session));
  return { address: await listening(server, sessions), sessions };
}

/** How a request that is not answered, or not sent, ends. */
function failureOf(channel: TemporalChannel, requestMs: number): Promise<unknown> {
  return channel
    .within(requestMs, (client) => client.workflow.getHandle('esc_1').describe())
    .then(
      () => 'answered',
      (error: unknown) => error,
    );
}

const acknowledgement: CommandMessage = {
  commandId: 'cmd_1',
  bodyHash: 'hash',
  actor: { kind: 'person', id: 'rita' },
  command: { type: 'acknowledge' },
};

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

describe('the way to Temporal', () => {
  it('takes a socket of its own for the second try', async () => {
    const server = await silentServer();
    const gateway = new TemporalGateway({ address: server.address, namespace: 'default' });
    closing.push(() => void gateway.close());
    await expect(gateway.reportClear('esc_1', 'sev1', { source: 'bench', messageId: 'm1' })).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(server.sockets.length).toBe(2);
  }, 15_000);

  it('shares one socket between calls that may take long and calls that may not', async () => {
    const server = await silentServer();
    const channel = new TemporalChannel({ address: server.address, namespace: 'default' });
    closing.push(() => channel.close());
    const calls = [100, 150, 200].map((requestMs) =>
      channel.within(requestMs, (client) => client.workflow.getHandle('esc_1').describe()),
    );
    const ended = await Promise.allSettled(calls);
    expect(ended.map((call) => call.status === 'rejected' && isBrokenWay(call.reason))).toEqual([true, true, true]);
    expect(server.sockets.length).toBe(1);
  });

  it('ends a call of many requests when its own time is over', async () => {
    const server = await silentServer();
    const channel = new TemporalChannel({ address: server.address, namespace: 'default' });
    closing.push(() => channel.close());
    const call = channel.within(60_000, (client) => client.workflow.getHandle('esc_1').describe(), 50);
    const failure = await call.catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'CallTooLong', message: 'no answer within 50 ms' });
    expect(isBrokenWay(failure)).toBe(true);
  });

  it('opens few ways to a server that is away, however many ask for it, and tells them that nothing was sent', async () => {
    const server = await absentServer();
    const gateway = new TemporalGateway({ address: server.address, namespace: 'default' });
    closing.push(() => void gateway.close());
    const codes = new Map<string, number>();
    const untilMs = Date.now() + 2_000;
    const asking = Array.from({ length: 20 }, async () => {
      while (Date.now() < untilMs) {
        const answer = await gateway
          .sendCommand('esc_1', 'sev2', acknowledgement)
          .then(({ kind }) => kind)
          .catch((error: unknown) => (error instanceof ApiError ? error.code : String(error)));
        codes.set(answer, (codes.get(answer) ?? 0) + 1);
        await sleep(20);
      }
    });
    await Promise.all(asking);
    // At most one fresh way each half second, which connects again after 0.1 s.
    expect(server.sockets.length).toBeLessThan(20);
    expect([...codes.keys()].toSorted()).toEqual(['outcome_unknown', 'unavailable']);
    expect(codes.get('unavailable')).toBeGreaterThan(10 * (codes.get('outcome_unknown') ?? 0));
  });

  it('is found again within a second when its server is back', async () => {
    const absent = await absentServer();
    const gateway = new TemporalGateway({ address: absent.address, namespace: 'default' });
    closing.push(() => void gateway.close());
    for (let n = 0; n < 40; n += 1) {
      await gateway.sendCommand('esc_1', 'sev2', acknowledgement).catch(() => undefined);
      await sleep(25);
    }
    const before = absent.sockets.length;
    const askedAtMs = Date.now();
    while (absent.sockets.length === before) {
      await gateway.sendCommand('esc_1', 'sev2', acknowledgement).catch(() => undefined);
      await sleep(10);
    }
    expect(Date.now() - askedAtMs).toBeLessThan(1_000);
  });

  it('connects no more after it was given up, where nothing is under way on it', async () => {
    const server = await absentServer();
    const channel = new TemporalChannel({ address: server.address, namespace: 'default' });
    expect(isBrokenWay(await failureOf(channel, 1_000))).toBe(true);
    expect(channel.isCut).toBe(true);
    channel.retire(60_000);
    // An attempt that was on its way is made; left open it would be tried for ever.
    await sleep(500);
    const before = server.sockets.length;
    await sleep(1_500);
    expect(server.sockets.length).toBe(before);
  });

  it('is closed, when it was given up, as soon as what was under way has ended or taken too long', async () => {
    const server = await muteServer();
    const short = new TemporalChannel({ address: server.address, namespace: 'default' });
    const ended = failureOf(short, 300);
    short.retire(60_000);
    expect(isBrokenWay(await ended)).toBe(true);
    expect(await waitUntil(() => server.sessions[0]?.closed === true, 2_000, 20)).toBe(true);

    const long = new TemporalChannel({ address: server.address, namespace: 'default' });
    const cut = failureOf(long, 3_000);
    expect(await waitUntil(() => server.sessions.length === 2, 2_000, 20)).toBe(true);
    expect(server.sessions[1]?.closed).toBe(false);
    long.retire(100);
    await sleep(400);
    // What is under way still ends by itself; nothing new is taken.
    expect(await failureOf(long, 1_000)).toBeInstanceOf(Error);
    expect(isBrokenWay(await cut)).toBe(true);
    expect(await waitUntil(() => server.sessions[1]?.closed === true, 2_000, 20)).toBe(true);
  });

  it('does not make Node follow every promise of the process', () => {
    const program = join(__dirname, 'support', 'promises-followed.ts');
    const { stdout } = spawnSync(process.execPath, ['--require', join(checkout, 'scripts', 'register.cjs'), program], {
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout)).toEqual({ failed: true, followed: false });
  });
});
