/* oxlint-disable no-new -- a construct attaches itself to its scope when it is made */
import { CfnOutput, CfnParameter, Stack, type StackProps } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { environmentOf } from '../contracts/env.ts';
import type { LambdaName } from '../contracts/routes.ts';
import { Alarms } from './constructs/alarms.ts';
import { Api } from './constructs/api.ts';
import { ConsoleSite } from './constructs/console-site.ts';
import { Lambdas } from './constructs/lambdas.ts';
import { SignIn } from './constructs/sign-in.ts';
import { TierlineTable } from './constructs/table.ts';
import { TemporalAccess } from './constructs/temporal-access.ts';
import { Topics } from './constructs/topics.ts';
import { WorkerService } from './constructs/worker-service.ts';

/** What must outlive every deployment: records, people, topics with their subscriptions. */
export class StateStack extends Stack {
  readonly table: TierlineTable;
  readonly topics: Topics;
  readonly signIn: SignIn;

  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, { description: 'Tierline: what it keeps', terminationProtection: true, ...props });
    const domainPrefix = new CfnParameter(this, 'SignInDomainPrefix', {
      description: 'First part of the address at which people sign in; unique in the region',
      allowedPattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$',
    });
    this.table = new TierlineTable(this, 'Records');
    this.topics = new Topics(this, 'Topics');
    this.signIn = new SignIn(this, 'SignIn', { domainPrefix: domainPrefix.valueAsString });
    new CfnOutput(this, 'TableName', { value: this.table.table.tableName });
    new CfnOutput(this, 'PagesTopic', { value: this.topics.pages.topicArn });
    new CfnOutput(this, 'UserPool', { value: this.signIn.pool.userPoolId });
  }
}

export interface ServiceStackProps extends StackProps {
  readonly state: StateStack;
  readonly codeOf: (name: LambdaName) => lambda.Code;
}

/** What runs: API, workers, console and the alarms that watch them. */
export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, { state, codeOf, ...props }: ServiceStackProps) {
    super(scope, id, { description: 'Tierline: what it runs', ...props });
    const { table, topics, signIn } = state;
    const temporal = new TemporalAccess(this, 'Temporal');
    const cursorSecret = new Secret(this, 'CursorSecret', {
      description: 'Signs the cursors of lists',
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
    });
    const api = new Api(this, 'Http');
    const site = new ConsoleSite(this, 'Console', { apiHost: api.host, issuerOrigins: signIn.origins });
    const client = signIn.addConsole(this, site.url);
    const lambdas = new Lambdas(this, 'Lambdas', {
      table,
      temporal,
      codeOf,
      environment: environmentOf({
        issuer: signIn.issuer,
        clientIds: client.userPoolClientId,
        cursorSecret: cursorSecret.secretValue.unsafeUnwrap(),
        publicUrl: site.url,
      }),
    });
    api.addRoutes(lambdas.functions, { issuer: signIn.issuer, clientIds: [client.userPoolClientId] });
    const workers = new WorkerService(this, 'Workers', { table, topics, temporal, publicUrl: site.url });
    new Alarms(this, 'Alarms', {
      topics,
      table,
      api: api.api,
      functions: lambdas.functions,
      logGroups: [...lambdas.logGroups.values(), workers.logGroup],
      workers: workers.service,
    });
    const consoleConfig = { issuer: signIn.issuer, clientId: client.userPoolClientId, scope: 'openid profile email' };
    new CfnOutput(this, 'ConsoleUrl', { value: site.url });
    new CfnOutput(this, 'ConsoleBucket', { value: site.bucket.bucketName });
    new CfnOutput(this, 'ConsoleDistribution', { value: site.distribution.distributionId });
    new CfnOutput(this, 'ConsoleConfig', { value: this.toJsonString(consoleConfig) });
    new CfnOutput(this, 'WorkerRepository', { value: workers.repository.repositoryUri });
    new CfnOutput(this, 'TemporalApiKeySecret', { value: temporal.apiKey.secretName });
  }
}
