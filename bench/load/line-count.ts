import { closeSync, existsSync, openSync, readSync } from 'node:fs';

const piece = Buffer.alloc(256 * 1024);

/** Counts the lines of a file as it grows. */
export class LineCount {
  #file: number | undefined;
  #offset = 0;
  #lines = 0;

  constructor(private readonly path: string) {}

  /** Lines up to now. */
  count(): number {
    if (this.#file === undefined && existsSync(this.path)) this.#file = openSync(this.path, 'r');
    if (this.#file === undefined) return 0;
    for (;;) {
      const bytes = readSync(this.#file, piece, 0, piece.length, this.#offset);
      if (bytes === 0) return this.#lines;
      this.#offset += bytes;
      for (let at = piece.indexOf(10); at >= 0 && at < bytes; at = piece.indexOf(10, at + 1)) this.#lines += 1;
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}
