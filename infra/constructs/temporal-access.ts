import { CfnParameter, RemovalPolicy } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { environmentOf } from '../../contracts/env.ts';

/** How Temporal Cloud is reached. The API key is put into its secret by hand; nothing here knows it. */
export class TemporalAccess extends Construct {
  readonly apiKey: secretsmanager.Secret;
  readonly environment: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const address = new CfnParameter(this, 'Address', {
      description: 'Host and port of the Temporal namespace',
      allowedPattern: '^[a-zA-Z0-9.-]+:[0-9]{2,5}$',
    });
    const namespace = new CfnParameter(this, 'Namespace', {
      description: 'Temporal namespace that holds the workflows',
      allowedPattern: '^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,254}$',
    });
    // Names that a person types at a deployment.
    address.overrideLogicalId('TemporalAddress');
    namespace.overrideLogicalId('TemporalNamespace');
    this.apiKey = new secretsmanager.Secret(this, 'ApiKey', {
      description: 'API key for Temporal Cloud: put it here before the first start',
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.environment = environmentOf({
      temporalAddress: address.valueAsString,
      temporalNamespace: namespace.valueAsString,
    });
  }
}
