import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startTemporaryStack, type TemporaryStack } from '../../local/temporary-stack.ts';

const parts = ['dynamodb', 'sns', 'gateway'] as const;
const client = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' }, maxAttempts: 1 };
const key = { pk: { S: 'kept' }, sk: { S: '1' } };

describe('a stack that tests start for themselves', () => {
  let folder: string;
  let stack: TemporaryStack;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tierline-stack-'));
    stack = await startTemporaryStack({ parts, policies: false, dataDir: folder });
  }, 60_000);

  afterAll(() => stack.dispose());

  async function health(part: string): Promise<unknown> {
    const response = await fetch(`${stack.addresses.console}/readyz`);
    const body: unknown = await response.json();
    const found = typeof body === 'object' && body !== null && 'parts' in body ? body.parts : {};
    return Object.entries(found ?? {}).find(([name]) => name === part)?.[1];
  }

  function publish(message: string): Promise<unknown> {
    const sns = new SNSClient({ ...client, endpoint: stack.addresses.sns ?? '' });
    return sns.send(new PublishCommand({ TopicArn: stack.env['TIERLINE_PAGES_TOPIC_ARN'], Message: message }));
  }

  async function publishingMs(): Promise<number> {
    const startedAtMs = Date.now();
    await publish('late');
    return Date.now() - startedAtMs;
  }

  test('has what was published in a queue that can be read, and in its file', async () => {
    await publish('page one');
    const sqs = new SQSClient({ ...client, endpoint: stack.addresses.sns ?? '' });
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: stack.addresses.pagesQueue ?? '' }));
    expect(Messages?.map(({ Body }) => Body)).toEqual(['page one']);
    expect(stack.published().map(({ message }) => message)).toEqual(['page one']);
  });

  test('can take a part down for a while, which readiness tells', async () => {
    expect(await health('sns')).toBe('ok');
    await stack.down('sns');
    expect([stack.state('sns'), stack.pid('sns'), await health('sns')]).toEqual(['held', null, 'down']);
    await expect(publish('nobody hears it')).rejects.toThrow('ECONNREFUSED');
    await stack.up('sns');
    expect(await health('sns')).toBe('ok');
    await publish('page two');
    expect(stack.published().map(({ message }) => message)).toEqual(['page one', 'page two']);
  });

  test('ends a part before it runs it in another environment', async () => {
    const pid = stack.pid('sns') ?? 0;
    await stack.up('sns', { TZ: 'UTC' });
    expect(stack.pid('sns')).not.toBe(pid);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await publish('the new one hears it');
    expect(stack.published().at(-1)?.message).toBe('the new one hears it');
  });

  test('can make a part slow', async () => {
    await stack.slow('sns', 600);
    expect(await publishingMs()).toBeGreaterThanOrEqual(600);
    await stack.slow('sns', 0);
    expect(await publishingMs()).toBeLessThan(600);
  });

  test('has everything again, at the same addresses, after all of it was killed', async () => {
    const before = stack.addresses;
    const table = new DynamoDBClient({ ...client, endpoint: before.dynamodb ?? '' });
    await table.send(new PutItemCommand({ TableName: 'tierline', Item: key }));
    await stack.crash();
    stack = await startTemporaryStack({ parts, policies: false, dataDir: folder });
    expect(stack.addresses).toEqual(before);
    expect((await table.send(new GetItemCommand({ TableName: 'tierline', Key: key }))).Item).toEqual(key);
  });
});

test('a part that cannot start is one line that says why and where its log is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tierline-stack-'));
  const starting = startTemporaryStack({
    parts: ['sns'],
    policies: false,
    dataDir: folder,
    partEnv: { sns: { TIERLINE_DATA_DIR: '/nowhere' } },
  });
  await expect(starting).rejects.toThrow(/^sns did not start: ENOENT.*\(.*logs\/sns\.log\)$/);
  rmSync(folder, { recursive: true, force: true });
});
