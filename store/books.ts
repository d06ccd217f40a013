import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { EscalationEvent } from '../domain/escalation/events.ts';
import type { Store } from './client.ts';
import { toStoreError } from './errors.ts';
import { commitFrom } from './commit-item.ts';
import { receivedIn } from './intake.ts';
import { keys, pendingPartition, shardOf, whoseItem } from './keys.ts';
import { pointerFrom } from './pointer.ts';
import { getItem, updateItem } from './requests.ts';
import { indexAttributes } from './table-definition.ts';

export interface FirstCommit {
  /** Listed as waiting for its workflow to begin. */
  readonly listed: boolean;
  readonly dedupKey: string | null;
}

/**
 * What an escalation's first commit says; null: there is none.
 * @throws StoreError unavailable, or internal when it is not an intake
 */
export async function readFirstCommit(store: Store, escalationId: string): Promise<FirstCommit | null> {
  const item = await getItem(store, keys.commit(escalationId, 1), true);
  if (item === null) return null;
  return {
    listed: item[indexAttributes.pendingPartition] !== undefined,
    dedupKey: receivedIn(commitFrom(item).events).dedupKey ?? null,
  };
}

/** The events that intake wrote, in one commit; null: there are none. @throws StoreError unavailable */
export async function readFirstEvents(store: Store, escalationId: string): Promise<readonly EscalationEvent[] | null> {
  const item = await getItem(store, keys.commit(escalationId, 1), true);
  return item === null ? null : commitFrom(item).events;
}

/**
 * Lists an escalation as waiting for its workflow once more, so that a first commit that lost its mark can be adopted.
 * @returns false when there is no first commit
 */
export async function listAgain(store: Store, escalationId: string): Promise<boolean> {
  const answer = await updateItem(store, {
    key: keys.commit(escalationId, 1),
    change: {
      text: `SET #${indexAttributes.pendingPartition} = if_not_exists(#${indexAttributes.pendingPartition}, :partition)`,
      values: { ':partition': pendingPartition(shardOf(escalationId, store.indexShards), null) },
    },
    condition: { text: 'attribute_exists(#pk)' },
  });
  return answer.kind === 'written';
}

export interface TablePage {
  /** Escalations of which a first commit or a record was passed. */
  readonly escalationIds: readonly string[];
  /** Keys that are open, with the escalation that each names. */
  readonly openKeys: readonly { readonly dedupKey: string; readonly escalationId: string }[];
  readonly seen: number;
  /** Where to go on; null: the end. */
  readonly next: string | null;
}

const itemKey = z.object({ pk: z.string(), sk: z.string() });

/**
 * Passes over the table itself, so that what no index shows is found too. Costs half a unit for each 4 KB passed.
 * @param after `next` of the page before; null: from the beginning
 * @throws StoreError unavailable
 */
export async function pageTable(store: Store, after: string | null, limit: number): Promise<TablePage> {
  const command = new ScanCommand({
    TableName: store.tableName,
    Limit: limit,
    ...(after === null ? {} : { ExclusiveStartKey: itemKey.parse(JSON.parse(after)) }),
  });
  const answer = await store.db.send(command).catch((error: unknown) => {
    throw toStoreError(error, true);
  });
  const items = answer.Items ?? [];
  const escalationIds = new Set<string>();
  const openKeys: { dedupKey: string; escalationId: string }[] = [];
  for (const item of items) {
    const whose = whoseItem(itemKey.parse(item));
    if (whose === null) continue;
    if ('escalationId' in whose) {
      escalationIds.add(whose.escalationId);
      continue;
    }
    const pointer = pointerFrom(item);
    if (pointer.state === 'open') openKeys.push({ dedupKey: whose.dedupKey, escalationId: pointer.escalationId });
  }
  const { LastEvaluatedKey } = answer;
  return {
    escalationIds: [...escalationIds],
    openKeys,
    seen: items.length,
    next: LastEvaluatedKey === undefined ? null : JSON.stringify(itemKey.parse(LastEvaluatedKey)),
  };
}
