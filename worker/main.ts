import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, DefaultLogger, type Worker } from '@temporalio/worker';
import { integerSetting, requireSetting, setting } from '../contracts/env.ts';
import { createLogger } from '../contracts/logger.ts';
import { taskQueues } from '../contracts/temporal-names.ts';
import { createEscalationActivities, readCarried, type ActivityPorts } from '../activities/escalation-activities.ts';
import { createReconcilerActivities } from '../activities/reconciler-activities.ts';
import { createSnsPublisher } from '../activities/publisher.ts';
import { createStore } from '../store/client.ts';
import { DirectoryReader } from '../store/directory-reader.ts';
import { currentFlags } from '../contracts/behaviour-flags.ts';
import { watchCalendars } from './calendar-watcher.ts';
import { growHeapsSlowly } from './heaps.ts';
import { notifyHandoffs } from './handoff-notifier.ts';
import { SendingPace } from './first-tries.ts';
import { LateTimers } from './late-timers.ts';
import { LeanWorker } from './lean-worker.ts';
import { openTunnelThread } from './tunnel-thread.ts';
import { PendingStarter } from './pending-starter.ts';
import { runTogether, shutDownAll } from './run-together.ts';
import { keepReconcilerSchedule } from './schedule.ts';
import { TaskSlots } from './task-slots.ts';
import { temporalConnection, workerConnection } from './temporal-connection.ts';
import { workerTuning } from './tuning.ts';
import { UrgentWakes } from './urgent-wakes.ts';
import { workflowBundle } from './workflow-bundle.ts';

// Before any thread of workflows begins: they take over how heaps grow.
growHeapsSlowly();
const logger = createLogger({ component: 'worker' });
/** How long an orderly end may take after the supervisor is gone. */
const orphanedForMs = 4_000;
/** So long those starts are waited for that are under way when the worker is told to end. What takes longer is not eager any more. */
const startsEndWithinMs = 2_500;

/** Keeps trying: a worker may be up before its server is. */
async function connected<T>(connect: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connect();
    } catch (error) {
      if (attempt % 20 === 1) logger.warn('temporal.unreachable', { errorName: nameOf(error) });
      await new Promise((resolve) => void setTimeout(resolve, 250));
    }
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}

/**
 * A client that was cut off looks for its server again three times a second; left alone it waits up to two minutes.
 * What fails is tried again by whoever asked, in its next round.
 */
const quickRecovery = {
  channelArgs: { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 300 },
  interceptors: [],
};

/** Tells the local stack when the worker polls, and what it holds. */
function serveReadiness(workers: readonly Worker[]): void {
  const port = integerSetting('workerPort');
  if (port === undefined) return;
  createServer((request, response) => {
    const state = workers.map((worker) => worker.getState()).find((each) => each !== 'RUNNING') ?? 'RUNNING';
    const known = request.url === '/readyz';
    response.writeHead(known ? (state === 'RUNNING' ? 200 : 503) : 404, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        state,
        cachedWorkflows: workers.reduce((sum, worker) => sum + worker.getStatus().numCachedWorkflows, 0),
        rssBytes: process.memoryUsage.rss(),
      }),
    );
  })
    .listen(port, '127.0.0.1')
    .unref();
}

async function main(): Promise<void> {
  Runtime.install({
    // The workers are told to end below, once no start is under way.
    shutdownSignals: [],
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      const error: unknown = meta?.['error'];
      logger[level === 'ERROR' ? 'error' : 'warn']('temporal.sdk', {
        errorMessage: message,
        ...(error instanceof Error ? { errorName: error.name, stack: error.stack ?? '' } : {}),
      });
    }),
  });
  const namespace = setting('temporalNamespace');
  const store = createStore();
  const directory = new DirectoryReader(store);
  const publisher = createSnsPublisher({
    region: setting('awsRegion'),
    pagesTopicArn: requireSetting('pagesTopicArn'),
    updatesTopicArn: requireSetting('updatesTopicArn'),
    requestTimeoutMs: 8_000,
  });
  const temporal = temporalConnection();
  const [bundle, clientConnection] = await Promise.all([
    workflowBundle(),
    connected(() => Connection.connect({ ...temporal, ...quickRecovery })),
  ]);
  const client = new Client({ connection: clientConnection, namespace });
  const tunnel = await openTunnelThread(temporal.address);
  const connection = await connected(() => NativeConnection.connect(workerConnection(temporal, tunnel.address)));
  const pace = new SendingPace();
  const queues = taskQueues.escalations;
  const slots = new TaskSlots(queues.length);
  const urgentWakes = new UrgentWakes({ store, client, logger });
  const lateTimers = new LateTimers(slots, (escalationId, wakeAtMs, lateByMs) =>
    urgentWakes.watch(escalationId, wakeAtMs, lateByMs),
  );
  const ports: ActivityPorts = {
    store,
    publisher,
    recipients: directory,
    calendars: directory,
    publicUrl: setting('publicUrl'),
    flags: currentFlags,
    soon: (send) => pace.run(true, send),
    seen: (record, stands) => urgentWakes.seen(record, stands),
  };
  const options = {
    connection,
    namespace,
    workflowBundle: bundle,
    activities: {
      ...createEscalationActivities(ports),
      ...createReconcilerActivities({ store, client, logger }),
    },
    sinks: lateTimers.sinks,
    ...workerTuning(queues.length, pace, slots),
  };
  const workers = await Promise.all(queues.map((taskQueue) => LeanWorker.create({ ...options, taskQueue })));
  // On the worker's own connection: only there does the answer to a start bring the first task along.
  const starter = new PendingStarter({
    store,
    client: new Client({ connection, namespace }),
    logger,
    buildId: LeanWorker.buildIdOf(workers),
    read: (escalationId, log) => readCarried(ports, escalationId, log),
    behind: (behind) => {
      slots.behind = behind;
    },
  });
  // The SDK's core waits for this thread while it asks for a first task's slot, and this thread for the core in a shutdown: not
  // both at once.
  const startsEnd = (): Promise<void> => Promise.race([starter.stop(), sleep(startsEndWithinMs)]);
  const shutdown = (): void => void startsEnd().then(() => shutDownAll(workers));
  serveReadiness(workers);
  const helpers = [
    starter,
    urgentWakes,
    watchCalendars({ store, directory, client, logger }),
    notifyHandoffs({ store, directory, publisher, logger }),
    keepReconcilerSchedule({ client, logger, everyMs: integerSetting('reconcileEveryMs') ?? 0 }),
  ];
  for (const helper of helpers) helper.run();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, shutdown);
  // The supervisor holds standard input: when it is gone, so is the reason to run.
  if (integerSetting('workerPort') !== undefined) {
    process.stdin
      .on('end', () => {
        shutdown();
        // Its server went with the supervisor: an orderly end may wait for it in vain, and dying loses nothing.
        setTimeout(() => process.exit(0), orphanedForMs).unref();
      })
      .resume();
  }
  logger.info('worker.started');
  await runTogether(workers, { before: startsEnd });
  await Promise.all(helpers.map((helper) => helper.stop()));
  await clientConnection.close();
  await connection.close();
  await tunnel.close();
  store.close();
}

main()
  .then(() => process.exit(0))
  .catch((error: unknown) => {
    logger.error('worker.failed', {
      errorName: nameOf(error),
      ...(error instanceof Error ? { stack: error.stack ?? '' } : {}),
    });
    process.exit(1);
  });
