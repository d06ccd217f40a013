/** A worker for the bare workflows, with the settings of the desk's own. */
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type InjectedSinks,
} from '@temporalio/worker';
import { setting } from '../../contracts/env.ts';
import { temporalConnection, workerConnection } from '../../worker/temporal-connection.ts';
import { workerTuning } from '../../worker/tuning.ts';
import { sharedModules } from '../../worker/workflow-bundle.ts';
import { rawTaskQueue, type RawActivities, type RawSinks } from './types.ts';

const workflowsPath = join(__dirname, 'workflows.ts');

async function main(): Promise<void> {
  const [donePath] = process.argv.slice(2);
  if (donePath === undefined) throw new Error('usage: worker.ts DONE-FILE');
  const file = openSync(donePath, 'a');
  const fired: { lateMs: number; group: string; atMs: number }[] = [];
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const activities: RawActivities = {
    writeLine: async () => void writeSync(file, 'done\n'),
    nothing: async () => undefined,
  };
  const sinks: InjectedSinks<RawSinks> = {
    clock: {
      fired: {
        fn: (_info, dueAtMs, group) => {
          const atMs = Date.now();
          fired.push({ lateMs: atMs - dueAtMs, group, atMs });
        },
      },
    },
  };
  const temporal = temporalConnection();
  const worker = await Worker.create({
    connection: await NativeConnection.connect(workerConnection(temporal, temporal.address)),
    namespace: setting('temporalNamespace'),
    taskQueue: rawTaskQueue,
    workflowBundle: await bundleWorkflowCode({
      workflowsPath,
      preloadModules: sharedModules(workflowsPath),
      logger: new DefaultLogger('ERROR'),
    }),
    activities,
    sinks,
    ...workerTuning(),
  });
  process.on('message', () => process.send?.({ kind: 'fired', fired: fired.splice(0) }));
  process.on('disconnect', () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    else process.exit(0);
  });
  process.send?.({ kind: 'ready' });
  await worker.run();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
