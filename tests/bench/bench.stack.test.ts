import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { checkout } from '../../local/tools/folders.ts';

const reportSchema = z.object({
  version: z.literal(1),
  quick: z.literal(true),
  parts: z.array(
    z.object({
      name: z.string(),
      failure: z.string().optional(),
      figures: z.array(
        z.object({ id: z.string(), value: z.number(), unit: z.string(), target: z.string().nullable() }),
      ),
    }),
  ),
});
type Report = z.infer<typeof reportSchema>;

function bench(...args: string[]) {
  return spawnSync(process.execPath, [join(checkout, 'scripts', 'run.mjs'), 'bench/main.ts', ...args], {
    encoding: 'utf8',
    timeout: 600_000,
  });
}

/** That it runs and counts, never how fast: a test machine says nothing about speed. */
describe('npm run bench -- --quick', () => {
  let folder: string;
  let report: Report;
  let table: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tierline-bench-test-'));
    const file = join(folder, 'figures.json');
    const result = bench('--quick', '--only', 'storm,lifecycle,burst', '--json', file);
    table = result.stdout;
    report = reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  }, 620_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function valueOf(id: string): number | undefined {
    return report.parts.flatMap((part) => part.figures).find((figure) => figure.id === id)?.value;
  }

  it('measures every part that was asked for, and gives numbers', () => {
    expect(report.parts.map((part) => [part.name, part.failure])).toEqual([
      ['storm', undefined],
      ['lifecycle', undefined],
      ['burst', undefined],
    ]);
    for (const { figures } of report.parts) {
      expect(figures.length).toBeGreaterThan(4);
      expect(figures.every((figure) => Number.isFinite(figure.value))).toBe(true);
    }
  });

  it('finds one escalation and every repeat counted after a storm on one key', () => {
    expect(valueOf('storm.escalations')).toBe(1);
    expect(valueOf('storm.count-error')).toBe(0);
    expect(valueOf('storm.pages')).toBeLessThanOrEqual(5);
  });

  it('keeps a whole lifecycle within 40 billable actions and 70 write units', () => {
    expect(valueOf('lifecycle.actions')).toBeLessThanOrEqual(40);
    expect(valueOf('lifecycle.write-units')).toBeLessThanOrEqual(70);
    expect(valueOf('lifecycle.published')).toBe(2);
  });

  it('handles every escalation that falls due at once', () => {
    expect(valueOf('burst.handled')).toBe(1);
  });

  it('shows each figure beside its target and what GoAlert does', () => {
    expect(table).toMatch(/figure\s+measured\s+GoAlert\s+target\s+met/);
    expect(table).toContain('737-795/s, one alert');
  });

  it('refuses a part that there is not, and names those there are', () => {
    const result = bench('--only', 'speed');
    expect(result.status).toBe(2);
    expect(result.stderr).toContain('There is no part speed.');
    expect(result.stderr).toContain('intake,storm');
  });
});
