/** A DynamoDB endpoint, kept on disk: `dynamodb.ts`, told by its environment where and at which port. */
import { createServer } from 'node:http';
import dynalite from 'dynalite';
import { requireSetting, setting } from '../../contracts/env.ts';
import { loopback } from '../names.ts';
import { places } from '../data-folder.ts';
import { makeTable } from '../tools/make-table.ts';
import { runPart, type Part } from './part.ts';

const port = Number(requireSetting('dynamodbPort'));
const dataDir = requireSetting('dataDir');

async function start(): Promise<Part> {
  const database = dynalite({ path: places(dataDir).dynamodb, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  // Dynalite's own server holds the store: requests are passed on to it, and a private port lets the table be made first.
  await new Promise<void>((resolve, reject) => {
    database.once('error', reject);
    database.listen({ port: 0, host: loopback }, () => resolve());
  });
  const address = database.address();
  if (address === null || typeof address === 'string') throw new Error('dynalite has no port');
  await makeTable(`http://${loopback}:${address.port}`, setting('table'), dataDir);
  const server = createServer((request, response) => void database.emit('request', request, response));
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
