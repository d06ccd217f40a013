import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { isBrokenWay } from '../../lambdas/temporal/grpc-errors.ts';
import { TemporalChannel } from '../../lambdas/temporal/temporal-channel.ts';
import { TemporalGateway } from '../../lambdas/temporal/temporal-gateway.ts';

const checkout = join(__dirname, '..', '..');
const closing: (() => void)[] = [];

/** Takes every connection and never answers, as the far end of a socket does that was dead before it was noticed. */
async function silentServer(): Promise<{ readonly address: string; readonly sockets: readonly Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined).resume());
  }).listen(0, '127.0.0.1');
  closing.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await once(server, 'listening');
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('the server listens on a port');
  return { address: `127.0.0.1:${at.port}`, sockets };
}

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

  it('does not make Node follow every promise of the process', () => {
    const program = join(__dirname, 'support', 'promises-followed.ts');
    const { stdout } = spawnSync(process.execPath, ['--require', join(checkout, 'scripts', 'register.cjs'), program], {
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout)).toEqual({ failed: true, followed: false });
  });
});
