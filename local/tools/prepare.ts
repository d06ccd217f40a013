/** `prepare.ts [tools…]`: puts the tools of the tests in place: temporal, test-server, debian. Says what cannot be had. */
import { installDebianTools, missingTool } from './debian-packages.ts';
import { findTemporalServer } from './temporal-server.ts';
import { findTestServer } from './test-server.ts';
import { oneLine } from './user-error.ts';

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

const steps: Readonly<Record<string, () => Promise<void>>> = {
  temporal: async () => {
    await findTemporalServer({ progress });
  },
  'test-server': async () => {
    await findTestServer({ progress });
  },
  debian: async () => {
    for (const tool of await installDebianTools(progress)) progress(missingTool(tool));
  },
};

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  for (const name of wanted.length > 0 ? wanted : Object.keys(steps)) {
    const step = steps[name];
    if (!step) throw new Error(`There is no tool ${name}; known: ${Object.keys(steps).join(', ')}.`);
    await step();
  }
}

main().catch((error: unknown) => {
  progress(oneLine(error));
  process.exitCode = 1;
});
