import type { EscalationEvent } from '../domain/escalation/events.ts';
import type { Store } from './client.ts';
import { commitFrom } from './commit-item.ts';
import { escalationPartition, keys, lastCommitKey } from './keys.ts';
import { queryItems } from './requests.ts';

export interface EventPage {
  readonly events: readonly EscalationEvent[];
  /** Where the next page begins; null at the end. */
  readonly nextSeq: number | null;
}

/**
 * Part of a log, commit by commit: at least one commit, and no further one once `limit` events are there.
 * @param fromSeq the first event of a commit: 1, or `nextSeq` of the page before
 * @param untilSeq the head's sequence number; what was committed beyond is left out
 * @throws StoreError unavailable
 */
export async function readEventPage(
  store: Store,
  escalationId: string,
  range: { readonly fromSeq: number; readonly untilSeq: number; readonly limit: number },
): Promise<EventPage> {
  if (range.fromSeq > range.untilSeq) return { events: [], nextSeq: null };
  const { items } = await queryItems(store, {
    partition: escalationPartition(escalationId),
    sort: { kind: 'between', from: keys.commit(escalationId, range.fromSeq).sk, to: lastCommitKey },
    consistent: true,
    limit: range.limit,
  });
  const events: EscalationEvent[] = [];
  for (const item of items) {
    if (events.length >= range.limit) break;
    events.push(...commitFrom(item).events.filter((event) => event.seq <= range.untilSeq));
  }
  const lastSeq = events.at(-1)?.seq;
  return { events, nextSeq: lastSeq === undefined || lastSeq >= range.untilSeq ? null : lastSeq + 1 };
}
