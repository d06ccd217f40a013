import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { createApp, stackNames } from './app.ts';
import { bundleLambdas } from './bundle-lambdas.ts';

/** `npm run synth`: bundles the Lambdas and writes the CloudFormation templates to `cdk.out`. */
async function main(): Promise<void> {
  const checkout = join(__dirname, '..');
  const bundles = await bundleLambdas(join(checkout, 'build', 'lambdas'));
  const folders = new Map(bundles.map((bundle) => [bundle.name, bundle.folder]));
  const app = createApp({
    outdir: process.env['CDK_OUTDIR'] ?? join(checkout, 'cdk.out'),
    codeOf: (name) => Code.fromAsset(folders.get(name) ?? ''),
  });
  const assembly = app.synth();
  for (const { name, bytes } of bundles) process.stdout.write(`${name}: ${Math.round(bytes / 1024)} KB\n`);
  process.stdout.write(`${Object.values(stackNames).join(', ')} in ${assembly.directory}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
