import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { lambdaNames, type LambdaName } from '../contracts/routes.ts';

const checkout = join(__dirname, '..');

export interface LambdaBundle {
  readonly name: LambdaName;
  /** The folder that is uploaded. */
  readonly folder: string;
  readonly bytes: number;
  /** Files that went into it, relative to the checkout. */
  readonly inputs: readonly string[];
}

/** Bundles each Lambda into one file of its own, with all its packages: what runs is what was tested. */
export async function bundleLambdas(into: string): Promise<readonly LambdaBundle[]> {
  return Promise.all(lambdaNames.map((name) => bundleLambda(name, join(into, name))));
}

async function bundleLambda(name: LambdaName, folder: string): Promise<LambdaBundle> {
  mkdirSync(folder, { recursive: true });
  const result = await build({
    entryPoints: [join(checkout, 'lambdas', name, 'handler.ts')],
    absWorkingDir: checkout,
    bundle: true,
    minify: true,
    // Names of classes are logged and compared.
    keepNames: true,
    legalComments: 'none',
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    write: false,
    metafile: true,
  });
  const file = result.outputFiles[0];
  if (file === undefined) throw new Error(`the Lambda ${name} came out empty`);
  writeFileSync(join(folder, 'index.js'), file.contents);
  return { name, folder, bytes: file.contents.byteLength, inputs: Object.keys(result.metafile.inputs) };
}
