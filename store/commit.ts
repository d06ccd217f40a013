import type { CommitInput, CommitResult } from '../contracts/store-types.ts';
import type { EscalationRecord } from '../domain/escalation/record.ts';
import type { Store } from './client.ts';
import { commitFrom, commitHash, commitItemOf } from './commit-item.ts';
import { StoreError } from './errors.ts';
import { faultPoint } from './fault-points.ts';
import { foldRecord } from './fold.ts';
import { headChange } from './head-item.ts';
import { keys } from './keys.ts';
import { readWholeLog } from './log.ts';
import { putIfAbsent, updateItem } from './requests.ts';
import { indexAttributes } from './table-definition.ts';

/**
 * Writes one decision, as design point 2 lays down:
 *
 * 1. the commit item is put if its slot (the sequence number of its first event) is free;
 * 2. a slot that holds the same events is our own earlier attempt, and counts as written;
 * 3. a slot that holds others is the truth: it is handed back with all that follows, to be adopted;
 * 4. then the head is written, if it stands before these events. One that stands later is left alone.
 *
 * Safe to call again after any failure. Costs one unit for the commit, one for the head, and two for each list in
 * which the escalation moves.
 * @throws StoreError unavailable: call again with the same events, or decide anew
 */
export async function commit(store: Store, input: CommitInput): Promise<CommitResult> {
  faultPoint('commit:before');
  const item = commitItemOf(input.escalationId, input.events);
  const put = await putIfAbsent(store, item);
  if (put.kind === 'refused') {
    if (put.item === null) throw new Error(`the commit in the way of ${item.sk} is gone`);
    const standing = commitFrom(put.item);
    if (standing.hash !== commitHash(input.events)) return adopt(store, input, standing.firstSeq);
  }
  faultPoint('commit:after-slot');
  await Promise.all([
    ...(input.record === null ? [] : [writeHead(store, input.record)]),
    ...(input.clearPending === true ? [clearPending(store, input.escalationId)] : []),
  ]);
  faultPoint('commit:after-head');
  return { kind: 'committed' };
}

async function adopt(store: Store, input: CommitInput, fromSeq: number): Promise<CommitResult> {
  const [events, headRepaired] = await Promise.all([
    readWholeLog(store, input.escalationId, fromSeq),
    triedRepair(store, input.escalationId),
    ...(input.clearPending === true ? [clearPending(store, input.escalationId)] : []),
  ]);
  return { kind: 'adopted', events, headRepaired };
}

/** Adoption goes on where a policy or calendar is missing: the next commit writes the record. */
async function triedRepair(store: Store, escalationId: string): Promise<boolean> {
  try {
    return (await repairHead(store, escalationId)) !== 'not_possible';
  } catch (error) {
    if (error instanceof StoreError && error.code === 'internal') return false;
    throw error;
  }
}

/**
 * Writes the record beside its log, unless a later one stands there already. The title is left as it is: intake owns it.
 * @returns false when the head stood at this sequence number or later
 */
export async function writeHead(store: Store, record: EscalationRecord): Promise<boolean> {
  const answer = await updateItem(store, {
    key: keys.head(record.id),
    change: headChange(record, store.indexShards),
    condition: { text: 'attribute_not_exists(#seq) OR #seq < :seq' },
  });
  return answer.kind === 'written';
}

/**
 * Brings a head that lags up to the end of its log.
 * @returns `not_possible` when there is no log, or its policy is not in the table
 */
export async function repairHead(
  store: Store,
  escalationId: string,
): Promise<'repaired' | 'was_right' | 'not_possible'> {
  const record = await foldRecord(store, escalationId, await readWholeLog(store, escalationId));
  if (record === null) return 'not_possible';
  return (await writeHead(store, record)) ? 'repaired' : 'was_right';
}

/** Takes an escalation out of those that wait for their workflow; once more changes nothing. */
export async function clearPending(store: Store, escalationId: string): Promise<void> {
  await updateItem(store, {
    key: keys.commit(escalationId, 1),
    change: { text: `REMOVE #${indexAttributes.pendingPartition}` },
    condition: { text: `attribute_exists(#${indexAttributes.pendingPartition})` },
  });
}
