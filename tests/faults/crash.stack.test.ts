import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dedupKeyHash, sha256 } from '../../contracts/ids.ts';
import { waitUntil } from '../../local/tools/wait.ts';
import { readHead } from '../../store/log.ts';
import { listPending } from '../../store/orphans.ts';
import { readPointer } from '../../store/pointer.ts';
import { isUnsettled, type Attempt } from './rig/api.ts';
import { auditEntry, auditPages, idsByTitle, type Entry } from './rig/books.ts';
import { Desk } from './rig/desk.ts';
import { killAtStep, workerSteps } from './rig/faults.ts';
import { faultPolicy } from './rig/policy.ts';

const patienceMs = 30_000;

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
}, 120_000);
afterAll(async () => {
  await desk?.close();
}, 30_000);

/** Sends a request, under its one key, until its outcome is known, as a careful client does. */
async function settled(send: () => Promise<Attempt>): Promise<Attempt> {
  let last = await send();
  await waitUntil(
    async () => {
      if (!isUnsettled(last)) return true;
      last = await send();
      return !isUnsettled(last);
    },
    patienceMs,
    100,
  );
  return last;
}

function bodyOf(title: string, dedupKey?: string): object {
  return {
    title,
    channel: 'monitoring',
    category: 'logistics',
    severity: 'sev3',
    policy: faultPolicy,
    ...(dedupKey === undefined ? {} : { dedupKey }),
  };
}

async function create(title: string, dedupKey?: string): Promise<Attempt> {
  const key = randomUUID();
  return settled(() => desk.api.create(key, bodyOf(title, dedupKey)));
}

/** Log, record, workflow and pages tell one story. */
async function expectWhole(id: string): Promise<Entry> {
  const { entry, findings } = await auditEntry(desk, id);
  expect(findings).toEqual([]);
  if (entry === null) throw new Error(`${id} has no log`);
  expect(auditPages(entry, desk.publishedPages())).toEqual([]);
  return entry;
}

async function pageIsOut(id: string): Promise<boolean> {
  return [...desk.publishedPages().keys()].some((pageId) => pageId.startsWith(`${id}#`));
}

function idOf(attempt: Attempt): string {
  expect(attempt).toMatchObject({ kind: 'answered', status: 201 });
  return attempt.kind === 'answered' ? String(attempt.body['id']) : '';
}

describe('a worker that is killed between two steps', () => {
  it.each(workerSteps)(
    'leaves workflow, log and record in agreement, and the first tier paged, at %s of the first decision',
    async (point) => {
      let made: Promise<Attempt> | undefined;
      await killAtStep(desk, 'worker', point, { meanwhile: () => (made = create(`first decision, ${point}`)) });
      const id = idOf((await made) ?? { kind: 'unanswered' });
      expect(await waitUntil(() => pageIsOut(id), patienceMs)).toBe(true);
      const { events } = await expectWhole(id);
      const begun = events.filter((event) => event.type === 'tier.entered' && event.cause === 'started');
      expect(begun).toHaveLength(1);
      const asked = events.flatMap((event) =>
        event.type === 'page.requested' && event.tier === 1 ? [event.pageId] : [],
      );
      const timesOf = (pageId: string): number => desk.publishedPages().get(pageId)?.times ?? 0;
      // A worker that comes back after two seconds, late for a tier of seconds, asks it anew: a decision with an id of its own.
      const anew = events.filter((event) => event.type === 'tier.entered' && event.cause === 'taken_up_late');
      expect(asked).toHaveLength(1 + anew.length);
      // Killed between the publish and its record, a page goes out again: under its one id, or because it is asked anew.
      const times = asked.map(timesOf);
      // Its outcome is the first commit.
      const wasOut = point === 'page:after-publish' || point === 'commit:before';
      expect(times.reduce((sum, each) => sum + each, 0)).toBe(wasOut ? 2 : 1);
      expect(times.at(-1)).toBeGreaterThanOrEqual(1);
      // Nothing is left behind that would come to the next test's step before it.
      await desk.cancel(id);
    },
    90_000,
  );

  it.each(['commit:after-slot', 'commit:after-head'] as const)(
    'does a command once and answers it, at %s',
    async (point) => {
      const id = idOf(await create(`a command, ${point}`));
      expect(await waitUntil(() => pageIsOut(id), patienceMs)).toBe(true);
      const key = randomUUID();
      let answer: Promise<Attempt> | undefined;
      await killAtStep(desk, 'worker', point, {
        meanwhile: () => (answer = settled(() => desk.api.command(id, 'acknowledge', key))),
      });
      expect(await answer).toMatchObject({ status: 200, body: { state: 'acknowledged' } });
      const { events } = await expectWhole(id);
      expect(events.filter((event) => event.type === 'escalation.acknowledged')).toHaveLength(1);
      const again = await desk.api.command(id, 'acknowledge', key);
      expect(again).toMatchObject({ status: 200, body: { state: 'acknowledged' } });
      await desk.cancel(id);
    },
    90_000,
  );
});

describe('an intake that is killed between two steps', () => {
  // The first try is one transaction; what is tried again goes step by step.
  it.each([
    ['intake:before', []],
    ['intake:after-head', []],
    ['intake:after-commit', ['intake:before']],
    ['intake:after-claim', ['intake:before']],
  ] as const)(
    'becomes exactly one escalation when its client asks again, at %s (before that %j)',
    async (point, before) => {
      const title = `an intake, ${point}`;
      const dedupKey = randomUUID();
      const key = randomUUID();
      const attempt = (): Promise<Attempt> => desk.api.create(key, bodyOf(title, dedupKey));
      for (const earlier of before) await killAtStep(desk, 'gateway', earlier, { meanwhile: attempt });
      let made: Promise<Attempt> | undefined;
      await killAtStep(desk, 'gateway', point, { meanwhile: () => (made = settled(attempt)) });
      const id = idOf((await made) ?? { kind: 'unanswered' });
      expect(await waitUntil(() => pageIsOut(id), patienceMs)).toBe(true);
      await expectWhole(id);
      expect((await idsByTitle(desk)).get(sha256(title))).toEqual([id]);
      const pointer = await readPointer(desk.store, dedupKeyHash({ source: 'api', key: dedupKey }));
      expect(pointer).toMatchObject({ escalationId: id, count: 1, state: 'open' });
      await desk.cancel(id);
    },
    90_000,
  );

  it.each(['intake:after-count', 'intake:after-note'] as const)(
    'is counted once on the one that has its key when its client asks again, at %s',
    async (point) => {
      const dedupKey = randomUUID();
      const winner = idOf(await create(`the one that is repeated, ${point}`, dedupKey));
      const title = `a repeat, ${point}`;
      const key = randomUUID();
      const attempt = (): Promise<Attempt> => desk.api.create(key, bodyOf(title, dedupKey));
      let counted: Promise<Attempt> | undefined;
      await killAtStep(desk, 'gateway', point, { meanwhile: () => (counted = settled(attempt)) });
      expect(await counted).toMatchObject({ status: 200, body: { id: winner, occurrences: 2 } });
      expect(await attempt()).toMatchObject({ status: 200, body: { id: winner, occurrences: 2 } });
      expect((await idsByTitle(desk)).get(sha256(title)) ?? []).toEqual([]);
      const pointer = await readPointer(desk.store, dedupKeyHash({ source: 'api', key: dedupKey }));
      expect(pointer).toMatchObject({ escalationId: winner, count: 2 });
      await desk.cancel(winner);
    },
    90_000,
  );

  it.each(['orphan:after-count', 'orphan:after-merge'] as const)(
    'is counted once on the one that has its key, when its adopter is killed at %s',
    async (point) => {
      const dedupKey = randomUUID();
      const title = `an orphan, ${point}`;
      await desk.stack.down('worker');
      const key = randomUUID();
      const attempt = (): Promise<Attempt> => desk.api.create(key, bodyOf(title, dedupKey));
      await killAtStep(desk, 'gateway', 'intake:before', { meanwhile: attempt });
      const winner = idOf(await create(`the winner, ${point}`, dedupKey));
      // Its client asks once more and then no longer: the orphan stays behind with its first commit.
      await killAtStep(desk, 'gateway', 'intake:after-commit', { meanwhile: attempt });
      await killAtStep(desk, 'worker', point);
      const [orphan = ''] = (await idsByTitle(desk)).get(sha256(title)) ?? [];
      const isSettled = async (): Promise<boolean> =>
        !(await listPending(desk.store, 100, Date.now())).includes(orphan);
      expect(await waitUntil(isSettled, patienceMs)).toBe(true);
      expect((await readHead(desk.store, orphan))?.record).toMatchObject({ state: 'merged', mergedInto: winner });
      const pointer = await readPointer(desk.store, dedupKeyHash({ source: 'api', key: dedupKey }));
      expect(pointer).toMatchObject({ escalationId: winner, count: 2 });
      expect(await waitUntil(() => pageIsOut(winner), patienceMs)).toBe(true);
      await expectWhole(winner);
      await desk.cancel(winner);
    },
    90_000,
  );
});
