import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { places, prepareDataFolder } from '../../local/data-folder.ts';
import { startTemporaryStack, type TemporaryStack } from '../../local/temporary-stack.ts';
import { callDynamodb } from '../../local/tools/call-dynamodb.ts';
import { makeTable } from '../../local/tools/make-table.ts';
import { toCreateTableInput } from '../../store/table-definition.ts';

const client = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' }, maxAttempts: 1 };
const key = { pk: { S: 'kept' }, sk: { S: '1' } };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tierline-dynamodb-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function start(): Promise<TemporaryStack> {
  return startTemporaryStack({ parts: ['dynamodb'], policies: false, dataDir: folder });
}

function clientOf(stack: TemporaryStack): DynamoDBClient {
  return new DynamoDBClient({ ...client, endpoint: stack.addresses.dynamodb ?? '' });
}

/** Does something with a table that dynalite keeps in the folder. */
async function withDynalite(work: (endpoint: string) => Promise<unknown>): Promise<void> {
  prepareDataFolder(folder);
  const database = dynalite({ path: places(folder).dynamodb, createTableMs: 0 });
  await new Promise<void>((resolve) => database.listen({ port: 0, host: '127.0.0.1' }, () => resolve()));
  const address = database.address();
  if (address === null || typeof address === 'string') throw new Error('dynalite has no port');
  await work(`http://127.0.0.1:${address.port}`);
  database.closeAllConnections();
  await new Promise<void>((resolve) => database.close(() => resolve()));
}

describe('the table of a data folder', () => {
  test('that dynalite wrote is served on as it is', async () => {
    await withDynalite(async (endpoint) => {
      await makeTable(endpoint, 'tierline', folder);
      await new DynamoDBClient({ ...client, endpoint }).send(new PutItemCommand({ TableName: 'tierline', Item: key }));
    });
    const stack = await start();
    try {
      const found = await clientOf(stack).send(new GetItemCommand({ TableName: 'tierline', Key: key }));
      expect(found.Item).toEqual(key);
      expect(existsSync(join(places(folder).dynamodb, 'dynamodb.sqlite'))).toBe(false);
    } finally {
      await stack.dispose();
    }
  });

  test('keeps every answered write through a kill amid many', async () => {
    const stack = await start();
    try {
      const database = clientOf(stack);
      const answered: string[] = [];
      const write = async (line: number): Promise<void> => {
        for (let n = 0; ; n += 1) {
          const sk = `${line}#${n}`;
          await database.send(
            new PutItemCommand({ TableName: 'tierline', Item: { pk: { S: 'many' }, sk: { S: sk } } }),
          );
          answered.push(sk);
        }
      };
      const writing = Promise.allSettled([0, 1, 2, 3].map((line) => write(line)));
      while (answered.length < 400) await new Promise((resolve) => setTimeout(resolve, 5));
      await stack.kill('dynamodb');
      await writing;
      await stack.ready();
      const found = await Promise.all(
        answered.map((sk) =>
          database.send(new GetItemCommand({ TableName: 'tierline', Key: { pk: { S: 'many' }, sk: { S: sk } } })),
        ),
      );
      expect(found.filter(({ Item }) => Item === undefined)).toEqual([]);
      expect(answered.length).toBeGreaterThanOrEqual(400);
    } finally {
      await stack.dispose();
    }
  });

  test.each(['dynalite', 'the usual program'])('with other indexes is refused in a sentence: %s', async (who) => {
    const { GlobalSecondaryIndexes, ...input } = toCreateTableInput('tierline');
    const older = { ...input, AttributeDefinitions: input.AttributeDefinitions?.slice(0, 2) };
    expect(GlobalSecondaryIndexes?.length).toBeGreaterThan(0);
    if (who === 'dynalite') {
      await withDynalite((endpoint) => callDynamodb(endpoint, 'CreateTable', older));
    } else {
      const stack = await start();
      const endpoint = stack.addresses.dynamodb ?? '';
      await callDynamodb(endpoint, 'DeleteTable', { TableName: 'tierline' });
      const made = await callDynamodb(endpoint, 'CreateTable', older);
      expect(made.status).toBe(200);
      await stack.stop();
    }
    await expect(start()).rejects.toThrow(
      /^dynamodb did not start: The table in .* has the indexes ; this version needs/,
    );
  });

  test('on a port that another program has is refused with the port', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen({ port: 0, host: '127.0.0.1' }, () => resolve()));
    const address = other.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const starting = startTemporaryStack({
      parts: ['dynamodb'],
      policies: false,
      dataDir: folder,
      ports: { dynamodb: port },
    });
    await expect(starting).rejects.toThrow(String(port));
    await new Promise<void>((resolve) => other.close(() => resolve()));
  });
});
