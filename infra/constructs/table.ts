import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { tableDefinition, type KeySchema } from '../../store/table-definition.ts';

/** What a program does with the table: nothing here scans it or changes its shape. */
export const tableActions = {
  read: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
  readIndexes: ['dynamodb:Query'],
  write: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem'],
} as const;

function text(name: string): dynamodb.Attribute {
  return { name, type: dynamodb.AttributeType.STRING };
}

function keysOf(schema: KeySchema): { partitionKey: dynamodb.Attribute; sortKey: dynamodb.Attribute } {
  return { partitionKey: text(schema.partitionKey), sortKey: text(schema.sortKey) };
}

/** The one table, from the definition that the local stack makes its own from. */
export class TierlineTable extends Construct {
  readonly table: dynamodb.Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new dynamodb.Table(this, 'Table', {
      ...keysOf(tableDefinition),
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: tableDefinition.timeToLiveAttribute,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryption: dynamodb.TableEncryption.AWS_MANAGED,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const index of tableDefinition.indexes) {
      const held: readonly string[] = index.includes;
      this.table.addGlobalSecondaryIndex({
        indexName: index.name,
        ...keysOf(index),
        ...(held.length === 0
          ? { projectionType: dynamodb.ProjectionType.KEYS_ONLY }
          : { projectionType: dynamodb.ProjectionType.INCLUDE, nonKeyAttributes: [...held] }),
      });
    }
  }

  grantRead(grantee: iam.IGrantable): void {
    this.#grant(grantee, tableActions.read, [this.table.tableArn]);
    const indexes = tableDefinition.indexes.map((index) => `${this.table.tableArn}/index/${index.name}`);
    this.#grant(grantee, tableActions.readIndexes, indexes);
  }

  grantWrite(grantee: iam.IGrantable): void {
    this.#grant(grantee, tableActions.write, [this.table.tableArn]);
  }

  #grant(grantee: iam.IGrantable, actions: readonly string[], resources: readonly string[]): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: [...actions], resources: [...resources] }),
    );
  }
}
