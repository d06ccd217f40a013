/** `run-official-download.ts dev-server|time-skipping FOLDER`: the SDK's downloader starts what it fetched; end it at once. */
import { TestWorkflowEnvironment } from '@temporalio/testing';

async function main(): Promise<void> {
  const [kind, downloadDir] = process.argv.slice(2);
  if (downloadDir === undefined) throw new Error('usage: run-official-download.ts dev-server|time-skipping FOLDER');
  const executable = { type: 'cached-download', downloadDir } as const;
  const environment =
    kind === 'time-skipping'
      ? await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } })
      : await TestWorkflowEnvironment.createLocal({ server: { executable } });
  await environment.teardown();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);
