import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

/** One line of a CSV file by the names of its header. */
export interface CsvRow {
  /** In the file, from 1; the header is line 1. */
  readonly line: number;
  readonly values: ReadonlyMap<string, string>;
}

/** Splits one line; a field in quotes may hold commas and doubled quotes. Line breaks within a field are not supported. */
export function splitCsvLine(line: string): readonly string[] {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  const pattern = /("(?:[^"]|"")*"|[^,]*)(?:,|$)/gy;
  let end = false;
  while (!end) {
    const match = pattern.exec(line);
    const field = match?.[1] ?? '';
    fields.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    end = match === null || !match[0].endsWith(',');
  }
  return fields;
}

/**
 * Reads a CSV file, gzipped or not, line by line. A line with another number of fields than the header is told of and
 * left out.
 *
 * @throws Error where the file can't be read
 */
export async function* readCsv(
  file: string,
  onBadLine: (line: number, message: string) => void,
): AsyncGenerator<CsvRow> {
  const raw = createReadStream(file);
  const stream = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw;
  // An error of the file itself must reach the reader of the unzipped stream.
  raw.on('error', (error) => stream.destroy(error));
  let header: readonly string[] | null = null;
  let line = 0;
  for await (const text of createInterface({ input: stream, crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() === '') continue;
    const fields = splitCsvLine(line === 1 ? text.replace(/^\uFEFF/, '') : text);
    if (header === null) {
      header = fields;
      continue;
    }
    if (fields.length !== header.length) {
      onBadLine(line, `${fields.length} fields, and the header has ${header.length}`);
      continue;
    }
    yield { line, values: new Map(header.map((name, index) => [name, fields[index] ?? ''])) };
  }
}
