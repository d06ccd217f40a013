import * as z from 'zod';
import { taskQueues } from '../../contracts/temporal-names.ts';
import { setting, type EnvSource } from '../../contracts/env.ts';
import { readRunFile } from '../run-file.ts';
import { isWorker } from '../names.ts';
import { acceptsConnections, answersHttp } from '../tools/wait.ts';

export type PartHealth = 'ok' | 'down' | 'unknown';

const pollersSchema = z.object({ pollers: z.array(z.object({ identity: z.string() })).default([]) });

/** Identities of the workers that ask the task queue for work; undefined when the server does not say. */
export async function pollerIdentities(
  temporalHttpUrl: string,
  namespace: string,
): Promise<readonly string[] | undefined> {
  try {
    const queue = encodeURIComponent(taskQueues.escalations);
    const url = `${temporalHttpUrl}/api/v1/namespaces/${namespace}/task-queues/${queue}?taskQueueType=TASK_QUEUE_TYPE_WORKFLOW`;
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    if (!response.ok) return undefined;
    return pollersSchema.parse(await response.json()).pollers.map(({ identity }) => identity);
  } catch {
    return undefined;
  }
}

/** The SDK names a worker after its process: `<pid>@<host>`. */
export function hasPoller(identities: readonly string[], pid: number): boolean {
  return identities.some((identity) => new RegExp(`(^|\\D)${pid}(\\D|$)`).test(identity));
}

async function http(url: string | undefined): Promise<PartHealth> {
  if (url === undefined) return 'unknown';
  return (await answersHttp(url)) ? 'ok' : 'down';
}

/** The health of each part as seen from here, each asked in its own protocol. */
export async function checkParts(
  dataDir: string,
  env: EnvSource = process.env,
): Promise<Readonly<Record<string, PartHealth>>> {
  const temporalHttpUrl = setting('temporalHttpUrl', env);
  const namespace = setting('temporalNamespace', env);
  const temporal = async (): Promise<PartHealth> => {
    if (temporalHttpUrl !== undefined) return http(`${temporalHttpUrl}/api/v1/namespaces/${namespace}`);
    return (await acceptsConnections(setting('temporalAddress', env))) ? 'ok' : 'down';
  };
  const worker = async (): Promise<PartHealth> => {
    const run = readRunFile(dataDir);
    const workers = Object.entries(run?.parts ?? {}).filter(([name]) => isWorker(name));
    if (workers.length === 0) return 'unknown';
    return workers.some(([, { state }]) => state === 'up') ? 'ok' : 'down';
  };
  const issuer = setting('issuer', env);
  const snsEndpoint = setting('snsEndpoint', env);
  const checks = {
    temporal: temporal(),
    dynamodb: http(setting('dynamodbEndpoint', env)),
    sns: http(snsEndpoint === undefined ? undefined : `${snsEndpoint}/health`),
    issuer: http(issuer === undefined ? undefined : `${issuer}/.well-known/openid-configuration`),
    worker: worker(),
  };
  return Object.fromEntries(
    await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await check] as const)),
  );
}
