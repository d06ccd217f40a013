import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/** What is told to people: pages, promised updates, and the alarms of the platform itself. Encrypted with a key of its own. */
export class Topics extends Construct {
  readonly pages: sns.Topic;
  readonly updates: sns.Topic;
  readonly criticalAlarms: sns.Topic;
  readonly warningAlarms: sns.Topic;
  readonly #key: kms.Key;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.#key = new kms.Key(this, 'Key', {
      description: 'Topics of Tierline',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.pages = this.#topic('Pages');
    this.updates = this.#topic('Updates');
    this.criticalAlarms = this.#topic('CriticalAlarms');
    this.warningAlarms = this.#topic('WarningAlarms');
    // Alarms are published by CloudWatch itself, which needs the key for that.
    this.#key.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
      }),
    );
  }

  /** For the worker: it tells people, and nobody else does. */
  grantPublish(grantee: iam.IGrantable): void {
    const add = (statement: iam.PolicyStatement): unknown => grantee.grantPrincipal.addToPrincipalPolicy(statement);
    add(
      new iam.PolicyStatement({
        actions: ['sns:Publish'],
        resources: [this.pages.topicArn, this.updates.topicArn],
      }),
    );
    add(new iam.PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [this.#key.keyArn] }));
  }

  #topic(id: string): sns.Topic {
    return new sns.Topic(this, id, { masterKey: this.#key, enforceSSL: true });
  }
}
