import { join } from 'node:path';
import { environmentOf, setting, variables, type EnvSource, type Setting } from '../contracts/env.ts';
import { assertNever } from '../domain/assert-never.ts';
import type { PartSpec } from './child.ts';
import { logFile, places, type Secrets } from './data-folder.ts';
import {
  clientIds,
  isWorker,
  loopback,
  queueUrl,
  topicArn,
  type PartName,
  type Ports,
  type WorkerPart,
} from './names.ts';
import type { Addresses } from './run-file.ts';
import { nativeDynamodb } from './tools/dynamodb-server.ts';
import { checkout } from './tools/folders.ts';
import { makeTable } from './tools/make-table.ts';
import { acceptsConnections, answersHttp } from './tools/wait.ts';

/** Everything that is decided before the first process starts. */
export interface StackPlan {
  readonly dataDir: string;
  readonly ports: Ports;
  readonly secrets: Secrets;
  /** The environment of whoever starts the stack, with what the stack was given besides. */
  readonly env: EnvSource;
  readonly partEnv: Readonly<Partial<Record<PartName, Readonly<Record<string, string>>>>>;
  readonly workers: readonly WorkerPart[];
}

/** Endpoints that are set from outside take the place of the local part. */
export function isExternal(part: PartName, env: EnvSource): boolean {
  const keys: Readonly<Partial<Record<PartName, Setting>>> = {
    temporal: 'temporalAddress',
    dynamodb: 'dynamodbEndpoint',
    sns: 'snsEndpoint',
    issuer: 'issuer',
  };
  const key = keys[part];
  return key !== undefined && (env[variables[key].name] ?? '') !== '';
}

/** The value that was set, never the fallback. */
function given(key: Setting, env: EnvSource): string | undefined {
  const value = env[variables[key].name];
  return value === '' ? undefined : value;
}

function at(port: number | undefined): string {
  return `http://${loopback}:${port}`;
}

/** Where everything is, for people and for `run.json`. */
export function addressesOf(plan: StackPlan): Addresses {
  const { ports, env } = plan;
  const local = <T>(part: PartName, own: T, external: T): T => (isExternal(part, env) ? external : own);
  const sns = local('sns', at(ports.sns), given('snsEndpoint', env) ?? null);
  const sqs = given('sqsEndpoint', env) ?? sns;
  const gateway = at(ports.gateway);
  return {
    console: gateway,
    api: `${gateway}/v1`,
    openApi: `${gateway}/openapi.json`,
    issuer: local('issuer', at(ports.issuer), setting('issuer', env) ?? ''),
    temporal: local('temporal', `${loopback}:${ports.temporal}`, setting('temporalAddress', env)),
    temporalUi: local<string | null>('temporal', at(ports.temporalUi), null),
    temporalHttp: local<string | null>('temporal', at(ports.temporalHttp), setting('temporalHttpUrl', env) ?? null),
    temporalNamespace: setting('temporalNamespace', env),
    dynamodb: local<string | null>('dynamodb', at(ports.dynamodb), given('dynamodbEndpoint', env) ?? null),
    sns,
    pagesQueue: given('pagesQueueUrl', env) ?? (isExternal('sns', env) || sqs === null ? null : queueUrl('pages', sqs)),
    updatesQueue:
      given('updatesQueueUrl', env) ?? (isExternal('sns', env) || sqs === null ? null : queueUrl('updates', sqs)),
    dataDir: plan.dataDir,
  };
}

function optional(key: Setting, value: string | null): Partial<Record<Setting, string>> {
  return value === null ? {} : { [key]: value };
}

/** The environment in which every part runs, and which tests take over to reach the same parts. */
export function stackEnvironment(plan: StackPlan, addresses: Addresses): Record<string, string> {
  const { env } = plan;
  const region = setting('awsRegion', env);
  const inherited = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
  const isAllLocal = !isExternal('dynamodb', env) && !isExternal('sns', env);
  // Keys of a real account are of no use to local endpoints, and must not be shown to them.
  if (isAllLocal) delete inherited[variables.awsProfile.name];
  return {
    ...inherited,
    ...environmentOf({
      ...(isAllLocal ? { awsAccessKeyId: 'local', awsSecretAccessKey: 'local' } : {}),
      awsRegion: region,
      noNodeWarning: 'true',
      temporalAddress: addresses.temporal,
      temporalNamespace: addresses.temporalNamespace,
      ...optional('temporalHttpUrl', addresses.temporalHttp),
      ...optional('dynamodbEndpoint', addresses.dynamodb),
      ...optional('snsEndpoint', addresses.sns),
      sqsEndpoint: given('sqsEndpoint', env) ?? addresses.sns ?? '',
      table: setting('table', env),
      pagesTopicArn: setting('pagesTopicArn', env) ?? topicArn('pages', region),
      updatesTopicArn: setting('updatesTopicArn', env) ?? topicArn('updates', region),
      ...optional('pagesQueueUrl', addresses.pagesQueue),
      ...optional('updatesQueueUrl', addresses.updatesQueue),
      issuer: addresses.issuer,
      clientIds: given('clientIds', env) ?? Object.values(clientIds).join(','),
      cursorSecret: setting('cursorSecret', env) ?? plan.secrets.cursor,
      publicUrl: given('publicUrl', env) ?? addresses.console,
      port: String(plan.ports.gateway),
      issuerPort: String(plan.ports.issuer),
      dynamodbPort: String(plan.ports.dynamodb),
      snsPort: String(plan.ports.sns),
      dataDir: plan.dataDir,
    }),
  };
}

const register = join(checkout, 'scripts', 'register.cjs');

/**
 * Runs a program that knows nothing of supervisors: a second process waits for the end of standard input and then
 * kills the first, which keeps the number that the supervisor knows.
 */
const endWithParent = 'exec 3<&0; (cat <&3 >/dev/null; kill -9 $$) 2>/dev/null & exec 3<&-; exec "$0" "$@" </dev/null';

/**
 * Limits of the development server, which are meant for a laptop's trial, raised to what one machine can do.
 * The poll rates alone take 40 ms off every hop; the new matcher makes priorities count; the rest only keeps the
 * server from refusing work that it could do.
 * Timers are fired by 8 at a time in place of 512: each fires one and waits for the one writer of its shard, which
 * serves whoever came first, so a signal would stand behind 512 of them when thousands fall due at once.
 * Timers are read a tenth of a second ahead in place of one: whichever is armed for an instant before the end of what has
 * been read fires at that end.
 * Which search attributes there are is read anew each minute, not with each start.
 */
const dynamicConfig: Readonly<Record<string, number | boolean | string>> = {
  'history.transferProcessorMaxPollRPS': 1_000,
  'history.transferProcessorMaxPollHostRPS': 2_000,
  'history.timerProcessorMaxPollRPS': 1_000,
  'history.timerProcessorMaxPollHostRPS': 2_000,
  'history.timerProcessorSchedulerWorkerCount': 8,
  'history.timerProcessorMaxTimeShift': '100ms',
  'matching.useNewMatcher': true,
  'system.enableActivityEagerExecution': true,
  'system.forceSearchAttributesCacheRefreshOnRead': false,
  'frontend.rps': 20_000,
  'frontend.namespaceRPS': 20_000,
  'frontend.persistenceMaxQPS': 50_000,
  'history.rps': 50_000,
  'history.persistenceMaxQPS': 50_000,
  'matching.rps': 50_000,
  'matching.persistenceMaxQPS': 50_000,
};

/**
 * The server's heap grows to five times what is live before it is collected, as long as it is below a gigabyte: that spares it an
 * eighth of its processor time. Its stacks begin as large as they have been on average, in place of growing in each request.
 */
const temporalRuntime = { GOGC: '400', GOMEMLIMIT: '1GiB', GODEBUG: 'adaptivestackstart=1' } as const;

export function temporalArguments(plan: StackPlan): string[] {
  const { ports } = plan;
  const fixed: readonly (readonly [string, string])[] = [
    ['--ip', loopback],
    ['--port', String(ports.temporal)],
    ['--ui-port', String(ports.temporalUi)],
    ['--http-port', String(ports.temporalHttp)],
    ['--db-filename', places(plan.dataDir).temporalFile],
    ['--sqlite-pragma', 'journal_mode=wal'],
    ['--sqlite-pragma', 'synchronous=normal'],
    ['--namespace', setting('temporalNamespace', plan.env)],
    ['--log-level', 'warn'],
    ['--color', 'never'],
  ];
  const tuning = Object.entries(dynamicConfig).map(
    ([key, value]) => ['--dynamic-config-value', `${key}=${JSON.stringify(value)}`] as const,
  );
  return ['server', 'start-dev', ...fixed.flat(), ...tuning.flat()];
}

/**
 * MiB of V8's space for young objects, of which each thread has up to three. With the usual one a seventh of the worker's
 * processor time went into collecting it.
 */
const semiSpaceMiB = 16;

function nodePart(
  plan: StackPlan,
  name: PartName,
  entry: string,
  env: Record<string, string>,
  isUp: PartSpec['isUp'],
): PartSpec {
  return {
    name,
    program: process.execPath,
    args: [`--max-semi-space-size=${semiSpaceMiB}`, '--require', register, join(checkout, entry)],
    env: { ...env, ...plan.partEnv[name] },
    log: logFile(plan.dataDir, name),
    isUp,
  };
}

function dynamodbPart(plan: StackPlan, env: Record<string, string>): PartSpec {
  const endpoint = at(plan.ports.dynamodb);
  const native = nativeDynamodb(places(plan.dataDir).dynamodb);
  if (native === undefined) {
    return nodePart(plan, 'dynamodb', 'local/parts/dynamodb.ts', env, () => answersHttp(endpoint));
  }
  const { program, file } = native;
  const fixed = ['serve', '--host', loopback, '--port', String(plan.ports.dynamodb), '--db-path', file];
  return {
    name: 'dynamodb',
    program: '/bin/sh',
    args: ['-c', endWithParent, program, ...fixed],
    env: { ...env, ...plan.partEnv.dynamodb },
    log: logFile(plan.dataDir, 'dynamodb'),
    isUp: async () => {
      if (!(await acceptsConnections(`${loopback}:${plan.ports.dynamodb}`))) return false;
      await makeTable(endpoint, setting('table', plan.env), plan.dataDir);
      return true;
    },
  };
}

/** How each part of the plan is run. */
export function partSpec(
  plan: StackPlan,
  name: PartName,
  addresses: Addresses,
  temporalPath: string | undefined,
): PartSpec {
  const env = stackEnvironment(plan, addresses);
  if (isWorker(name)) {
    const port = plan.ports[name];
    const workerEnv = { ...env, ...environmentOf({ workerPort: String(port) }) };
    return nodePart(plan, name, 'worker/main.ts', workerEnv, () => answersHttp(`${at(port)}/readyz`));
  }
  switch (name) {
    case 'temporal':
      return {
        name,
        program: '/bin/sh',
        args: ['-c', endWithParent, temporalPath ?? 'temporal', ...temporalArguments(plan)],
        env: { ...temporalRuntime, ...env, ...plan.partEnv[name] },
        log: logFile(plan.dataDir, name),
        isUp: async () =>
          (await answersHttp(`${addresses.temporalHttp}/api/v1/namespaces/${addresses.temporalNamespace}`)) &&
          acceptsConnections(addresses.temporal),
      };
    case 'dynamodb':
      return dynamodbPart(plan, env);
    case 'sns':
      return nodePart(plan, name, 'local/parts/sns.ts', env, () => answersHttp(`${at(plan.ports.sns)}/health`));
    case 'issuer':
      return nodePart(plan, name, 'local/parts/issuer.ts', env, () =>
        answersHttp(`${addresses.issuer}/.well-known/openid-configuration`),
      );
    case 'gateway':
      return nodePart(plan, name, 'local/parts/gateway.ts', env, () => answersHttp(`${addresses.console}/healthz`));
    default:
      return assertNever(name);
  }
}
