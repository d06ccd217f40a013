import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { createStore, type Store, type StoreConfig } from '../../store/client.ts';
import { toCreateTableInput } from '../../store/table-definition.ts';

export interface TestDynamo {
  readonly endpoint: string;
  readonly store: Store;
  /** Another store on the same table; closed with the endpoint. */
  readonly open: (changes: Partial<StoreConfig>) => Store;
  readonly close: () => Promise<void>;
}

/** A DynamoDB endpoint in this process, kept in memory, with the table of the one definition. */
export async function startDynamo(changes: Partial<StoreConfig> = {}): Promise<TestDynamo> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, () => resolve());
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('dynalite has no port');
  const endpoint = `http://127.0.0.1:${address.port}`;
  const config: StoreConfig = {
    tableName: 'tierline-test',
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 3,
    connectTimeoutMs: 4_000,
    requestTimeoutMs: 8_000,
    maxSockets: 64,
    indexShards: 1,
    cursorSecret: 'a secret for tests only',
    ...changes,
  };
  await createTable(config);
  const opened: Store[] = [];
  const open = (more: Partial<StoreConfig>): Store => {
    const store = createStore({ ...config, ...more });
    opened.push(store);
    return store;
  };
  return {
    endpoint,
    store: open({}),
    open,
    close: async () => {
      for (const store of opened) store.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function createTable(config: StoreConfig): Promise<void> {
  const client = new DynamoDBClient({
    region: config.region,
    endpoint: config.endpoint ?? '',
    credentials: config.credentials ?? { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await client.send(new CreateTableCommand(toCreateTableInput(config.tableName)));
  client.destroy();
}
