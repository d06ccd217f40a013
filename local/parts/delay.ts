import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { controlPaths } from '../names.ts';

/**
 * Puts a delay, zero until it is set, in front of a part, so that tests can see what the others make of a slow one.
 */
export function withDelay(handle: RequestListener): RequestListener {
  let delayMs = 0;
  const setDelay = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const wantedMs = await readDelay(request);
    if (wantedMs !== undefined) delayMs = wantedMs;
    response.writeHead(wantedMs === undefined ? 400 : 204).end();
  };
  const handleLater = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    await sleep(delayMs);
    if (!request.socket.destroyed) handle(request, response);
  };
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (request.url === controlPaths.delay && request.method === 'PUT') {
      void setDelay(request, response);
      return;
    }
    if (delayMs === 0) {
      handle(request, response);
      return;
    }
    void handleLater(request, response);
  };
}

async function readDelay(request: IncomingMessage): Promise<number | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const match = /^\s*\{\s*"delayMs"\s*:\s*(\d{1,6})\s*\}\s*$/.exec(Buffer.concat(chunks).toString('utf8'));
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
