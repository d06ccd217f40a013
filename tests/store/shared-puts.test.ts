import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import type { Store } from '../../store/client.ts';
import type { ItemKey } from '../../store/keys.ts';
import type { RawItem } from '../../store/requests.ts';
import { putFreshShared } from '../../store/shared-puts.ts';
import { TableFailure } from '../../store/table-connection.ts';

const batchInput = z.object({
  RequestItems: z.record(
    z.string(),
    z.array(z.object({ PutRequest: z.object({ Item: z.object({ pk: z.object({ S: z.string() }) }).loose() }) })),
  ),
});

interface Asked {
  /** The partitions of its items. */
  readonly names: readonly string[];
  /** Answers that these were not taken, or all were. */
  readonly answer: (...leftOut: readonly string[]) => void;
  readonly fail: (error: Error) => void;
}

/** A table whose requests are answered by the test. */
function table(): { readonly store: Store; readonly asked: readonly Asked[] } {
  const asked: Asked[] = [];
  const call = (_operation: string, input: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const puts = batchInput.parse(input).RequestItems['t'] ?? [];
      const nameOf = (put: (typeof puts)[number]): string => put.PutRequest.Item.pk.S;
      asked.push({
        names: puts.map(nameOf),
        answer: (...leftOut) =>
          resolve({ UnprocessedItems: { t: puts.filter((put) => leftOut.includes(nameOf(put))) } }),
        fail: reject,
      });
    });
  const store: Store = {
    tableName: 't',
    table: { call },
    get db(): Store['db'] {
      throw new Error('not for these tests');
    },
    indexShards: 1,
    cursorSecret: undefined,
    close: () => {},
  };
  return { store, asked };
}

function itemsOf(...names: readonly string[]): readonly (RawItem & ItemKey)[] {
  return names.map((pk) => ({ pk, sk: 'x' }));
}

/** Lets everything happen that waits for nothing but its turn. */
async function settled(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

async function outcomeOf(put: Promise<void>): Promise<unknown> {
  return put.then(
    () => 'done',
    (error: unknown) => error,
  );
}

/** Two requests that are under way, so that whoever comes waits. */
function busy(store: Store): void {
  void putFreshShared(store, itemsOf('first'));
  void putFreshShared(store, itemsOf('second'));
}

describe('a put that may be shared', () => {
  it('goes at once when it is alone, and is done when all its items are there', async () => {
    const { store, asked } = table();
    const put = outcomeOf(putFreshShared(store, itemsOf('a', 'b')));
    expect(asked.map(({ names }) => names)).toEqual([['a', 'b']]);
    asked[0]?.answer();
    expect(await put).toBe('done');
  });

  it('waits while two are under way, and goes with all others that waited', async () => {
    const { store, asked } = table();
    busy(store);
    const puts = [itemsOf('a', 'b'), itemsOf('c')].map((items) => outcomeOf(putFreshShared(store, items)));
    expect(asked.map(({ names }) => names)).toEqual([['first'], ['second']]);
    asked[0]?.answer();
    await settled();
    expect(asked[2]?.names).toEqual(['a', 'b', 'c']);
    asked[2]?.answer();
    expect(await Promise.all(puts)).toEqual(['done', 'done']);
  });

  it('shares a request of 25 items at most, and never goes in two', async () => {
    const { store, asked } = table();
    busy(store);
    for (let caller = 0; caller < 10; caller += 1) {
      void putFreshShared(store, itemsOf(`${caller}a`, `${caller}b`, `${caller}c`));
    }
    asked[0]?.answer();
    asked[1]?.answer();
    await settled();
    expect(asked.map(({ names }) => names.length)).toEqual([1, 1, 24, 6]);
  });

  it('fails with its request, as everybody in it does and nobody else', async () => {
    const { store, asked } = table();
    const first = outcomeOf(putFreshShared(store, itemsOf('first')));
    const second = outcomeOf(putFreshShared(store, itemsOf('second')));
    const shared = ['a', 'b'].map((name) => outcomeOf(putFreshShared(store, itemsOf(name))));
    asked[0]?.answer();
    await settled();
    asked[2]?.fail(new TableFailure('InternalServerError', 'no', 500));
    asked[1]?.answer();
    expect(await Promise.all([first, second])).toEqual(['done', 'done']);
    for (const outcome of await Promise.all(shared)) expect(outcome).toMatchObject({ code: 'unavailable' });
  });

  it('puts again what the table left, and only those wait whose it is', async () => {
    const { store, asked } = table();
    busy(store);
    const one = outcomeOf(putFreshShared(store, itemsOf('a')));
    const other = outcomeOf(putFreshShared(store, itemsOf('b', 'c')));
    asked[0]?.answer();
    await settled();
    asked[2]?.answer('c');
    expect(await one).toBe('done');
    await settled();
    expect(asked[3]?.names).toEqual(['c']);
    asked[3]?.answer();
    expect(await other).toBe('done');
  });

  it('is unavailable when the table goes on leaving some of it', async () => {
    const { store, asked } = table();
    const put = outcomeOf(putFreshShared(store, itemsOf('a')));
    for (let attempt = 0; attempt < 6; attempt += 1) {
      asked[attempt]?.answer('a');
      await settled();
    }
    expect(asked).toHaveLength(6);
    expect(await put).toMatchObject({ code: 'unavailable' });
  });

  it('suffers nothing from another whose items the table finds wrong: each then goes alone', async () => {
    const { store, asked } = table();
    busy(store);
    const [good, bad] = ['good', 'bad'].map((name) => outcomeOf(putFreshShared(store, itemsOf(name))));
    asked[0]?.answer();
    asked[1]?.answer();
    await settled();
    asked[2]?.fail(new TableFailure('ValidationException', 'too large', 400));
    await settled();
    expect(asked.slice(3).map(({ names }) => names)).toEqual([['good'], ['bad']]);
    asked[3]?.answer();
    asked[4]?.fail(new TableFailure('ValidationException', 'too large', 400));
    expect(await good).toBe('done');
    expect(await bad).toMatchObject({ code: 'internal' });
  });
});
