import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { integerSetting, setting, type EnvSource } from '../contracts/env.ts';
import { StoreError } from './errors.ts';
import { TableConnection } from './table-connection.ts';

export interface StoreConfig {
  readonly tableName: string;
  /** Absent: the SDK finds it, by `AWS_ENDPOINT_URL_DYNAMODB` or the region. */
  readonly endpoint?: string;
  readonly region: string;
  /** Absent: the SDK's own chain. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Tries of a request that may be repeated, the first included. */
  readonly maxAttempts: number;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Connections kept to the table. */
  readonly maxSockets: number;
  /** Partitions of each open list: at least 1. */
  readonly indexShards: number;
  /** Signs the cursors of lists; absent where no lists are served. */
  readonly cursorSecret?: string;
}

/** What every function of the store takes: connections, the table's name and what the configuration says. */
export interface Store {
  readonly tableName: string;
  /** For everything that happens often: `store/requests.ts` speaks through it. */
  readonly table: Pick<TableConnection, 'call'>;
  /** The SDK's client, for what happens rarely. */
  readonly db: DynamoDBDocumentClient;
  readonly indexShards: number;
  readonly cursorSecret: string | undefined;
  /** Closes the connections. */
  readonly close: () => void;
}

/**
 * The configuration that the environment describes.
 * @throws Error naming a variable that is not a whole number
 */
export function storeConfigFrom(env: EnvSource = process.env): StoreConfig {
  const cursorSecret = setting('cursorSecret', env);
  const endpoint = setting('dynamodbEndpoint', env);
  return {
    tableName: setting('table', env),
    region: setting('awsRegion', env),
    maxAttempts: integerSetting('storeAttempts', env) ?? 3,
    connectTimeoutMs: 2_000,
    requestTimeoutMs: integerSetting('storeTimeoutMs', env) ?? 4_000,
    maxSockets: 64,
    indexShards: integerSetting('indexShards', env) ?? 1,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(cursorSecret === undefined ? {} : { cursorSecret }),
  };
}

/** Opens a store; nothing is sent until it is used. One for each process: its connections are kept. */
export function createStore(config: StoreConfig = storeConfigFrom()): Store {
  if (config.indexShards < 1) throw new StoreError('internal', 'indexShards must be at least 1');
  const agents = {
    httpAgent: new HttpAgent({ keepAlive: true, maxSockets: config.maxSockets }),
    httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: config.maxSockets }),
  };
  const client = new DynamoDBClient({
    region: config.region,
    maxAttempts: config.maxAttempts,
    ...(config.endpoint === undefined ? {} : { endpoint: config.endpoint }),
    ...(config.credentials === undefined ? {} : { credentials: config.credentials }),
    requestHandler: {
      connectionTimeout: config.connectTimeoutMs,
      requestTimeout: config.requestTimeoutMs,
      throwOnRequestTimeout: true,
      ...agents,
    },
  });
  const db = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const table = new TableConnection({
    region: config.region,
    credentials: () => client.config.credentials(),
    endpoint: async () => endpointOf(client, config.region),
    maxAttempts: config.maxAttempts,
    connectTimeoutMs: config.connectTimeoutMs,
    requestTimeoutMs: config.requestTimeoutMs,
    ...agents,
  });
  return {
    tableName: config.tableName,
    table,
    db,
    indexShards: config.indexShards,
    cursorSecret: config.cursorSecret,
    close: () => {
      db.destroy();
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}

/** Where the SDK would send a request: the endpoint that was set, else the region's. */
async function endpointOf(client: DynamoDBClient, region: string): Promise<URL> {
  const set = await client.config.endpoint?.();
  if (set === undefined)
    return client.config.endpointProvider({ Region: region, UseDualStack: false, UseFIPS: false }).url;
  return new URL(`${set.protocol}//${set.hostname}${set.port === undefined ? '' : `:${set.port}`}`);
}
