import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { createEscalationActivities } from '../../activities/escalation-activities.ts';
import type { EscalationActivities } from '../../activities/types.ts';
import { createReconcilerActivities } from '../../activities/reconciler-activities.ts';
import { createLogger } from '../../contracts/logger.ts';
import type { Reconciliation } from '../../contracts/reconciliation.ts';
import { reconciliation } from '../../contracts/schemas/reconciliation.ts';
import { escalationStart, taskQueues, workflowTypes } from '../../contracts/temporal-names.ts';
import type { BookFault } from '../../domain/books/faults.ts';
import type { FaultNote } from '../../domain/books/tally.ts';
import { findTemporalServer } from '../../local/tools/temporal-server.ts';
import type { Store } from '../../store/client.ts';
import { readHead } from '../../store/log.ts';
import { publishPolicy } from '../../store/policies.ts';
import { readReconciliation } from '../../store/reconciliation.ts';
import { LeanWorker } from '../../worker/lean-worker.ts';
import { policy } from '../domain/escalation/given.ts';
import { takeIn } from '../support/desk.ts';
import { startDynamo } from '../support/dynamo.ts';
import { until } from '../support/until.ts';
import { workflowBundleForTests } from './desk-env.ts';

/** A real Temporal server and a DynamoDB endpoint with a worker between them: the books as they really are. */
export interface BooksDesk {
  readonly store: Store;
  readonly client: Client;
  /** Log lines of the reconciler. */
  readonly lines: readonly string[];
  /** Takes an intake in, as long ago as `agoMs`, without starting anything. */
  readonly accept: (agoMs: number, more?: { readonly dedupKey?: string }) => Promise<string>;
  /** Takes one in, starts its workflow and waits for its first decision. */
  readonly open: (more?: { readonly dedupKey?: string }) => Promise<string>;
  readonly isRunning: (escalationId: string) => Promise<boolean>;
  readonly run: () => Promise<Reconciliation>;
  /** Runs until an escalation's fault has shown, as the sweeps come round to it. */
  readonly runUntilFound: (escalationId: string, fault: BookFault) => Promise<FaultNote>;
  /** Does something while there is no worker; answers once there is a new one. */
  readonly withoutWorker: (run: () => Promise<unknown>) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Quick, so that tests need not wait; the usual ones leave room for slow stores. */
const grace = { settleMs: 300, beginMs: 1_000, wakeMs: 300, reopenMs: 300, firstMs: 1_000 };

/**
 * @param flags those under which an escalation begins
 * @param beforeWrite runs before each decision is written
 */
export async function openBooksDesk(
  flags: readonly string[] = [],
  beforeWrite: () => Promise<unknown> = async () => undefined,
): Promise<BooksDesk> {
  const { path } = await findTemporalServer({ progress: () => undefined, only: ['path', 'cache'] });
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  } catch {
    // Another suite of this process has installed it.
  }
  const [dynamo, env] = await Promise.all([
    startDynamo(),
    TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'existing-path', path } } }),
  ]);
  const { store } = dynamo;
  await publishPolicy(store, policy, { actorId: 'tests', nowMs: 0 });
  const { client } = env;
  const lines: string[] = [];
  const logger = createLogger({ component: 'worker', write: (line) => void lines.push(line), level: 'info' });
  const ofEscalations = createEscalationActivities({
    store,
    publisher: { publishPage: async () => undefined, publishUpdate: async () => undefined },
    recipients: { resolve: async (targets) => targets.map((target) => target.id), audience: async () => [] },
    calendars: { current: async () => ({ calendars: {}, calendarPins: {} }) },
    publicUrl: 'http://127.0.0.1',
    flags,
    soon: (send) => send(),
  });
  const activities: EscalationActivities & ReturnType<typeof createReconcilerActivities> = {
    ...ofEscalations,
    commit: async (request) => {
      await beforeWrite();
      return ofEscalations.commit(request);
    },
    carryOut: async (request) => {
      await beforeWrite();
      return ofEscalations.carryOut(request);
    },
    ...createReconcilerActivities({
      store,
      client,
      logger,
      grace,
      confirmAfterMs: 20,
      rest: { factor: 0, leastMs: 1, mostMs: 1 },
      nudgesBeforeRemake: 2,
    }),
  };
  const startWorker = async (): Promise<() => Promise<void>> => {
    const options = {
      connection: env.nativeConnection,
      workflowBundle: await workflowBundleForTests(),
      activities,
      sinks: { timers: { armed: { fn: () => undefined } } },
    };
    const workers = await Promise.all(
      taskQueues.escalations.map((taskQueue) => LeanWorker.create({ ...options, taskQueue })),
    );
    const running = workers.map((worker) => worker.run());
    return async () => {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
    };
  };
  let stopWorker = await startWorker();

  const accept: BooksDesk['accept'] = (agoMs, more = {}) => takeIn(store, { atMs: Date.now() - agoMs, ...more });
  const run: BooksDesk['run'] = async () => {
    await client.workflow.execute(workflowTypes.reconciler, {
      taskQueue: taskQueues.reconciler,
      workflowId: `reconciler-${randomUUID()}`,
    });
    const last = await readReconciliation(store);
    return reconciliation.parse(last?.result);
  };
  return {
    store,
    client,
    lines,
    accept,
    run,
    open: async (more) => {
      const id = await accept(0, more);
      await client.workflow.start(workflowTypes.escalation, escalationStart(id, 'sev2'));
      await until('the first decision', async () => ((await readHead(store, id))?.record.seq ?? 0) > 1);
      return id;
    },
    isRunning: async (escalationId) =>
      (await client.workflow.getHandle(escalationId).describe()).status.name === 'RUNNING',
    runUntilFound: (escalationId, fault) =>
      until(
        `${fault} of ${escalationId}`,
        async () => (await run()).notes.find((note) => note.escalationId === escalationId && note.fault === fault),
        60_000,
      ),
    withoutWorker: async (during) => {
      await stopWorker();
      await during();
      stopWorker = await startWorker();
    },
    close: async () => {
      await stopWorker();
      await env.teardown();
      await dynamo.close();
    },
  };
}
