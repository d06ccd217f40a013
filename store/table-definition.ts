import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/**
 * The one table, as plain data: the CDK stack, the local stack and the tests all make theirs from it.
 *
 * Attribute names are short because they are stored, and paid for, with every item. Every index holds keys only: a
 * write that touches no index key costs nothing in any index, and lists fetch the records that they show by key.
 */

/** Every key attribute holds text. */
export interface KeySchema {
  readonly partitionKey: string;
  readonly sortKey: string;
}

export interface IndexDefinition extends KeySchema {
  readonly name: string;
  readonly projection: 'KEYS_ONLY';
}

export interface TableDefinition extends KeySchema {
  readonly indexes: readonly IndexDefinition[];
  /** Holds epoch seconds; items that carry it are removed some time after. */
  readonly timeToLiveAttribute: string;
}

/** Attributes that are keys of an index. `store/keys.ts` says what stands in them. */
export const indexAttributes = {
  /** State and shard. */
  statePartition: 'sp',
  /** Urgency and id while open, id alone when ended. */
  urgency: 'su',
  /** Team, only while open. */
  teamPartition: 'tp',
  assigneePartition: 'ap',
  accountPartition: 'xp',
  /** Open or ended, then id. */
  openThenId: 'oc',
  /** Every escalation; the sort key is the table's own partition key, whose id sorts by time. */
  timePartition: 'cp',
  /** Only on a first commit whose workflow has not begun. */
  pendingPartition: 'pp',
} as const;

export const indexNames = {
  byState: 'by-state',
  byTeam: 'by-team',
  byAssignee: 'by-assignee',
  byAccount: 'by-account',
  byTime: 'by-time',
  pending: 'pending',
} as const;
export type IndexName = (typeof indexNames)[keyof typeof indexNames];

export const tableDefinition = {
  partitionKey: 'pk',
  sortKey: 'sk',
  timeToLiveAttribute: 'ttl',
  indexes: [
    index(indexNames.byState, indexAttributes.statePartition, indexAttributes.urgency),
    index(indexNames.byTeam, indexAttributes.teamPartition, indexAttributes.urgency),
    index(indexNames.byAssignee, indexAttributes.assigneePartition, indexAttributes.openThenId),
    index(indexNames.byAccount, indexAttributes.accountPartition, indexAttributes.openThenId),
    index(indexNames.byTime, indexAttributes.timePartition, 'pk'),
    index(indexNames.pending, indexAttributes.pendingPartition, 'pk'),
  ],
} as const satisfies TableDefinition;

/** What `CreateTable` takes. The time to live is not part of it: it is switched on afterwards, where there is one. */
export function toCreateTableInput(tableName: string, definition: TableDefinition = tableDefinition) {
  const keys = [definition, ...definition.indexes].flatMap((schema) => [schema.partitionKey, schema.sortKey]);
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...new Set(keys)].map((name) => ({ AttributeName: name, AttributeType: 'S' as const })),
    KeySchema: keySchema(definition),
    GlobalSecondaryIndexes: definition.indexes.map((each) => ({
      IndexName: each.name,
      KeySchema: keySchema(each),
      Projection: { ProjectionType: each.projection },
    })),
  } satisfies CreateTableCommandInput;
}

function index(name: IndexName, partitionKey: string, sortKey: string): IndexDefinition {
  return { name, partitionKey, sortKey, projection: 'KEYS_ONLY' };
}

function keySchema(schema: KeySchema) {
  return [
    { AttributeName: schema.partitionKey, KeyType: 'HASH' as const },
    { AttributeName: schema.sortKey, KeyType: 'RANGE' as const },
  ];
}
