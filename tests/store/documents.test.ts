import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sha256 } from '../../contracts/ids.ts';
import type { OpenHours } from '../../domain/calendar/open-hours.ts';
import type { Interval } from '../../domain/calendar/intervals.ts';
import { listApiKeys, putApiKey, readApiKey, revokeApiKey, type ApiKey } from '../../store/api-keys.ts';
import { putCalendar, readCalendar } from '../../store/calendars.ts';
import type { Store } from '../../store/client.ts';
import { publishDirectory, readLatestDirectory } from '../../store/directory.ts';
import { keys } from '../../store/keys.ts';
import { readHead, readLog } from '../../store/log.ts';
import { listNotifications, putNotification, readNotification } from '../../store/notifications.ts';
import {
  deleteOverride,
  listLeave,
  listOverrides,
  putLeave,
  putOverride,
  type ScheduleOverride,
} from '../../store/overrides.ts';
import { listPolicies, publishPolicy, readLatestPolicy, readPolicy, readPolicySource } from '../../store/policies.ts';
import { putProcessedCommand, readProcessedCommand } from '../../store/processed-commands.ts';
import { putReconciliation, readReconciliation } from '../../store/reconciliation.ts';
import { deleteItem, getItem } from '../../store/requests.ts';
import { copyTitle, eraseText, listTexts, putText, readTexts } from '../../store/texts.ts';
import { run, takeIn } from '../support/desk.ts';
import { startDynamo, type TestDynamo } from '../support/dynamo.ts';
import { policy, startMs } from '../domain/escalation/given.ts';

let dynamo: TestDynamo;
let store: Store;

beforeAll(async () => {
  dynamo = await startDynamo();
  store = dynamo.store;
});
afterAll(() => dynamo.close());

describe('a text', () => {
  it('is put once and read back by its id', async () => {
    const ref = await putText(store, 'esc_t', { id: 'txt_1', kind: 'note', text: 'The parcel is here.' });
    await putText(store, 'esc_t', { id: 'txt_1', kind: 'note', text: 'Another one.' });
    expect(ref).toEqual({ id: 'txt_1', hash: sha256('The parcel is here.') });
    const texts = await readTexts(store, 'esc_t', ['txt_1', 'txt_1', 'txt_none']);
    expect([...texts.keys()]).toEqual(['txt_1']);
    expect(texts.get('txt_1')).toMatchObject({ text: 'The parcel is here.', kind: 'note', erasedAtMs: null });
  });

  it('is erased for good, with the copy of a title, while its hash, the log and the record stay', async () => {
    const id = await takeIn(store, { title: 'Call Ms Example at home' });
    const before = await readLog(store, id);
    const [title] = await listTexts(store, id);
    expect(await eraseText(store, id, title?.id ?? '', startMs + 5)).toBe(true);
    expect(await eraseText(store, id, title?.id ?? '', startMs + 9)).toBe(false);
    expect(await listTexts(store, id)).toEqual([{ ...title, text: null, erasedAtMs: startMs + 5 }]);
    const after = await readLog(store, id);
    expect(after?.events).toEqual(before?.events);
    expect(after?.head.record).toEqual(before?.head.record);
    expect(after?.head).toMatchObject({ title: null, titleErasedAtMs: startMs + 5 });
    expect(JSON.stringify(await getItem(store, keys.head(id), true))).not.toContain('Example');
    expect(await copyTitle(store, id, 'Call Ms Example at home')).toBe(false);
    await run(store, id, { type: 'begin' });
    expect((await readHead(store, id))?.title).toBeNull();
  });

  it('that never was can not be erased', async () => {
    expect(await eraseText(store, 'esc_t', 'txt_none', startMs)).toBe(false);
  });
});

describe('a notification', () => {
  const first = {
    id: 'esc_n#1#1',
    escalationId: 'esc_n',
    kind: 'page',
    messageType: 'page.v1',
    recipients: ['dana'],
    createdAtMs: startMs,
  } as const;

  it('goes to the people of the first attempt, whoever is on call at a retry', async () => {
    expect(await putNotification(store, first)).toEqual(first);
    expect(await putNotification(store, { ...first, recipients: ['omar'], createdAtMs: startMs + 9 })).toEqual(first);
    expect(await readNotification(store, 'esc_n', first.id)).toEqual(first);
    expect(await readNotification(store, 'esc_n', 'esc_n#9#1')).toBeNull();
    expect(await listNotifications(store, 'esc_n')).toEqual([first]);
  });
});

describe('a command that the workflow no longer carries', () => {
  it('is found by its id', async () => {
    const done = { commandId: 'cmd_1', bodyHash: 'b', seq: 7 };
    await putProcessedCommand(store, 'esc_c', done);
    await putProcessedCommand(store, 'esc_c', { ...done, seq: 99 });
    expect(await readProcessedCommand(store, 'esc_c', 'cmd_1')).toEqual(done);
    expect(await readProcessedCommand(store, 'esc_c', 'cmd_2')).toBeNull();
  });
});

describe('an integration key', () => {
  const key: ApiKey = {
    id: 'key_1',
    secretHash: sha256('secret'),
    source: 'prometheus',
    label: 'Cluster one',
    roles: ['integration'],
    createdBy: 'priya',
    createdAtMs: startMs,
    revokedAtMs: null,
  };

  it('is made once, listed, and revoked for good', async () => {
    expect(await putApiKey(store, key)).toBe(true);
    expect(await putApiKey(store, { ...key, source: 'other' })).toBe(false);
    expect(await readApiKey(store, 'key_1')).toEqual(key);
    expect(await listApiKeys(store)).toEqual([key]);
    expect(await revokeApiKey(store, 'key_1', startMs + 1)).toEqual({ ...key, revokedAtMs: startMs + 1 });
    expect(await revokeApiKey(store, 'key_1', startMs + 2)).toEqual({ ...key, revokedAtMs: startMs + 1 });
    expect(await revokeApiKey(store, 'key_none', startMs)).toBeNull();
  });
});

describe('a policy', () => {
  const second = { ...policy, version: 2, hash: 'test-2', repeats: 3 };
  const by = { actorId: 'priya', nowMs: startMs };

  it('is in force in its latest version, and every version stays as it was published', async () => {
    expect(await readLatestPolicy(store, 'test')).toBeNull();
    expect(await publishPolicy(store, policy, { ...by, source: 'name: test' })).toEqual({ kind: 'published' });
    expect(await publishPolicy(store, second, by)).toEqual({ kind: 'published' });
    expect(await publishPolicy(store, policy, by)).toEqual({ kind: 'already' });
    expect(await publishPolicy(store, { ...second, hash: 'other' }, by)).toEqual({
      kind: 'version_taken',
      hash: 'test-2',
    });
    expect(await readLatestPolicy(store, 'test')).toEqual(second);
    expect(await readPolicy(store, 'test', 1)).toEqual(policy);
    expect(await readPolicy(dynamo.open({}), 'test', 1)).toEqual(policy);
    expect(await readPolicySource(store, 'test', 1)).toBe('name: test');
    expect(await listPolicies(store)).toMatchObject([{ name: 'test', version: 2, publishedBy: 'priya' }]);
  });
});

describe('an expanded calendar', () => {
  const intervals: readonly Interval[] = Array.from({ length: 30_000 }, (_, day) => [
    startMs + day * 86_400_000,
    startMs + day * 86_400_000 + 28_800_000,
  ]);
  const hours: OpenHours = {
    id: 'c'.repeat(64),
    coveredFromMs: startMs,
    coveredUntilMs: startMs + 30_000 * 86_400_000,
    intervals,
  };

  it('comes back whole, however many items it takes', async () => {
    await putCalendar(store, hours);
    await putCalendar(store, hours);
    expect(await getItem(store, keys.part(`CAL#${hours.id}`, 1), true)).not.toBeNull();
    expect(await readCalendar(dynamo.open({}), hours.id)).toEqual(hours);
    expect(await readCalendar(store, 'unknown')).toBeNull();
  });

  it('is refused when a part of it is missing', async () => {
    await deleteItem(store, keys.part(`CAL#${hours.id}`, 1));
    await expect(readCalendar(dynamo.open({}), hours.id)).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('the directory', () => {
  it('is in force in its latest version', async () => {
    expect(await readLatestDirectory(store)).toBeNull();
    const published = { version: 1, hash: 'h1', publishedAtMs: startMs, publishedBy: 'priya' };
    expect(await publishDirectory(store, published, { people: ['Ünal'] })).toBe(true);
    expect(await publishDirectory(store, { ...published, version: 3 }, { people: ['dana'] })).toBe(true);
    expect(await publishDirectory(store, { ...published, version: 2 }, { people: [] })).toBe(false);
    expect(await readLatestDirectory(store)).toMatchObject({
      published: { version: 3 },
      document: { people: ['dana'] },
    });
  });
});

function override(id: string, startMs: number, endMs: number): ScheduleOverride {
  const beside = { scheduleId: 'desk', personId: 'dana', inPlaceOf: null, createdBy: 'priya', createdAtMs: 0 };
  return { id, startMs, endMs, ...beside };
}

describe('an override', () => {
  it('is listed where it touches a stretch of time, ends left out', async () => {
    for (const each of [override('a', 0, 10), override('b', 10, 20), override('c', 30, 40), override('d', 5, 100)]) {
      await putOverride(store, each);
    }
    const ids = async (from: number, until: number): Promise<readonly string[]> =>
      (await listOverrides(store, 'desk', from, until)).map((each) => each.id);
    expect(await ids(10, 30)).toEqual(['b', 'd']);
    expect(await ids(0, 1)).toEqual(['a']);
    expect(await ids(100, 200)).toEqual([]);
    await deleteOverride(store, override('b', 10, 20));
    expect(await ids(10, 30)).toEqual(['d']);
    expect(await listOverrides(store, 'night', 0, 100)).toEqual([]);
  });

  it('has leave beside it, which counts in every schedule', async () => {
    const leave = { id: 'l1', personId: 'omar', startMs: 50, endMs: 60, createdBy: 'omar', createdAtMs: 0 };
    await putLeave(store, leave);
    expect(await listLeave(store, 55, 56)).toEqual([leave]);
    expect(await listLeave(store, 60, 90)).toEqual([]);
  });
});

describe("the reconciler's last result", () => {
  it('replaces the one before', async () => {
    expect(await readReconciliation(store)).toBeNull();
    await putReconciliation(store, { lost: 1 }, startMs);
    await putReconciliation(store, { lost: 0 }, startMs + 1);
    expect(await readReconciliation(store)).toEqual({ atMs: startMs + 1, result: { lost: 0 } });
  });
});
