import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Store } from '../../store/client.ts';
import { listAgain, readFirstEvents } from '../../store/books.ts';
import { clearPending } from '../../store/commit.ts';
import { claimCreate, settleCreate, type CreateRequest } from '../../store/create-requests.ts';
import { StoreError } from '../../store/errors.ts';
import { acceptIntake, countRepeat } from '../../store/intake.ts';
import { readHead, readLog, readWholeLog } from '../../store/log.ts';
import { adoptOrphan, listPending, listWaiting } from '../../store/orphans.ts';
import {
  absorbRepeat,
  claimPointer,
  closePointer,
  countLoser,
  forgetLoser,
  readPointer,
  reopenPointer,
} from '../../store/pointer.ts';
import { publishPolicy } from '../../store/policies.ts';
import { listTexts } from '../../store/texts.ts';
import { newIntake, takeIn } from '../support/desk.ts';
import { startDynamo, type TestDynamo } from '../support/dynamo.ts';
import { policy, startMs } from '../domain/escalation/given.ts';

let dynamo: TestDynamo;
let store: Store;

beforeAll(async () => {
  dynamo = await startDynamo();
  store = dynamo.store;
  await publishPolicy(store, policy, { actorId: 'tests', nowMs: 0 });
});
afterAll(() => dynamo.close());

let lastKey = 0;
function newKey(): string {
  lastKey += 1;
  return `key${lastKey}`;
}

const everything = startMs + 3_600_000;

describe('an accepted intake', () => {
  it('stands in the log, in its record with its title, and among the pending', async () => {
    const intake = newIntake({ title: 'A fire in a charger' });
    const result = await acceptIntake(store, intake);
    expect(result).toMatchObject({
      kind: 'accepted',
      title: 'A fire in a charger',
      record: { state: 'received', seq: 1 },
    });
    const log = await readLog(store, intake.escalationId);
    expect(log?.events).toEqual([intake.received]);
    expect(log?.head).toEqual({
      record: result.kind === 'accepted' ? result.record : null,
      title: 'A fire in a charger',
      titleErasedAtMs: null,
    });
    expect(await listPending(store, 100, everything)).toContain(intake.escalationId);
  });

  it('stands with what was decided at once, in one commit, and its record says until when somebody has to answer', async () => {
    const intake = newIntake({ begins: true });
    const result = await acceptIntake(store, intake);
    const log = await readWholeLog(store, intake.escalationId);
    expect(log).toEqual([intake.received, ...(intake.begun?.events ?? [])]);
    expect(log.map((event) => event.type)).toContain('page.requested');
    expect(result).toMatchObject({
      kind: 'accepted',
      record: { state: 'received', seq: log.length, awaiting: { tier: 1, byMs: startMs + 15 * 60_000 } },
    });
    expect((await readHead(store, intake.escalationId))?.record).toEqual(
      result.kind === 'accepted' ? result.record : null,
    );
    expect(await readFirstEvents(store, intake.escalationId)).toEqual(log);
    expect(await listPending(store, 100, everything)).toContain(intake.escalationId);
  });

  it('keeps the beginning of its first attempt when it is tried again', async () => {
    const first = newIntake({ begins: true });
    await acceptIntake(store, first);
    const later = newIntake({ begins: true, atMs: startMs + 9_000 });
    const again = { ...later, escalationId: first.escalationId, attempt: 'again' as const };
    const result = await acceptIntake(store, again);
    expect(result).toMatchObject({ kind: 'accepted', record: { createdAtMs: startMs, awaiting: { tier: 1 } } });
    expect(await readWholeLog(store, first.escalationId)).toEqual([first.received, ...(first.begun?.events ?? [])]);
  });

  it('is not among the pending that are older than itself', async () => {
    const id = await takeIn(store);
    expect(await listPending(store, 100, startMs)).not.toContain(id);
    expect(await listPending(store, 100, startMs + 1)).toContain(id);
  });

  it('is listed by its severity, and without it where it had to be listed anew', async () => {
    const severe = await takeIn(store, { severity: 'sev1', atMs: startMs + 100_001 });
    const before = await takeIn(store, { severity: 'sev4', atMs: startMs + 100_000 });
    const range = { fromMs: startMs + 100_000, beforeMs: startMs + 100_002 };
    const lanes = async (limit = 100, untold?: boolean) =>
      (await listWaiting(store, limit, range, untold)).filter(({ ids, isWhole }) => ids.length > 0 || !isWhole);
    const [least, most] = [
      { severity: 'sev4', ids: [before], isWhole: true },
      { severity: 'sev1', ids: [severe], isWhole: true },
    ];
    expect(await lanes()).toEqual([most, least]);
    await listAgain(store, severe);
    expect(await lanes()).toEqual([most, least]);
    await clearPending(store, severe);
    await listAgain(store, severe);
    expect(await lanes()).toEqual([{ ...most, severity: null }, least]);
    expect(await lanes(100, false)).toEqual([least]);
  });

  it('is listed before all that are less severe, however many these are', async () => {
    const atMs = startMs + 200_000;
    const least = [];
    for (let n = 0; n < 3; n += 1) least.push(await takeIn(store, { severity: 'sev4', atMs: atMs + n }));
    const severe = await takeIn(store, { severity: 'sev1', atMs: atMs + 3 });
    const lanes = await listWaiting(store, 3, { fromMs: atMs, beforeMs: atMs + 4 });
    const of = (severity: string) => lanes.find((lane) => lane.severity === severity);
    expect(of('sev1')).toEqual({ severity: 'sev1', ids: [severe], isWhole: true });
    expect(of('sev4')).toEqual({ severity: 'sev4', ids: least.slice(0, 2), isWhole: false });
  });

  it('can be tried again under its id, and stands as it was first written', async () => {
    const first = newIntake({ dedupKey: newKey() });
    await acceptIntake(store, first);
    const again = { ...first, attempt: 'again' as const, received: { ...first.received, atMs: startMs + 9_000 } };
    const result = await acceptIntake(store, again);
    expect(result).toMatchObject({ kind: 'accepted', record: { createdAtMs: startMs, seq: 1 } });
    expect(await readWholeLog(store, first.escalationId)).toEqual([first.received]);
  });
});

describe('a dedup key', () => {
  it('has nothing to absorb a repeat before its first intake', async () => {
    expect(await absorbRepeat(store, newKey(), startMs)).toEqual({ kind: 'none' });
  });

  it('counts repeats on the escalation that is open, each once', async () => {
    const dedupKey = newKey();
    const id = await takeIn(store, { dedupKey });
    const counts = await Promise.all(Array.from({ length: 40 }, () => absorbRepeat(store, dedupKey, startMs + 5)));
    const seen = counts.map((each) => (each.kind === 'absorbed' && each.escalationId === id ? each.count : 0));
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => n + 2));
    expect(await readPointer(store, dedupKey)).toEqual({
      escalationId: id,
      state: 'open',
      count: 41,
      firstAtMs: startMs,
      lastAtMs: startMs + 5,
    });
  });

  it('gives one escalation to fifty first intakes at once, with an exact count and nothing left of the others', async () => {
    const dedupKey = newKey();
    const intakes = Array.from({ length: 50 }, () => newIntake({ dedupKey }));
    const results = await Promise.all(intakes.map((intake) => acceptIntake(store, intake)));
    const winners = intakes.filter((_, index) => results[index]?.kind === 'accepted');
    expect(winners).toHaveLength(1);
    expect(await readPointer(store, dedupKey)).toMatchObject({ escalationId: winners[0]?.escalationId, count: 50 });
    const pending = await listPending(store, 1_000, everything);
    for (const loser of intakes.filter((intake) => intake !== winners[0])) {
      expect(await readWholeLog(store, loser.escalationId)).toEqual([]);
      expect(await listTexts(store, loser.escalationId)).toEqual([]);
      expect(pending).not.toContain(loser.escalationId);
    }
  });

  it('opens a new escalation once the pointer was closed with the count that was folded in', async () => {
    const dedupKey = newKey();
    const first = await takeIn(store, { dedupKey });
    await absorbRepeat(store, dedupKey, startMs);
    expect(await closePointer(store, dedupKey, first, 1)).toEqual({ kind: 'changed', count: 2 });
    expect(await closePointer(store, dedupKey, first, 2)).toEqual({ kind: 'closed' });
    expect(await closePointer(store, dedupKey, first, 2)).toEqual({ kind: 'closed' });
    expect(await absorbRepeat(store, dedupKey, startMs)).toEqual({ kind: 'none' });
    const second = await takeIn(store, { dedupKey });
    expect(await readPointer(store, dedupKey)).toMatchObject({ escalationId: second, count: 1, state: 'open' });
    expect(await closePointer(store, dedupKey, first, 1)).toEqual({ kind: 'not_ours' });
    expect(await reopenPointer(store, dedupKey, first, 2, startMs)).toEqual({ kind: 'taken', escalationId: second });
    await closePointer(store, dedupKey, second, 1);
    expect(await reopenPointer(store, dedupKey, first, 2, startMs)).toEqual({ kind: 'reopened', count: 2 });
    expect(await absorbRepeat(store, dedupKey, startMs)).toEqual({ kind: 'absorbed', escalationId: first, count: 3 });
  });

  it('goes on counting where it was when its own escalation is reopened', async () => {
    const dedupKey = newKey();
    const id = await takeIn(store, { dedupKey });
    await absorbRepeat(store, dedupKey, startMs);
    await closePointer(store, dedupKey, id, 2);
    expect(await reopenPointer(store, dedupKey, id, 2, startMs)).toEqual({ kind: 'reopened', count: 2 });
  });

  it('has no pointer to close when it never came in', async () => {
    expect(await closePointer(store, newKey(), 'esc_x', 1)).toEqual({ kind: 'not_ours' });
    expect(await readPointer(store, newKey())).toBeNull();
  });

  it('counts a loser once, however often that is repeated', async () => {
    const dedupKey = newKey();
    await claimPointer(store, dedupKey, 'esc_winner', startMs);
    for (let times = 0; times < 3; times += 1) {
      expect(await countLoser(store, dedupKey, 'esc_loser', startMs)).toMatchObject({ kind: 'absorbed', count: 2 });
    }
    await forgetLoser(store, dedupKey, 'esc_loser');
    await forgetLoser(store, dedupKey, 'esc_loser');
    expect(await readPointer(store, dedupKey)).toMatchObject({ count: 2 });
  });
});

/** The store as one process sees it, with something happening elsewhere before one of its requests. */
function before(operation: string, happens: () => Promise<unknown>): Store {
  let done = false;
  return {
    ...store,
    table: {
      call: async (asked, input, once) => {
        if (asked === operation && !done) {
          done = true;
          await happens();
        }
        return store.table.call(asked, input, once);
      },
    },
  };
}

describe('a repeat that may be sent again', () => {
  it('is counted once, also where its key is closed before it is sent again', async () => {
    const dedupKey = newKey();
    const winner = await takeIn(store, { dedupKey });
    const repeat = newIntake({ dedupKey, attempt: 'first' });
    const counted = { kind: 'absorbed', escalationId: winner, count: 2, remembered: true };
    expect(await countRepeat(store, dedupKey, repeat.escalationId, 'first', startMs)).toEqual(counted);
    const again = { ...repeat, attempt: 'again' } as const;
    expect(await acceptIntake(store, again)).toEqual(counted);
    expect(await readWholeLog(store, repeat.escalationId)).toEqual([]);
    expect(await closePointer(store, dedupKey, winner, 2)).toEqual({ kind: 'closed' });
    expect(await acceptIntake(store, again)).toEqual(counted);
    expect(await readWholeLog(store, repeat.escalationId)).toEqual([]);
    await forgetLoser(store, dedupKey, repeat.escalationId);
    // What was forgotten is as good as new: whoever forgets has to have noted it.
    expect(await acceptIntake(store, again)).toMatchObject({ kind: 'accepted' });
  });

  it('is not counted on itself', async () => {
    const dedupKey = newKey();
    const own = await takeIn(store, { dedupKey, attempt: 'first' });
    for (const attempt of ['only', 'first'] as const) {
      expect(await countRepeat(store, dedupKey, own, attempt, startMs)).toEqual({ kind: 'none' });
    }
    expect(await readPointer(store, dedupKey)).toMatchObject({ escalationId: own, count: 1 });
  });

  it('is counted and found to be, where the answer to its counting was lost', async () => {
    const dedupKey = newKey();
    const winner = await takeIn(store, { dedupKey });
    let losing = true;
    const deaf: Store = {
      ...store,
      table: {
        call: async (asked, input, once) => {
          const answer = await store.table.call(asked, input, once);
          if (asked !== 'UpdateItem' || !losing) return answer;
          losing = false;
          throw new StoreError('unavailable', 'the answer was lost');
        },
      },
    };
    const repeat = newIntake({ dedupKey, attempt: 'first' });
    await expect(countRepeat(deaf, dedupKey, repeat.escalationId, 'first', startMs)).rejects.toThrow(StoreError);
    expect(await acceptIntake(deaf, { ...repeat, attempt: 'again' })).toMatchObject({ escalationId: winner, count: 2 });
    expect(await readPointer(store, dedupKey)).toMatchObject({ count: 2 });
  });
});

describe('an intake so slow that it is adopted while it runs', () => {
  it('is counted once where its key was taken, by its adopter', async () => {
    const dedupKey = newKey();
    const winner = await takeIn(store, { dedupKey });
    const slow = newIntake({ dedupKey });
    const adopting = before('DeleteItem', () => adoptOrphan(store, slow.escalationId, startMs + 4_000));
    expect(await acceptIntake(adopting, slow)).toEqual({
      kind: 'absorbed',
      escalationId: winner,
      count: 2,
      remembered: false,
    });
    expect(await readPointer(store, dedupKey)).toMatchObject({ escalationId: winner, count: 2 });
    const log = await readWholeLog(store, slow.escalationId);
    expect(log.map((event) => event.type)).toEqual(['escalation.received', 'escalation.merged']);
  });

  it('is accepted where its adopter got the key, for its winner had let go', async () => {
    const dedupKey = newKey();
    const winner = await takeIn(store, { dedupKey });
    const slow = newIntake({ dedupKey });
    const adopting = before('DeleteItem', async () => {
      await closePointer(store, dedupKey, winner, 1);
      await adoptOrphan(store, slow.escalationId, startMs + 4_000);
    });
    expect(await acceptIntake(adopting, slow)).toMatchObject({ kind: 'accepted', record: { id: slow.escalationId } });
    expect(await readPointer(store, dedupKey)).toMatchObject({ escalationId: slow.escalationId, count: 1 });
  });

  it('finds no orphan to adopt once it has taken itself back', async () => {
    const dedupKey = newKey();
    const winner = await takeIn(store, { dedupKey });
    const slow = newIntake({ dedupKey });
    let claimed = false;
    const late: Store = {
      ...store,
      table: {
        call: async (asked, input, once) => {
          // The first change of the pointer is the claim, the second the count.
          if (asked === 'UpdateItem') {
            if (claimed) {
              expect(await adoptOrphan(store, slow.escalationId, startMs + 4_000)).toEqual({ kind: 'gone' });
            }
            claimed = true;
          }
          return store.table.call(asked, input, once);
        },
      },
    };
    expect(await acceptIntake(late, slow)).toMatchObject({ kind: 'absorbed', escalationId: winner, count: 2 });
    expect(await readPointer(store, dedupKey)).toMatchObject({ escalationId: winner, count: 2 });
  });

  it('begins anew when its winner lets go before it is counted', async () => {
    const dedupKey = newKey();
    const winner = await takeIn(store, { dedupKey });
    const slow = newIntake({ dedupKey });
    const letting = before('DeleteItem', () => closePointer(store, dedupKey, winner, 1));
    expect(await acceptIntake(letting, slow)).toMatchObject({ kind: 'accepted', record: { id: slow.escalationId } });
    expect(await readWholeLog(store, slow.escalationId)).toEqual([slow.received]);
    expect(await listTexts(store, slow.escalationId)).toHaveLength(1);
    expect(await listPending(store, 1_000, everything)).toContain(slow.escalationId);
  });
});

describe('an outcome that is not known', () => {
  let silent: Server;
  let endpoint = '';

  beforeAll(async () => {
    // Takes the request and never answers.
    silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen({ port: 0, host: '127.0.0.1' }, () => resolve()));
    const address = silent.address();
    endpoint = typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : '';
  });
  afterAll(async () => {
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });

  it('is told apart from a failure when a repeat may have been counted, and is not repeated', async () => {
    let requests = 0;
    silent.on('request', () => {
      requests += 1;
    });
    const slow = dynamo.open({ endpoint, requestTimeoutMs: 150 });
    await expect(absorbRepeat(slow, newKey(), startMs)).rejects.toMatchObject({ code: 'outcome_unknown' });
    expect(requests).toBe(1);
  });

  it('is unavailable when nothing can have been written', async () => {
    const nowhere = dynamo.open({ endpoint: 'http://127.0.0.1:9', maxAttempts: 1 });
    await expect(absorbRepeat(nowhere, newKey(), startMs)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(acceptIntake(nowhere, newIntake())).rejects.toMatchObject({ code: 'unavailable' });
    await expect(readHead(nowhere, 'esc_x')).rejects.toMatchObject({ code: 'unavailable' });
  });
});

function request(hash: string, escalationId: string, bodyHash = 'body'): CreateRequest {
  return { hash, bodyHash, escalationId, expiresAtMs: startMs + 86_400_000 };
}

describe('an idempotency key of a create', () => {
  it('belongs to the first request and leads its repetition to the same escalation', async () => {
    expect(await claimCreate(store, request('a', 'esc_1'))).toEqual({ kind: 'first' });
    expect(await claimCreate(store, request('a', 'esc_2'))).toEqual({
      kind: 'again',
      escalationId: 'esc_1',
      absorbed: null,
    });
  });

  it('is refused for another body', async () => {
    await claimCreate(store, request('b', 'esc_1'));
    expect(await claimCreate(store, request('b', 'esc_2', 'other'))).toEqual({ kind: 'other_body' });
  });

  it('remembers that the first was counted on another escalation', async () => {
    await claimCreate(store, request('c', 'esc_1'));
    await settleCreate(store, 'c', { escalationId: 'esc_open', count: 7 });
    await settleCreate(store, 'c', { escalationId: 'esc_open', count: 8 });
    expect(await claimCreate(store, request('c', 'esc_2'))).toMatchObject({
      absorbed: { escalationId: 'esc_open', count: 7 },
    });
  });
});

describe('adopting what nobody left behind', () => {
  it('is done when there is a record already, and when there is nothing', async () => {
    const id = await takeIn(store);
    expect(await adoptOrphan(store, id, startMs)).toEqual({ kind: 'ready' });
    expect(await adoptOrphan(store, 'esc_none', startMs)).toEqual({ kind: 'gone' });
  });
});
