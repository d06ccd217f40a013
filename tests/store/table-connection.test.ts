import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, Agent as HttpAgent, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import * as z from 'zod';
import { fromWire, toWire } from '../../store/attribute-values.ts';
import { Signer } from '../../store/aws-signature.ts';
import { StoreError, toStoreError } from '../../store/errors.ts';
import { getItem, putItem } from '../../store/requests.ts';
import { TableConnection, type TableConnectionConfig } from '../../store/table-connection.ts';
import { startDynamo, type TestDynamo } from '../support/dynamo.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

const wireValue = z.custom<AttributeValue>((value) => typeof value === 'object' && value !== null);

describe('a signature', () => {
  it('is that of the case `post-vanilla` in the test suite of Signature Version 4', () => {
    const headers = new Signer().sign(
      { service: 'service', region: 'us-east-1', host: 'example.amazonaws.com', headers: {}, body: '' },
      credentials,
      Date.UTC(2015, 7, 30, 12, 36, 0),
    );
    expect(headers).toEqual({
      'x-amz-date': '20150830T123600Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    });
  });

  it('covers the session token of temporary credentials, and changes with day and secret', () => {
    const signer = new Signer();
    const sign = (secretAccessKey: string, day: number, sessionToken?: string) =>
      signer.sign(
        { service: 'dynamodb', region: 'eu-west-1', host: 'example.com', headers: {}, body: '{}' },
        { ...credentials, secretAccessKey, sessionToken },
        Date.UTC(2026, 0, day),
      );
    const withToken = sign('one', 1, 'token');
    expect(withToken).toMatchObject({ 'x-amz-security-token': 'token' });
    expect(withToken['authorization']).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token,');
    const signatures = [sign('one', 1), sign('two', 1), sign('one', 2), sign('one', 1)].map(
      (each) => each['authorization'],
    );
    expect(new Set(signatures).size).toBe(3);
    expect(signatures[3]).toBe(signatures[0]);
  });
});

describe('values on the wire', () => {
  it('come back as they went', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.string({ unit: 'grapheme' }),
        fc.maxSafeInteger(),
        fc.boolean(),
        fc.constant(null),
        fc.uint8Array(),
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('any'), { maxKeys: 4 }),
        fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }).map((texts) => new Set(texts)),
      ),
    })).any;
    fc.assert(
      fc.property(value, (original) => {
        expect(fromWire(wireValue.parse(JSON.parse(JSON.stringify(toWire(original)))))).toEqual(original);
      }),
    );
  });

  it('keep a name that means something to JavaScript', () => {
    const odd: unknown = JSON.parse('{ "a": [{ "__proto__": { "b": 1 }, "constructor": "c" }] }');
    expect(JSON.stringify(fromWire(wireValue.parse(toWire(odd))))).toBe(JSON.stringify(odd));
  });

  it('are refused where DynamoDB has no type for them or JavaScript would round them', () => {
    expect(() => toWire(Number.NaN)).toThrow("can't be stored");
    expect(() => toWire(() => 1)).toThrow("can't be stored");
    expect(() => toWire(new Set())).toThrow('empty set');
    expect(() => fromWire({ N: '9007199254740993' })).toThrow('too large');
    expect(() => fromWire({ NS: ['1'] })).toThrow('NS');
  });

  describe('in a table', () => {
    let dynamo: TestDynamo;
    beforeAll(async () => {
      dynamo = await startDynamo();
    });
    afterAll(() => dynamo.close());

    it('are what the SDK reads', async () => {
      const item = {
        pk: 'X',
        sk: 'Y',
        text: 'Grüße ✓',
        count: -12,
        yes: true,
        none: null,
        list: [1, 'two', { three: 3 }],
        set: new Set(['a', 'b']),
        bytes: new Uint8Array([0, 255, 7]),
      };
      await putItem(dynamo.store, { ...item, left: undefined });
      const { Item } = await dynamo.store.db.send(
        new GetCommand({ TableName: dynamo.store.tableName, Key: { pk: 'X', sk: 'Y' } }),
      );
      expect(Item).toEqual(item);
      expect(await getItem(dynamo.store, { pk: 'X', sk: 'Y' }, true)).toEqual(item);
    });
  });
});

function ok(_request: IncomingMessage, response: ServerResponse): void {
  response.end('{"done":true}');
}

function failing(status: number, type: string, headers: Record<string, string> = {}) {
  return (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, headers).end(JSON.stringify({ __type: `com.amazonaws#${type}`, message: 'no' }));
  };
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'no failure',
    (error: unknown) => error,
  );
}

describe('a connection to the table', () => {
  let server: Server;
  let port: number;
  let answers: ((request: IncomingMessage, response: ServerResponse) => void)[];
  let asked: IncomingMessage['headers'][];
  const agents = { httpAgent: new HttpAgent({ keepAlive: true }), httpsAgent: new HttpsAgent() };

  beforeEach(async () => {
    answers = [];
    asked = [];
    server = createServer((request, response) => {
      asked.push(request.headers);
      request.resume().on('end', () => (answers.shift() ?? ok)(request, response));
    });
    await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1' }, () => resolve()));
    const address = server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  function connection(changes: Partial<TableConnectionConfig> = {}): TableConnection {
    return new TableConnection({
      region: 'us-east-1',
      endpoint: async () => new URL(`http://127.0.0.1:${port}`),
      credentials: async () => credentials,
      maxAttempts: 3,
      connectTimeoutMs: 1_000,
      requestTimeoutMs: 2_000,
      ...agents,
      ...changes,
    });
  }

  it('tries again after a server error and after throttling', async () => {
    answers = [failing(500, 'InternalServerError'), failing(400, 'ProvisionedThroughputExceededException')];
    expect(await connection().call('GetItem', {})).toEqual({ done: true });
    expect(asked).toHaveLength(3);
    expect(asked[0]).toMatchObject({ 'x-amz-target': 'DynamoDB_20120810.GetItem' });
  });

  it('gives up after its tries', async () => {
    answers = Array.from({ length: 4 }, () => failing(503, 'ServiceUnavailable'));
    const failure = await failureOf(connection().call('GetItem', {}));
    expect(failure).toMatchObject({ name: 'ServiceUnavailable', $metadata: { httpStatusCode: 503 } });
    expect(asked).toHaveLength(3);
    expect(toStoreError(failure, true)).toMatchObject({ code: 'unavailable' });
  });

  it('never repeats what may be done once only, and tells that its outcome is not known', async () => {
    answers = [(_request, response) => void response.socket?.destroy()];
    const failure = await failureOf(connection().call('UpdateItem', {}, true));
    expect(asked).toHaveLength(1);
    expect(toStoreError(failure, false)).toMatchObject({ code: 'outcome_unknown' });
  });

  it('repeats what may be done once only where it was certainly not done', async () => {
    answers = [failing(400, 'TransactionConflictException'), failing(400, 'ThrottlingException')];
    expect(await connection().call('UpdateItem', {}, true)).toEqual({ done: true });
    expect(asked).toHaveLength(3);
    answers = [failing(500, 'InternalServerError')];
    await failureOf(connection().call('UpdateItem', {}, true));
    expect(asked).toHaveLength(4);
  });

  it('tells what stood in the way of each item of a transaction', async () => {
    answers = [
      (_request, response) => {
        const reasons = [{ Code: 'ConditionalCheckFailed' }, { Code: 'None' }, {}];
        const body = { __type: 'x#TransactionCanceledException', Message: 'no', CancellationReasons: reasons };
        response.writeHead(400).end(JSON.stringify(body));
      },
    ];
    expect(await failureOf(connection().call('TransactWriteItems', {}))).toMatchObject({
      name: 'TransactionCanceledException',
      cancellations: ['ConditionalCheckFailed', 'None', 'None'],
    });
    expect(asked).toHaveLength(1);
    answers = [
      (_request, response) => {
        const message = 'Transaction cancelled, see its specific reasons [None, TransactionConflict]';
        response.writeHead(400).end(JSON.stringify({ __type: 'x#TransactionCanceledException', message }));
      },
    ];
    expect(await failureOf(connection().call('TransactWriteItems', {}))).toMatchObject({
      cancellations: ['None', 'TransactionConflict'],
    });
  });

  it('does not repeat a request that the table refuses', async () => {
    answers = [failing(400, 'ConditionalCheckFailedException')];
    expect(await failureOf(connection().call('PutItem', {}))).toMatchObject({
      name: 'ConditionalCheckFailedException',
    });
    expect(asked).toHaveLength(1);
  });

  it('tries again when a connection breaks off, and gives up a request that is not answered in time', async () => {
    answers = [(_request, response) => void response.socket?.destroy()];
    expect(await connection().call('GetItem', {})).toEqual({ done: true });
    answers = [() => undefined];
    const failure = await failureOf(connection({ requestTimeoutMs: 60, maxAttempts: 1 }).call('GetItem', {}));
    expect(failure).toMatchObject({ name: 'TimeoutError' });
    expect(toStoreError(failure, false)).toBeInstanceOf(StoreError);
  });

  it('says that nothing was written where there is no connection at all', async () => {
    const nowhere = connection({ endpoint: async () => new URL('http://127.0.0.1:9'), maxAttempts: 1 });
    const failure = await failureOf(nowhere.call('UpdateItem', {}, true));
    expect(toStoreError(failure, false)).toMatchObject({ code: 'unavailable' });
  });

  it("takes the table's clock when its own is refused", async () => {
    const later = Date.now() + 3_600_000;
    answers = [failing(400, 'InvalidSignatureException', { date: new Date(later).toUTCString() })];
    const client = connection();
    expect(await client.call('GetItem', {})).toEqual({ done: true });
    const hours = asked.map((headers) => String(headers['x-amz-date']).slice(0, 11));
    expect(hours[1]).toBe(new Date(later).toISOString().replaceAll('-', '').slice(0, 11));
    expect(hours[0]).not.toBe(hours[1]);
  });
});
