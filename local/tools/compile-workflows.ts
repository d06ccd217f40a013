/** `compile-workflows.ts FILE`: compiles the workflows of this checkout into one file. */
import { compileWorkflows } from '../../worker/workflow-bundle.ts';
import { writeWhole } from '../data-folder.ts';

async function main(): Promise<void> {
  const [path] = process.argv.slice(2);
  if (path === undefined) throw new Error('usage: compile-workflows.ts FILE');
  writeWhole(path, await compileWorkflows());
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
