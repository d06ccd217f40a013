import { beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';
import { buildConsole } from '../../local/tools/console-build.ts';
import { checkout } from '../../local/tools/folders.ts';

const dist = join(checkout, 'console', 'dist');
const maxFirstLoadBytes = 250 * 1_024;
const manifestSchema = z.record(
  z.string(),
  z.object({ file: z.string(), isEntry: z.boolean().optional(), imports: z.array(z.string()).optional() }),
);

/** What the browser has to load before it shows anything, as it was built. */
describe('the bundle of the console', () => {
  let manifest: z.infer<typeof manifestSchema>;

  beforeAll(async () => {
    await buildConsole(() => undefined);
    manifest = manifestSchema.parse(JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8')));
  }, 240_000);

  function withImports(key: string, seen: Set<string>): ReadonlySet<string> {
    if (seen.has(key)) return seen;
    seen.add(key);
    for (const imported of manifest[key]?.imports ?? []) withImports(imported, seen);
    return seen;
  }

  test.each([
    'src/home/home-page.tsx',
    'src/queue/queue-page.tsx',
    'src/escalation/escalation-page.tsx',
    'src/create/create-page.tsx',
    'src/on-call/on-call-page.tsx',
    'src/people/people-page.tsx',
    'src/keys/keys-page.tsx',
    'src/policies/policy-page.tsx',
  ])('a first load of %s takes at most 250 KB of compressed JavaScript', (page) => {
    const chunks = withImports(page, new Set(withImports('index.html', new Set())));
    expect(chunks.size).toBeGreaterThan(2);
    const bytes = [...chunks].reduce(
      (sum, key) => sum + gzipSync(readFileSync(join(dist, manifest[key]?.file ?? ''))).length,
      0,
    );
    expect(bytes).toBeLessThan(maxFirstLoadBytes);
  });

  test('the library that draws charts is loaded after the page that shows them', () => {
    const chunks = withImports('src/home/home-page.tsx', new Set(withImports('index.html', new Set())));
    expect([...chunks]).not.toContain('src/charts/drawing.tsx');
    expect(manifest['src/charts/drawing.tsx']?.file).toMatch(/\.js$/);
  });

  test('its page holds no inline script and no inline style', () => {
    const html = readFileSync(join(dist, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/);
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
  });

  test('no schema library and no server code is in it', () => {
    const scripts = readdirSync(join(dist, 'assets')).filter((name) => name.endsWith('.js'));
    const code = scripts.map((name) => readFileSync(join(dist, 'assets', name), 'utf8')).join('\n');
    expect(code).not.toMatch(/ZodError|node:crypto|aws-sdk/);
  });
});
