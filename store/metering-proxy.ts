import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { countWriteUnits, type Item } from './write-units.ts';

/**
 * Stands between programs and a local DynamoDB endpoint and counts what they would pay on AWS. It looks at each item
 * before and after it is written, one write to an item at a time (of a transaction, to its first), so it is exact but slow: for
 * counting, not for speed.
 */
export interface Meter {
  readonly endpoint: string;
  /** Everything since the start or the last reset. */
  readonly counts: () => MeterCounts;
  readonly reset: () => void;
  readonly close: () => Promise<void>;
}

export interface MeterCounts {
  readonly writeUnits: number;
  readonly readUnits: number;
  /** By kind of item (the sort key up to its first `#`) and by index. */
  readonly writeUnitsBy: Readonly<Record<string, number>>;
  /** By operation. */
  readonly requests: Readonly<Record<string, number>>;
}

const attributes = z.custom<Item>((value) => typeof value === 'object' && value !== null);
const key = z.object({ pk: attributes, sk: z.object({ S: z.string() }) });
const single = z.object({ TableName: z.string(), Item: attributes.optional(), Key: attributes.optional() });
const batch = z.object({
  RequestItems: z.record(
    z.string(),
    z.array(
      z.object({
        PutRequest: z.object({ Item: attributes }).optional(),
        DeleteRequest: z.object({ Key: attributes }).optional(),
      }),
    ),
  ),
});
const transaction = z.object({
  TransactItems: z.array(z.object({ Put: single.optional(), Update: single.optional() })),
});
const capacity = z.object({ CapacityUnits: z.number().optional() });
const consumed = z.object({ ConsumedCapacity: z.union([capacity, z.array(capacity)]).optional() });
const found = z.object({ Item: attributes.optional() });

const writes: ReadonlySet<string> = new Set([
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
  'TransactWriteItems',
]);
const reads: ReadonlySet<string> = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan']);

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

interface Written {
  readonly table: string;
  readonly key: Item;
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function doNothing(): null {
  return null;
}

async function respond(response: ServerResponse, answering: Promise<Answer>): Promise<void> {
  try {
    const answer = await answering;
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  } catch {
    response.destroy();
  }
}

function keyOf(item: Item): Item {
  const { pk, sk } = item;
  if (pk === undefined || sk === undefined) throw new Error('an item without its key');
  return { pk, sk };
}

function writtenByOne(write: z.infer<typeof single> | undefined): readonly Written[] {
  const item = write?.Item ?? write?.Key;
  return write === undefined || item === undefined ? [] : [{ table: write.TableName, key: keyOf(item) }];
}

function writtenBy(operation: string, body: unknown): readonly Written[] {
  if (operation === 'TransactWriteItems')
    return transaction.parse(body).TransactItems.flatMap(({ Put, Update }) => writtenByOne(Put ?? Update));
  if (operation !== 'BatchWriteItem') return writtenByOne(single.parse(body));
  return Object.entries(batch.parse(body).RequestItems).flatMap(([table, entries]) =>
    entries.flatMap((entry) => {
      const item = entry.PutRequest?.Item ?? entry.DeleteRequest?.Key;
      return item === undefined ? [] : [{ table, key: keyOf(item) }];
    }),
  );
}

function add(counts: Map<string, number>, name: string, amount: number): void {
  counts.set(name, (counts.get(name) ?? 0) + amount);
}

/**
 * Starts a meter on a free port of 127.0.0.1.
 * @param target URL of the local DynamoDB endpoint
 */
export async function startMeter(target: string): Promise<Meter> {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(target);
  let writeUnits = 0;
  let readUnits = 0;
  const by = new Map<string, number>();
  const busy = new Map<string, Promise<null>>();

  const requests = new Map<string, number>();
  const forward = (headers: IncomingMessage['headers'], body: string | Buffer): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { 'content-length': _length, host: _host, ...kept } = headers;
      const sent = request(
        {
          agent,
          hostname,
          port,
          method: 'POST',
          path: '/',
          headers: { ...kept, 'content-length': Buffer.byteLength(body) },
        },
        (answer) => {
          bodyOf(answer).then(
            (bytes) => resolve({ status: answer.statusCode ?? 500, headers: answer.headers, body: bytes }),
            reject,
          );
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  const itemAt = async (headers: IncomingMessage['headers'], place: Written): Promise<Item | null> => {
    const answer = await forward(
      { ...headers, 'x-amz-target': 'DynamoDB_20120810.GetItem' },
      JSON.stringify({ TableName: place.table, Key: place.key, ConsistentRead: true }),
    );
    return found.parse(JSON.parse(answer.body.toString('utf8'))).Item ?? null;
  };
  const meterWrite = async (operation: string, message: IncomingMessage, body: Buffer): Promise<Answer> => {
    const places = writtenBy(operation, JSON.parse(body.toString('utf8')));
    const before = await Promise.all(places.map((place) => itemAt(message.headers, place)));
    const answer = await forward(message.headers, body);
    // Not done, and not charged: an endpoint without this operation.
    if (answer.status === 400 && answer.body.includes('UnknownOperationException')) return answer;
    for (const [index, place] of places.entries()) {
      const old = before[index] ?? null;
      const units = countWriteUnits(old, answer.status === 200 ? await itemAt(message.headers, place) : old);
      const kind = key.parse(place.key).sk.S.replace(/#.*$/, '');
      // A transaction prepares each item and commits it: the table is written twice, its indexes once.
      const table = operation === 'TransactWriteItems' ? 2 * units.table : units.table;
      writeUnits += units.total - units.table + table;
      add(by, kind, table);
      for (const [name, amount] of Object.entries(units.indexes)) add(by, name, amount);
    }
    return answer;
  };
  const meterRead = async (message: IncomingMessage, body: Buffer): Promise<Answer> => {
    const asked: Record<string, AttributeValue> = JSON.parse(body.toString('utf8'));
    const answer = await forward(message.headers, JSON.stringify({ ...asked, ReturnConsumedCapacity: 'TOTAL' }));
    const used = answer.status === 200 ? consumed.parse(JSON.parse(answer.body.toString('utf8'))).ConsumedCapacity : [];
    for (const one of Array.isArray(used) ? used : [used]) readUnits += one?.CapacityUnits ?? 0;
    return answer;
  };
  /** One write at a time for each set of items: what is read before and after belongs to that write. */
  const inTurn = async (lock: string, work: () => Promise<Answer>): Promise<Answer> => {
    const before = busy.get(lock) ?? Promise.resolve(null);
    const turn = before.then(work);
    const done = turn.then(doNothing, doNothing);
    busy.set(lock, done);
    try {
      return await turn;
    } finally {
      if (busy.get(lock) === done) busy.delete(lock);
    }
  };
  const handle = async (message: IncomingMessage): Promise<Answer> => {
    const body = await bodyOf(message);
    const operation = String(message.headers['x-amz-target'] ?? '').replace(/^.*\./, '');
    add(requests, operation, 1);
    if (reads.has(operation)) return meterRead(message, body);
    if (!writes.has(operation)) return forward(message.headers, body);
    const partition = JSON.stringify(writtenBy(operation, JSON.parse(body.toString('utf8')))[0]?.key['pk']);
    return inTurn(partition, () => meterWrite(operation, message, body));
  };

  const server = createServer((message, response) => {
    void respond(response, handle(message));
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1' }, () => resolve()));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the meter has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    counts: () => ({
      writeUnits,
      readUnits,
      writeUnitsBy: Object.fromEntries(by),
      requests: Object.fromEntries(requests),
    }),
    reset: () => {
      writeUnits = 0;
      readUnits = 0;
      by.clear();
      requests.clear();
    },
    close: async () => {
      server.closeAllConnections();
      agent.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
