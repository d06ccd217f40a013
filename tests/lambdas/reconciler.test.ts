import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newEscalationId } from '../../contracts/ids.ts';
import { emptyMemory, type Reconciliation } from '../../contracts/reconciliation.ts';
import { putReconciliation } from '../../store/reconciliation.ts';
import { startApi, type TestApi } from './support/api.ts';

const finishedAtMs = Date.UTC(2026, 0, 5, 9, 0, 2);
const broken = newEscalationId(finishedAtMs);

const result: Reconciliation = {
  startedAtMs: finishedAtMs - 2_000,
  finishedAtMs,
  lost: { found: 2, repaired: 1, left: 1 },
  orphaned: { found: 0, repaired: 0, left: 0 },
  stuck: { found: 0, repaired: 0, left: 0 },
  checked: { open: 12, items: 200, audited: 9 },
  notes: [{ escalationId: broken, fault: 'no_log', outcome: 'left' }],
  memory: {
    ...emptyMemory,
    openSweptAtMs: finishedAtMs - 1_000,
    left: [{ escalationId: broken, faults: ['no_log'], runs: 3, sinceMs: finishedAtMs - 20_000 }],
  },
};

describe('GET /v1/reconciler', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  it('says before the first run that there was none', async () => {
    const { status, body } = await api.get('/v1/reconciler', await api.tokens.of('dana', 'responder'));
    expect({ status, body }).toEqual({ status: 200, body: { lastRun: null } });
  });

  it('tells what the last run found, repaired and left, with its instants', async () => {
    await putReconciliation(api.store, result, finishedAtMs);
    for (const role of ['responder', 'programme_manager', 'leader'] as const) {
      const { body } = await api.get('/v1/reconciler', await api.tokens.of('dana', role));
      expect(body['lastRun']).toEqual({
        startedAt: '2026-01-05T09:00:00.000Z',
        finishedAt: '2026-01-05T09:00:02.000Z',
        lost: { found: 2, repaired: 1, left: 1 },
        orphaned: { found: 0, repaired: 0, left: 0 },
        stuck: { found: 0, repaired: 0, left: 0 },
        checked: { open: 12, items: 200, audited: 9 },
        faults: [{ escalationId: broken, fault: 'no_log', class: 'lost', outcome: 'left' }],
        left: [{ escalationId: broken, faults: ['no_log'], runs: 3, since: '2026-01-05T08:59:42.000Z' }],
        openSweptAt: '2026-01-05T09:00:01.000Z',
        tableSweptAt: null,
      });
    }
  });

  it('leaves out a fault that a newer worker wrote of and this version does not know', async () => {
    const [note] = result.notes;
    const [left] = result.memory.left;
    const newer: Reconciliation = JSON.parse(
      JSON.stringify({
        ...result,
        notes: [{ ...note, fault: 'of_a_newer_version' }, note],
        memory: { ...result.memory, left: [{ ...left, faults: ['of_a_newer_version', 'no_log'] }] },
      }),
    );
    await putReconciliation(api.store, newer, finishedAtMs + 1);
    const { status, body } = await api.get('/v1/reconciler', await api.tokens.of('dana', 'responder'));
    expect(status).toBe(200);
    expect(body['lastRun']).toMatchObject({ faults: [{ fault: 'no_log' }], left: [{ faults: ['no_log'] }] });
  });

  it('is not for account managers', async () => {
    const { status } = await api.get('/v1/reconciler', await api.tokens.of('mina', 'account_manager'));
    expect(status).toBe(403);
  });
});
