import { describe, expect, it } from '@jest/globals';
import type { Store } from '../../store/client.ts';
import { transact, type Transaction } from '../../store/requests.ts';
import { TableFailure } from '../../store/table-connection.ts';

/** A table that answers a transaction with each of these in turn, then with success. */
function table(...failures: readonly TableFailure[]): { readonly store: Store; readonly asked: readonly object[] } {
  const asked: object[] = [];
  const store: Store = {
    tableName: 't',
    table: {
      call: async (_operation, input) => {
        asked.push(input);
        const failure = failures[asked.length - 1];
        if (failure !== undefined) throw failure;
        return {};
      },
    },
    get db(): Store['db'] {
      throw new Error('not for these tests');
    },
    indexShards: 1,
    cursorSecret: undefined,
    close: () => {},
  };
  return { store, asked };
}

function cancelled(...reasons: readonly string[]): TableFailure {
  return new TableFailure('TransactionCanceledException', 'cancelled', 400, reasons);
}

const puts = [{ pk: 'a', sk: 'x', n: 1 }];
const whole: Transaction = {
  puts,
  update: {
    key: { pk: 'k', sk: 'x' },
    change: { text: 'SET #n = :n', values: { ':n': 1 } },
    condition: { text: 'attribute_not_exists(#n)' },
  },
};

describe('a transaction', () => {
  it('puts its items where there are none, behind its change', async () => {
    const { store, asked } = table();
    expect(await transact(store, whole)).toEqual({ kind: 'written' });
    expect(asked).toEqual([
      {
        TransactItems: [
          {
            Update: {
              TableName: 't',
              Key: { pk: { S: 'k' }, sk: { S: 'x' } },
              UpdateExpression: 'SET #n = :n',
              ConditionExpression: 'attribute_not_exists(#n)',
              ExpressionAttributeNames: { '#n': 'n' },
              ExpressionAttributeValues: { ':n': { N: '1' } },
            },
          },
          {
            Put: {
              TableName: 't',
              Item: { pk: { S: 'a' }, sk: { S: 'x' }, n: { N: '1' } },
              ConditionExpression: 'attribute_not_exists(pk)',
            },
          },
        ],
      },
    ]);
  });

  it('says whether its change stood in the way alone, or an item that is there', async () => {
    const failed = 'ConditionalCheckFailed';
    expect(await transact(table(cancelled(failed, 'None')).store, whole)).toEqual({ kind: 'refused', by: 'update' });
    expect(await transact(table(cancelled('None', failed)).store, whole)).toEqual({ kind: 'refused', by: 'put' });
    expect(await transact(table(cancelled(failed, failed)).store, whole)).toEqual({ kind: 'refused', by: 'put' });
    expect(await transact(table(cancelled(failed)).store, { puts })).toEqual({ kind: 'refused', by: 'put' });
  });

  it('is tried again after it met another one, or a busy table', async () => {
    const { store, asked } = table(cancelled('TransactionConflict', 'None'), cancelled('None', 'ThrottlingError'));
    expect(await transact(store, whole)).toEqual({ kind: 'written' });
    expect(asked).toHaveLength(3);
  });

  it('is not called refused while one of its items is held by another', async () => {
    const { store, asked } = table(cancelled('ConditionalCheckFailed', 'TransactionConflict'));
    expect(await transact(store, whole)).toEqual({ kind: 'written' });
    expect(asked).toHaveLength(2);
  });

  it('is unavailable where that does not end, and where the table does not answer', async () => {
    const conflicts = Array.from({ length: 9 }, () => cancelled('TransactionConflict', 'None'));
    const { store, asked } = table(...conflicts);
    await expect(transact(store, whole)).rejects.toMatchObject({ code: 'unavailable' });
    expect(asked).toHaveLength(6);
    const silent = table(new TableFailure('TimeoutError', 'no answer', 0)).store;
    await expect(transact(silent, whole)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is internal where the table finds it wrong', async () => {
    const { store } = table(cancelled('ValidationError', 'None'));
    await expect(transact(store, whole)).rejects.toMatchObject({ code: 'internal' });
    const other = table(new TableFailure('ValidationException', 'too large', 400)).store;
    await expect(transact(other, whole)).rejects.toMatchObject({ code: 'internal' });
  });

  it('is not asked for again where the endpoint has none', async () => {
    const { store, asked } = table(new TableFailure('UnknownOperationException', '', 400));
    expect(await transact(store, whole)).toEqual({ kind: 'unsupported' });
    expect(await transact(store, whole)).toEqual({ kind: 'unsupported' });
    expect(asked).toHaveLength(1);
  });
});
