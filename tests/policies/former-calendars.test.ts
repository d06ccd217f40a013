import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { readCarried } from '../../activities/escalation-activities.ts';
import { parsePublishedDocument } from '../../contracts/policy/published.ts';
import type { EscalationEvent } from '../../domain/escalation/events.ts';
import { DirectoryReader } from '../../store/directory-reader.ts';
import { readLatestDirectory } from '../../store/directory.ts';
import { publishPolicyFolder } from '../../store/publish-policies.ts';
import { startDynamo, type TestDynamo } from '../support/dynamo.ts';
import { directoryText, policyFiles, policyText } from './policy-set-fixture.ts';

const nowMs = Date.UTC(2026, 10, 23, 12);
const by = { actorId: 'priya', nowMs };
const renamed = {
  directory: directoryText.replace('  office:', '  desk-hours:'),
  plain: policyText.replace('calendar: office', 'calendar: desk-hours'),
};

describe('a calendar that the published files no longer have', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tierline-policies-'));
  let dynamo: TestDynamo;
  const publish = async (change: Parameters<typeof policyFiles>[0]) => {
    for (const { file, text } of policyFiles(change)) writeFileSync(join(folder, basename(file)), text);
    return publishPolicyFolder(dynamo.store, folder, by);
  };
  const inForce = async () => parsePublishedDocument((await readLatestDirectory(dynamo.store))?.document);

  beforeAll(async () => {
    dynamo = await startDynamo();
  });
  afterAll(async () => {
    await dynamo.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await publish({});
    expect(await publish(renamed)).toMatchObject({ ok: true, directory: { changed: true } });
  });

  it('stays as it was for those who count by it', async () => {
    const { directory, formerCalendars } = await inForce();
    expect(formerCalendars).toEqual(['office']);
    expect(directory.calendars['office']?.timezone).toBe('Europe/London');
    const { calendarPins } = await new DirectoryReader(dynamo.store).current(['office', 'desk-hours'], nowMs);
    expect(Object.keys(calendarPins)).toEqual(['office', 'desk-hours']);
  });

  it('holds up no escalation under a version that counts by it', async () => {
    const received: EscalationEvent = {
      type: 'escalation.received',
      seq: 1,
      atMs: nowMs,
      actor: { kind: 'system', id: 'tierline' },
      title: { id: 'text', hash: '' },
      channel: 'customer_contact',
      category: 'other',
      severity: 'sev3',
      policy: { name: 'plain', version: 1 },
      source: 'api',
    };
    const ports = { store: dynamo.store, calendars: new DirectoryReader(dynamo.store), flags: [] };
    const { calendarPins, calendars } = await readCarried(ports, 'esc_test', [received]);
    expect(calendars[calendarPins['office'] ?? '']?.intervals.length).toBeGreaterThan(0);
  });

  it('is kept through later publications, and nothing is published where nothing changed', async () => {
    expect(await publish(renamed)).toMatchObject({ ok: true, directory: { changed: false } });
    const other = { ...renamed, directory: renamed.directory.replace('name: Ana', 'name: Anna') };
    expect(await publish(other)).toMatchObject({ ok: true, directory: { changed: true } });
    expect((await inForce()).formerCalendars).toEqual(['office']);
  });

  it('is the files again as soon as they have it', async () => {
    await publish({ directory: directoryText.replace("'17:00'", "'18:00'") });
    const { directory, formerCalendars } = await inForce();
    expect(formerCalendars).toEqual(['desk-hours']);
    expect(directory.calendars['office']).toMatchObject({ hours: { mon: [['09:00', '18:00']] } });
  });

  it('cannot be used by the files that do not have it', async () => {
    expect(await publish({ directory: renamed.directory })).toMatchObject({
      ok: false,
      errors: [{ message: 'there is no calendar "office"' }],
    });
  });
});
