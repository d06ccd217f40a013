import { createHash } from 'node:crypto';
import { readFileSync, statSync, type Stats } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

const types: Readonly<Partial<Record<string, string>>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
  '.map': 'application/json',
};
const compressible = /^(text\/|application\/(json|manifest)|image\/svg)/;

interface File {
  readonly mtimeMs: number;
  readonly plain: Buffer;
  readonly zipped: Buffer | undefined;
  readonly etag: string;
  readonly type: string;
}

const unbuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Tierline</title>
<h1>The console has not been built yet</h1><p>Its API is at <a href="/openapi.json">/openapi.json</a>.</p></html>`;

/** Serves a folder of built files; unknown paths that a browser opens get its index page, whose script knows them. */
export class StaticFiles {
  private readonly files = new Map<string, File>();

  constructor(
    private readonly folder: string,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  /** @param path without query, still percent-encoded */
  serve(request: IncomingMessage, response: ServerResponse, path: string): void {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(404, { ...this.headers, 'content-length': 0 }).end();
      return;
    }
    const file = this.find(path);
    if (file) return this.send(request, response, file, path.startsWith('/assets/'));
    // A missing file is missing; a missing page is one that the console's script makes.
    if (extname(path) !== '') {
      response.writeHead(404, { ...this.headers, 'content-type': 'text/plain; charset=utf-8' }).end('Not found');
      return;
    }
    const index = this.find('/index.html');
    if (index) return this.send(request, response, index, false);
    response
      .writeHead(200, { ...this.headers, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
      .end(unbuilt);
  }

  private find(path: string): File | undefined {
    let relative: string;
    try {
      relative = normalize(decodeURIComponent(path));
    } catch {
      return undefined;
    }
    const place = join(this.folder, relative);
    if (relative.includes('\0') || !place.startsWith(this.folder + sep)) return undefined;
    const stat = statOf(place);
    if (!stat?.isFile()) return undefined;
    const known = this.files.get(place);
    if (known?.mtimeMs === stat.mtimeMs) return known;
    const plain = readFileSync(place);
    const type = types[extname(place)] ?? 'application/octet-stream';
    const file: File = {
      mtimeMs: stat.mtimeMs,
      plain,
      zipped: compressible.test(type) && plain.length > 1_024 ? gzipSync(plain) : undefined,
      etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
      type,
    };
    this.files.set(place, file);
    return file;
  }

  private send(request: IncomingMessage, response: ServerResponse, file: File, isHashed: boolean): void {
    const headers: Record<string, string | number> = {
      ...this.headers,
      etag: file.etag,
      vary: 'accept-encoding',
      // The names of built files hold their hash; the index page names the newest ones.
      'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    };
    if (request.headers['if-none-match'] === file.etag) {
      response.writeHead(304, headers).end();
      return;
    }
    const zip = file.zipped !== undefined && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    const body = zip && file.zipped ? file.zipped : file.plain;
    if (zip) headers['content-encoding'] = 'gzip';
    headers['content-type'] = file.type;
    headers['content-length'] = body.length;
    response.writeHead(200, headers);
    response.end(request.method === 'HEAD' ? undefined : body);
  }
}

/** What stands at a place; undefined for every reason why nothing can: missing, too long a name, a file in place of a folder. */
function statOf(place: string): Stats | undefined {
  try {
    return statSync(place);
  } catch {
    return undefined;
  }
}
