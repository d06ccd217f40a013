/** A DynamoDB endpoint, kept on disk: `dynamodb.ts`, told by its environment where and at which port. */
import { createServer } from 'node:http';
import dynalite from 'dynalite';
import { requireSetting, setting } from '../../contracts/env.ts';
import { toCreateTableInput } from '../../store/table-definition.ts';
import { loopback } from '../names.ts';
import { places } from '../data-folder.ts';
import { callDynamodb } from '../tools/call-dynamodb.ts';
import { UserError } from '../tools/user-error.ts';
import { withDelay } from './delay.ts';
import { runPart, type Part } from './part.ts';

const port = Number(requireSetting('dynamodbPort'));
const dataDir = requireSetting('dataDir');

function names(description: unknown): string {
  if (typeof description !== 'object' || description === null || !('GlobalSecondaryIndexes' in description)) return '';
  const indexes = description.GlobalSecondaryIndexes;
  if (!Array.isArray(indexes)) return '';
  return indexes
    .map((index: unknown) =>
      typeof index === 'object' && index !== null && 'IndexName' in index ? String(index.IndexName) : '',
    )
    .toSorted((a, b) => a.localeCompare(b, 'en'))
    .join(', ');
}

/** The table of the one definition; an older folder whose table looks otherwise is refused, not half used. */
async function makeTable(endpoint: string): Promise<void> {
  const input = toCreateTableInput(setting('table'));
  const described = await callDynamodb(endpoint, 'DescribeTable', { TableName: input.TableName });
  if (described.status !== 200) {
    const created = await callDynamodb(endpoint, 'CreateTable', input);
    if (created.status !== 200) throw new Error(`the table could not be made: ${JSON.stringify(created.body)}`);
    return;
  }
  const table =
    typeof described.body === 'object' && described.body !== null && 'Table' in described.body
      ? described.body.Table
      : undefined;
  if (names(table) !== names(input)) {
    throw new UserError(
      `The table in ${dataDir} has the indexes ${names(table)}; this version needs ${names(input)}.`,
      'Remove that folder, or set TIERLINE_DATA_DIR to another one.',
    );
  }
}

async function start(): Promise<Part> {
  const database = dynalite({ path: places(dataDir).dynamodb, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  // Dynalite's own server holds the store: requests are passed on to it, and a private port lets the table be made first.
  await new Promise<void>((resolve, reject) => {
    database.once('error', reject);
    database.listen({ port: 0, host: loopback }, () => resolve());
  });
  const address = database.address();
  if (address === null || typeof address === 'string') throw new Error('dynalite has no port');
  await makeTable(`http://${loopback}:${address.port}`);
  const server = createServer(withDelay((request, response) => void database.emit('request', request, response)));
  return {
    server,
    port,
    close: () => {
      database.closeAllConnections();
      return new Promise((resolve) => {
        database.close(() => resolve());
      });
    },
  };
}

runPart(start);
