import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { environmentOf } from '../../contracts/env.ts';
import { lambdaNames, routesOf, type LambdaName, type Touch } from '../../contracts/routes.ts';
import type { TemporalAccess } from './temporal-access.ts';
import type { TierlineTable } from './table.ts';

/** MB. Processor time comes with memory: what a person waits for has a whole core, or nearly. */
const memoryMb: Readonly<Record<LambdaName, number>> = { intake: 1536, query: 1536, command: 1536, admin: 1536 };

export interface LambdasOptions {
  readonly table: TierlineTable;
  readonly temporal: TemporalAccess;
  readonly codeOf: (name: LambdaName) => lambda.Code;
  /** What all of them are told, beside the table. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What the routes of a Lambda reach: nothing more is granted to it. */
export function touchesOf(name: LambdaName): ReadonlySet<Touch> {
  return new Set(routesOf(name).flatMap((route) => route.touches));
}

/** One function for each Lambda of the route table, with the rights that its routes name. */
export class Lambdas extends Construct {
  readonly functions: ReadonlyMap<LambdaName, lambda.Function>;
  readonly logGroups: ReadonlyMap<LambdaName, logs.LogGroup>;

  constructor(scope: Construct, id: string, options: LambdasOptions) {
    super(scope, id);
    const functions = new Map<LambdaName, lambda.Function>();
    const logGroups = new Map<LambdaName, logs.LogGroup>();
    for (const name of lambdaNames) {
      const logGroup = new logs.LogGroup(this, `${name}-log`, {
        retention: logs.RetentionDays.THREE_MONTHS,
        removalPolicy: RemovalPolicy.RETAIN,
      });
      logGroups.set(name, logGroup);
      functions.set(name, this.#make(name, logGroup, options));
    }
    this.functions = functions;
    this.logGroups = logGroups;
  }

  #make(name: LambdaName, logGroup: logs.LogGroup, options: LambdasOptions): lambda.Function {
    // A role of its own: the ready-made one may write to every log of the account.
    const role = new iam.Role(this, `${name}-role`, {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: `Lambda ${name} of Tierline`,
    });
    logGroup.grantWrite(role);
    const touches = touchesOf(name);
    if (touches.has('table_read')) options.table.grantRead(role);
    if (touches.has('table_write')) options.table.grantWrite(role);
    const routes = routesOf(name);
    return new lambda.Function(this, name, {
      description: `Tierline: ${routes.length} routes`,
      code: options.codeOf(name),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: memoryMb[name],
      timeout: Duration.seconds(Math.max(...routes.map((route) => route.timeoutSeconds))),
      role,
      logGroup,
      environment: {
        ...options.environment,
        ...environmentOf({ table: options.table.table.tableName, nodeEnv: 'production' }),
        ...(touches.has('temporal') ? this.#temporalEnvironment(options.temporal) : {}),
      },
    });
  }

  /** The key is filled in when the stack is deployed: neither the template nor the code holds it. */
  #temporalEnvironment(temporal: TemporalAccess): Record<string, string> {
    return {
      ...temporal.environment,
      ...environmentOf({ temporalApiKey: temporal.apiKey.secretValue.unsafeUnwrap() }),
    };
  }
}
