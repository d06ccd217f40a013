import { setting, type EnvSource } from '../../contracts/env.ts';
import { readRunFile } from '../run-file.ts';
import { isWorker } from '../names.ts';
import { acceptsConnections, answersHttp } from '../tools/wait.ts';

export type PartHealth = 'ok' | 'down' | 'unknown';

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
