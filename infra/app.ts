/* oxlint-disable no-new -- a construct attaches itself to its scope when it is made */
import { App, type Environment } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { LambdaName } from '../contracts/routes.ts';
import { ServiceStack, StateStack } from './tierline-stack.ts';

export interface AppOptions {
  /** Folder that the templates and assets are written to. */
  readonly outdir: string;
  readonly codeOf: (name: LambdaName) => lambda.Code;
  /** Absent: whichever account and region the deployment finds. */
  readonly env?: Environment;
}

export const stackNames = { state: 'TierlineState', service: 'TierlineService' } as const;

/** Both stacks, ready to be written. */
export function createApp(options: AppOptions): App {
  const app = new App({
    outdir: options.outdir,
    analyticsReporting: false,
    context: { '@aws-cdk/aws-iam:minimizePolicies': true },
  });
  const env = options.env === undefined ? {} : { env: options.env };
  const state = new StateStack(app, stackNames.state, env);
  new ServiceStack(app, stackNames.service, { state, codeOf: options.codeOf, ...env });
  return app;
}
