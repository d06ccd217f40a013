import type { IncomingMessage } from 'node:http';

const nothing = Buffer.alloc(0);

/**
 * The whole body of a request. Past the limit it is still read to its end, up to twice the limit, so that the client
 * gets to see the refusal, but no longer kept.
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer | 'too_large' | 'aborted'> {
  const { method } = request;
  const announced = request.headers['content-length'];
  if (
    (method === 'GET' || method === 'HEAD') &&
    announced === undefined &&
    request.headers['transfer-encoding'] === undefined
  ) {
    return Promise.resolve(nothing);
  }
  if (announced === '0') return Promise.resolve(nothing);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limitBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (bytes > 2 * limitBytes) resolve('too_large');
    });
    request.once('end', () => {
      if (bytes > limitBytes) resolve('too_large');
      else resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    });
    request.once('close', () => resolve('aborted'));
    request.once('error', () => resolve('aborted'));
  });
}
