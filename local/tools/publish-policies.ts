/** `publish-policies.ts`: makes the policies of this checkout the ones in force in the table of the environment. */
import { join } from 'node:path';
import { createStore } from '../../store/client.ts';
import { publishPolicyFolder } from '../../store/publish-policies.ts';
import { checkout } from './folders.ts';

async function main(): Promise<void> {
  const store = createStore();
  const publication = await publishPolicyFolder(store, join(checkout, 'policies'), {
    actorId: 'system',
    nowMs: Date.now(),
  });
  store.close();
  if (publication.ok) return;
  const [first] = publication.errors;
  throw new Error(`policies are not valid: ${JSON.stringify(first)}`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
