import { once } from 'node:events';
import { join } from 'node:path';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import * as z from 'zod';
import { openPatientTunnel, placeOf, type PatientTunnel } from './patient-tunnel.ts';

const way = z.object({ address: z.string() });

/**
 * A patient tunnel in a thread of its own, so that what the server sends is not kept back by what the program has to do.
 * @throws Error where the address is not `host:port`, or the thread can't be started
 */
export async function openTunnelThread(address: string): Promise<PatientTunnel> {
  placeOf(address);
  const thread = new Worker(join(__dirname, 'tunnel-thread.ts'), {
    workerData: { address },
    execArgv: ['--require', join(__dirname, '..', 'scripts', 'register.cjs')],
  });
  const [message]: unknown[] = await once(thread, 'message');
  return {
    address: way.parse(message).address,
    close: async () => {
      await thread.terminate();
    },
  };
}

async function runThread(port: NonNullable<typeof parentPort>): Promise<void> {
  const tunnel = await openPatientTunnel(way.parse(workerData).address);
  port.postMessage({ address: tunnel.address });
}

if (parentPort !== null && require.main === module) void runThread(parentPort);
