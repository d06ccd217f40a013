import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { checkout } from './folders.ts';

const skipped = new Set(['node_modules', 'dist', '.git']);

function filesBelow(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return [];
    const full = join(path, entry.name);
    if (entry.isDirectory()) return filesBelow(full);
    return entry.isFile() ? [full] : [];
  });
}

/** One hash over the names and contents of files and folders of the checkout; missing ones count as empty. */
export function contentHash(...paths: readonly string[]): string {
  const hash = createHash('sha256').update(`node ${process.versions.node}`);
  for (const path of paths) {
    const full = join(checkout, path);
    if (!existsSync(full)) continue;
    const files = path.includes('.') ? [full] : filesBelow(full).toSorted();
    for (const file of files) {
      const content = readFileSync(file);
      hash.update(`\n${relative(checkout, file)} ${content.length}\n`).update(content);
    }
  }
  return hash.digest('hex').slice(0, 32);
}
