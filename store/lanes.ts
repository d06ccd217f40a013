import type { Store } from './client.ts';
import { headFrom, type Head } from './head-item.ts';
import { escalationIdOf } from './keys.ts';
import { queryItems, type QueryRange } from './requests.ts';
import { recordAttributes, type IndexName } from './table-definition.ts';

/**
 * A lane is a stretch of one partition of an index, in the order of its sort key. A list is the merge of its lanes,
 * whose positions are comparable: so one text is the position in all of them.
 */
export interface Lane {
  readonly index: IndexName;
  readonly partitionName: string;
  readonly sortName: string;
  readonly partition: string;
  /** Part of the sort key that all entries share and that positions leave out. */
  readonly prefix: string;
  /** The part of the partition that is looked at, read forwards; only without a prefix. All of it where absent. */
  readonly range?: { readonly from: string; readonly to: string };
}

export interface LaneEntry {
  readonly position: string;
  readonly escalationId: string;
  /** The record as the index holds it; null where the index holds keys only. */
  readonly head: () => Head | null;
}

interface Reading {
  readonly lane: Lane;
  readonly entries: readonly LaneEntry[];
  readonly complete: boolean;
}

/** Sorts after every character that a key holds. */
const afterAll = '\u{10FFFF}';

function sortRange(lane: Lane, after: string | null, backwards: boolean): QueryRange['sort'] {
  if (lane.range !== undefined) {
    const { from, to } = lane.range;
    return { kind: 'between', from: after === null || after < from ? from : after, to };
  }
  if (after === null) return { kind: 'prefix', prefix: lane.prefix };
  const edge = `${lane.prefix}${after}`;
  if (lane.prefix === '') return backwards ? { kind: 'before', value: edge } : { kind: 'after', value: edge };
  return backwards
    ? { kind: 'between', from: lane.prefix, to: edge }
    : { kind: 'between', from: edge, to: `${lane.prefix}${afterAll}` };
}

async function read(
  store: Store,
  lane: Lane,
  after: string | null,
  limit: number,
  backwards: boolean,
): Promise<Reading> {
  const { items, complete } = await queryItems(store, {
    index: lane.index,
    partitionName: lane.partitionName,
    sortName: lane.sortName,
    partition: lane.partition,
    ...(lane.prefix === '' && lane.range === undefined && after === null
      ? {}
      : { sort: sortRange(lane, after, backwards) }),
    // One more, for a range with both ends includes the position itself.
    limit: limit + 1,
    backwards,
  });
  const entries = items
    .map((item) => ({
      position: String(item[lane.sortName]).slice(lane.prefix.length),
      escalationId: escalationIdOf(String(item['pk'])),
      head: () => (recordAttributes.record in item ? headFrom(item) : null),
    }))
    .filter((entry) => entry.position !== after);
  return { lane, entries, complete };
}

/** How much more than an even share of a page is read of each lane first: of the lanes of a list about half are almost empty. */
const shareOfPage = 2.25;

export interface MergedPage {
  readonly entries: readonly LaneEntry[];
  /** True when the lanes hold nothing after these. */
  readonly complete: boolean;
}

/**
 * The next entries of several lanes in one order. Each lane is asked for a share first and again only if it was used
 * up, so that a list over many quiet lanes costs little more than one.
 * @param after the position after which to go on; null: from the start
 */
export async function readLanes(
  store: Store,
  lanes: readonly Lane[],
  after: string | null,
  limit: number,
  backwards: boolean,
): Promise<MergedPage> {
  const share = lanes.length === 1 ? limit : Math.min(limit, Math.ceil((shareOfPage * limit) / lanes.length));
  let readings = await Promise.all(lanes.map((lane) => read(store, lane, after, share, backwards)));
  for (;;) {
    const merged = readings.flatMap((reading) => reading.entries).toSorted(inOrder(backwards));
    // Beyond the end of a lane that holds more, the order is not known yet.
    const edges = readings.flatMap(({ entries, complete }) => (complete ? [] : (entries.at(-1) ?? [])));
    const edge = edges.toSorted(inOrder(backwards))[0];
    const known = edge === undefined ? merged : merged.filter((entry) => inOrder(backwards)(entry, edge) <= 0);
    if (edge === undefined || known.length >= limit) {
      return { entries: known.slice(0, limit), complete: edge === undefined && merged.length <= limit };
    }
    readings = await Promise.all(
      readings.map(async (reading) => {
        const last = reading.entries.at(-1);
        if (reading.complete || last === undefined || last.position !== edge.position) return reading;
        const more = await read(store, reading.lane, last.position, limit, backwards);
        return { lane: reading.lane, entries: [...reading.entries, ...more.entries], complete: more.complete };
      }),
    );
  }
}

function inOrder(backwards: boolean): (a: LaneEntry, b: LaneEntry) => number {
  const sign = backwards ? -1 : 1;
  return (a, b) => (a.position === b.position ? 0 : a.position < b.position ? -sign : sign);
}
