import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { parsePublishedDocument } from '../../contracts/policy/published.ts';
import { readLatestDirectory } from '../../store/directory.ts';
import { readLatestPolicy, readPolicy, readPolicySource } from '../../store/policies.ts';
import { publishPolicyFolder } from '../../store/publish-policies.ts';
import { startDynamo, type TestDynamo } from '../support/dynamo.ts';
import { policyFiles, policyText } from './policy-set-fixture.ts';

const by = { actorId: 'priya', nowMs: Date.UTC(2026, 10, 23, 12) };
const folder = mkdtempSync(join(tmpdir(), 'tierline-policies-'));

function write(change: Parameters<typeof policyFiles>[0] = {}): void {
  for (const { file, text } of policyFiles(change)) writeFileSync(join(folder, basename(file)), text);
}

describe('publishing a folder of policies', () => {
  let dynamo: TestDynamo;
  beforeAll(async () => {
    dynamo = await startDynamo();
  });
  afterAll(async () => {
    await dynamo.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('makes new versions of what has changed and leaves the rest alone', async () => {
    write();
    const first = await publishPolicyFolder(dynamo.store, folder, by);
    expect(first).toMatchObject({
      ok: true,
      policies: [{ name: 'plain', version: 1, changed: true }],
      directory: { version: 1, changed: true },
    });
    const again = await publishPolicyFolder(dynamo.store, folder, by);
    expect(again).toMatchObject({
      ok: true,
      policies: [{ version: 1, changed: false }],
      directory: { version: 1, changed: false },
    });
    write({ plain: policyText.replace('repeats: 1', 'repeats: 2') });
    const changed = await publishPolicyFolder(dynamo.store, folder, by);
    expect(changed).toMatchObject({
      ok: true,
      policies: [{ version: 2, changed: true }],
      directory: { version: 1, changed: false },
    });
    expect((await readLatestPolicy(dynamo.store, 'plain'))?.repeats).toBe(2);
    expect((await readPolicy(dynamo.store, 'plain', 1))?.repeats).toBe(1);
    expect(await readPolicySource(dynamo.store, 'plain', 1)).toBe(policyText);
  });

  it('publishes the directory and the routing so that they can be read back', async () => {
    write();
    await publishPolicyFolder(dynamo.store, folder, by);
    const latest = await readLatestDirectory(dynamo.store);
    const { directory, routing } = parsePublishedDocument(latest?.document);
    expect(Object.keys(directory.people)).toEqual(['ana', 'ben', 'cy', 'dee']);
    expect(routing.rules.map((rule) => rule.name)).toEqual(['Injuries', 'Safety']);
  });

  it('refuses a set with an error of its files, and one that the check finds an error in, and publishes nothing of it', async () => {
    const versionBefore = (await readLatestPolicy(dynamo.store, 'plain'))?.version;
    write({ plain: policyText.replace('schedule:days', 'schedule:nights') });
    expect(await publishPolicyFolder(dynamo.store, folder, by)).toMatchObject({
      ok: false,
      errors: [{ line: 5, message: 'there is no schedule "nights"' }],
    });
    write({ plain: policyText.replace('team:leaders', 'person:dee') });
    const refused = await publishPolicyFolder(dynamo.store, folder, by);
    expect(refused).toMatchObject({ ok: false, errors: [{ line: 7, column: 14 }] });
    expect(refused.ok ? '' : refused.errors[0]?.message).toMatch(
      /plain: tier 2 never reaches anybody: no contact reaches dee \(first at 2026-11-23T12:00:00Z\)/,
    );
    expect((await readLatestPolicy(dynamo.store, 'plain'))?.version).toBe(versionBefore);
  });
});
