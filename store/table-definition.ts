import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/**
 * The one table, as plain data: the CDK stack, the local stack and the tests all make theirs from it.
 *
 * Attribute names are short because they are stored, and paid for, with every item. Indexes hold keys only, so that a
 * write that touches no key of an index costs nothing there, and lists fetch the records that they show by key. The one
 * exception carries the record itself, for it serves the list that everybody looks at all day.
 */

/** Every key attribute holds text. */
export interface KeySchema {
  readonly partitionKey: string;
  readonly sortKey: string;
}

export interface IndexDefinition extends KeySchema {
  readonly name: string;
  /** Attributes that it holds beside the keys. */
  readonly includes: readonly string[];
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
  /** Only on a first commit that no workflow has loaded. */
  pendingPartition: 'pp',
} as const;

/** Attributes of a record's item that a list shows. */
export const recordAttributes = { seq: 'seq', record: 'r', title: 'title', titleErasedAt: 'te' } as const;

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
    index(indexNames.byState, indexAttributes.statePartition, indexAttributes.urgency, Object.values(recordAttributes)),
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
      Projection:
        each.includes.length === 0
          ? { ProjectionType: 'KEYS_ONLY' as const }
          : { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: [...each.includes] },
    })),
  } satisfies CreateTableCommandInput;
}

function index(
  name: IndexName,
  partitionKey: string,
  sortKey: string,
  includes: readonly string[] = [],
): IndexDefinition {
  return { name, partitionKey, sortKey, includes };
}

function keySchema(schema: KeySchema) {
  return [
    { AttributeName: schema.partitionKey, KeyType: 'HASH' as const },
    { AttributeName: schema.sortKey, KeyType: 'RANGE' as const },
  ];
}
