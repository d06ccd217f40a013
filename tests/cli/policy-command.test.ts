import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';

import { policyFiles, policyText } from '../policies/policy-set-fixture.ts';

const checkout = join(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'tierline-policy-command-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function policy(...args: readonly string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--require', './scripts/register.cjs', 'cli/policy.ts', ...args],
    {
      cwd: checkout,
      encoding: 'utf8',
      timeout: 110_000,
    },
  );
  return { status, stdout, stderr };
}

function write(plain: string): void {
  for (const { file, text } of policyFiles({ plain })) writeFileSync(join(folder, basename(file)), text);
}

describe('npm run policy', () => {
  it('checks a folder: exit code 1 and a place that editors understand where something is wrong', () => {
    write(policyText.replace('team:leaders', 'person:dee'));
    const { status, stdout } = policy('check', folder, '--from', '2026-11-23T12:00Z');
    expect(stdout).toContain(
      `${join(folder, 'plain.yaml')}:7:14: error step_reaches_nobody: plain: tier 2 never reaches anybody`,
    );
    expect(stdout).toContain('proof: 2026-11-23T12:00:00Z until 2027-12-28T12:00:00Z');
    expect(status).toBe(1);
  }, 120_000);

  it('answers in JSON, and with exit code 0 where there are warnings only', () => {
    write(policyText);
    const { status, stdout } = policy('check', folder, '--json');
    const answer: unknown = JSON.parse(stdout);
    expect(answer).toMatchObject({
      ok: true,
      errors: [],
      findings: [{ level: 'warning', code: 'person_unreachable', line: 6 }],
    });
    expect(status).toBe(0);
  }, 120_000);

  it('says in one line what it does not understand, with exit code 2', () => {
    const { status, stderr } = policy('forecast', 'sev9');
    expect(stderr).toBe('"sev9" is not understood: did you mean "sev1"?; --help shows how\n');
    expect(status).toBe(2);
  }, 120_000);
});
