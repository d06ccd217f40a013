import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StaticFiles } from '../../local/gateway/static-files.ts';

let folder: string;
let server: Server;
let base: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'static-'));
  writeFileSync(join(folder, 'index.html'), '<p>the page</p>');
  writeFileSync(join(folder, 'favicon.svg'), '<svg/>');
  const files = new StaticFiles(folder, {});
  server = createServer((request, response) => files.serve(request, response, request.url ?? '/'));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  base = `http://127.0.0.1:${address.port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

describe('static files', () => {
  it.each([
    ['a name longer than a file system takes', `/${'a'.repeat(300)}`, 200],
    ['what would stand within a file', '/favicon.svg/x', 200],
    ['a long name that ends like a file', `/${'a'.repeat(300)}.js`, 404],
    ['a file', '/favicon.svg', 200],
  ])('answers to %s', async (_name, path, status) => {
    const response = await fetch(`${base}${path}`);
    expect(response.status).toBe(status);
    expect(await response.text()).toBe(
      path === '/favicon.svg' ? '<svg/>' : status === 404 ? 'Not found' : '<p>the page</p>',
    );
  });
});
