import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Plugin } from 'vite';

const importOf = (library: string): RegExp =>
  new RegExp(String.raw`import\s*\{([^}]*)\}\s*from\s*['"]${library}['"];?`, 'g');

/**
 * Imports each name of a library from the file that holds it. Through the library's index file, everything that any
 * page uses would belong to the first load, because chunks are cut along imports and not along uses.
 *
 * @param library a package whose ES index consists of `import { A } from './a.mjs'` lines
 */
export function directImports(library: string): Plugin {
  const index = resolve(process.cwd(), dirname(require.resolve(library)), '../esm/index.mjs');
  const places = placesIn(index);
  return {
    name: `tierline-direct-imports:${library}`,
    enforce: 'pre',
    transform(code, id) {
      if (!code.includes(library) || id === index) return null;
      return code.replaceAll(importOf(library), (whole, names: string) => {
        const lines = names
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== '')
          .map((name) => {
            const exported = name.split(/\s+as\s+/)[0] ?? name;
            const place = places.get(exported);
            return place === undefined ? null : `import { ${name} } from ${JSON.stringify(place)};`;
          });
        return lines.includes(null) ? whole : lines.join(' ');
      });
    },
  };
}

function placesIn(index: string): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const [, names, path] of readFileSync(index, 'utf8').matchAll(/import \{([^}]+)\} from "(\.[^"]+)"/g)) {
    for (const name of (names ?? '').split(',')) places.set(name.trim(), resolve(dirname(index), path ?? ''));
  }
  return places;
}
